/** Blobs: bytes that are named by their SHA-256, so that a name can never come to mean something else. */
import * as v from 'valibot';

/** More is not taken: some million particles as text. */
export const MAX_BLOB_BYTES = 128 * 1024 * 1024;

/** A checkpoint up to this size travels inside of messages; a larger one is a blob. */
export const MAX_INLINE_CHECKPOINT_BYTES = 1024 * 1024;
/** A larger one is left out: the function goes on without. */
export const MAX_CHECKPOINT_BYTES = 512 * 1024 * 1024;

export const BlobNameSchema = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, 'must be a SHA-256: 64 hexadecimal digits, in small letters'),
);

/** What stands for bytes that are too many for a message. */
export const BlobReferenceSchema = v.object({
  sha256: BlobNameSchema,
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
});
export type BlobReference = v.InferOutput<typeof BlobReferenceSchema>;

/** The state of a checkpoint: base64, or the name of a blob. */
export const CheckpointStateSchema = v.union([v.string(), BlobReferenceSchema]);
export type CheckpointState = v.InferOutput<typeof CheckpointStateSchema>;

/** The answer to `PUT /blobs/SHA256`. */
export const BlobAnswerSchema = v.object({ blob: BlobNameSchema, bytes: v.number() });
export type BlobAnswer = v.InferOutput<typeof BlobAnswerSchema>;
