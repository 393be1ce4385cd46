/** Blobs: bytes that are named by their SHA-256, so that a name can never come to mean something else. */
import * as v from 'valibot';

/** More is not taken: some million particles as text. */
export const MAX_BLOB_BYTES = 128 * 1024 * 1024;

export const BlobNameSchema = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256: 64 hexadecimal digits, in small letters'),
);

/** The answer to `PUT /blobs/SHA256`. */
export const BlobAnswerSchema = v.object({ blob: BlobNameSchema, bytes: v.number() });
export type BlobAnswer = v.InferOutput<typeof BlobAnswerSchema>;
