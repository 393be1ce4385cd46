/** `/blobs/SHA256`: what users upload, to be named by the parameters of their tasks. */
import { Readable } from 'node:stream';
import type { Context, Hono } from 'hono';
import { parseAs } from '../../../http/body.ts';
import { type BlobAnswer, BlobNameSchema } from '../../../wire/blob.ts';
import { Problem } from '../../../wire/problem.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';

export function addBlobRoutes(app: Hono, { blobs }: OrchestratorDependencies): void {
  app.put('/blobs/:sha256', async (c) => {
    const blob = nameOf(c);
    const bytes = await blobs.put(blob, unbroken(c.req.raw.body ?? []));
    return c.json({ blob, bytes } satisfies BlobAnswer, 201);
  });
  // Hono answers HEAD from it as well.
  app.get('/blobs/:sha256', async (c) => {
    const found = await blobs.read(nameOf(c));
    if (!found) throw new Problem('unknown_blob', `there is no blob ${nameOf(c)} - upload it with \`motes upload\``);
    const headers = {
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
      'content-length': String(found.bytes),
    };
    if (c.req.method !== 'HEAD') return c.body(Readable.toWeb(found.content) as ReadableStream, 200, headers);
    found.content.destroy();
    return c.body(null, 200, headers);
  });
}

function nameOf(c: Context): string {
  return parseAs(BlobNameSchema, c.req.param('sha256'));
}

async function* unbroken(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new Problem('invalid_body', 'the body broke off', { cause });
  }
}
