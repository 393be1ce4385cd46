import { createHash } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { parseAs, readBytes } from '../http/body.ts';
import { type BlobAnswer, BlobNameSchema, MAX_BLOB_BYTES } from '../wire/blob.ts';
import { Problem } from '../wire/problem.ts';
import type { Host } from './host.ts';

/** `PUT` and `HEAD /blobs/SHA256`: inputs for tasks that will come. */
export function addBlobRoutes(app: Hono, { blobs }: Host): void {
  app.put('/blobs/:sha256', async (c) => {
    const blob = nameOf(c);
    const bytes = await readBytes(c, MAX_BLOB_BYTES);
    const found = createHash('sha256').update(bytes).digest('hex');
    if (found !== blob) throw new Problem('invalid_body', `these ${bytes.length} bytes have the SHA-256 ${found}`);
    blobs.put(blob, bytes);
    return c.json({ blob, bytes: bytes.length } satisfies BlobAnswer, 201);
  });
  app.get('/blobs/:sha256', (c) => {
    const bytes = blobs.get(nameOf(c));
    if (!bytes) throw new Problem('unknown_blob', `there is no blob ${nameOf(c)} on this worker`);
    return c.body(bytes as Uint8Array<ArrayBuffer>, 200, { 'content-type': 'application/octet-stream' });
  });
}

function nameOf(c: Context): string {
  return parseAs(BlobNameSchema, c.req.param('sha256'));
}
