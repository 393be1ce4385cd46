import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Context, Hono } from 'hono';
import { parseAs, unbroken } from '../http/body.ts';
import { type BlobAnswer, BlobNameSchema, MAX_CHECKPOINT_BYTES } from '../wire/blob.ts';
import { Problem } from '../wire/problem.ts';
import type { Blobs } from './blobs.ts';
import type { Host } from './host.ts';

/** Of one piece of an answer. */
const PIECE_BYTES = 256 * 1024;

/** `/blobs/SHA256`: inputs and checkpoints for tasks that will come, and the checkpoints of those that run. */
export function addBlobRoutes(app: Hono, { blobs, checkpoints }: Host): void {
  app.put('/blobs/:sha256', async (c) => {
    const blob = nameOf(c);
    const bytes = await receive(c, blob, blobs);
    blobs.put(blob, bytes);
    return c.json({ blob, bytes: bytes.length } satisfies BlobAnswer, 201);
  });
  // Hono answers HEAD from it as well.
  app.get('/blobs/:sha256', (c) => {
    const blob = nameOf(c);
    const bytes = blobs.get(blob);
    if (!bytes) throw new Problem('unknown_blob', `there is no blob ${blob} on this worker`);
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(bytes.length) };
    if (c.req.method === 'HEAD') return c.body(null, 200, headers);
    return c.body(
      Readable.toWeb(Readable.from(pieces(bytes, () => checkpoints.fetched(blob)))) as ReadableStream,
      200,
      headers,
    );
  });
}

function nameOf(c: Context): string {
  return parseAs(BlobNameSchema, c.req.param('sha256'));
}

/**
 * Reads and checks it as it comes: half a gigabyte at once would hold up every ping. It lies in shared memory, so that
 * threads get it without a copy.
 */
async function receive(c: Context, sha256: string, blobs: Blobs): Promise<Uint8Array> {
  const declared = Number(c.req.header('content-length') ?? MAX_CHECKPOINT_BYTES);
  if (declared > MAX_CHECKPOINT_BYTES) throw tooLarge();
  const memory = new SharedArrayBuffer(0, { maxByteLength: declared });
  const hash = createHash('sha256');
  try {
    for await (const chunk of unbroken(c.req.raw.body ?? [])) {
      const start = memory.byteLength;
      if (start + chunk.length > declared) throw tooLarge();
      blobs.expect(chunk.length);
      memory.grow(start + chunk.length);
      new Uint8Array(memory, start).set(chunk);
      hash.update(chunk);
    }
  } finally {
    blobs.expect(-memory.byteLength);
  }
  const found = hash.digest('hex');
  if (found === sha256) return new Uint8Array(memory);
  throw new Problem('invalid_body', `these ${memory.byteLength} bytes have the SHA-256 ${found} - were they cut off?`);
}

function tooLarge(): Problem {
  return new Problem('body_too_large', `a worker takes blobs of ${MAX_CHECKPOINT_BYTES} bytes at most`);
}

function* pieces(bytes: Uint8Array, onEnd: () => void): Generator<Uint8Array<ArrayBuffer>> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) yield bytes.slice(start, start + PIECE_BYTES);
  onEnd();
}
