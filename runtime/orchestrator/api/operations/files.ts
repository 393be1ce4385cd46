/** Bytes: what tasks write, what they are given, and how their particles are now. */
import * as v from 'valibot';
import { bytes, defineOperation, json, type Operation } from '../../../http/openapi/operation.ts';
import { integerText } from '../../../http/query.ts';
import { BlobAnswerSchema, BlobNameSchema } from '../../../wire/blob.ts';
import { described } from '../../../wire/described.ts';
import { MOST_FRAMES_A_SECOND } from '../../../wire/frame-stream.ts';
import { ArtifactListSchema } from '../../../wire/orchestrator-api.ts';
import { OF_TASK } from './common.ts';

const FILES = 'Files';
const OF_BLOB = {
  sha256: described(BlobNameSchema, 'The SHA-256 of the bytes, 64 hexadecimal digits in small letters.'),
};

export const watchFrames = defineOperation({
  ...{ id: 'watchFrames', method: 'get', path: '/tasks/:run/:task/frames', tag: FILES, params: OF_TASK },
  summary: 'The particles of a task as they move',
  description:
    'From the queue to the end of the task, also when it goes on elsewhere. Who takes frames slowly gets fewer, never old ones. wire/frame-stream.ts says how to read the messages, which are frames and how the task is.',
  query: v.object({
    rate: v.optional(
      described(integerText(1, MOST_FRAMES_A_SECOND), 'Frames a second, at most.'),
      String(MOST_FRAMES_A_SECOND),
    ),
  }),
  answers: { 200: bytes('Messages, each with its length before it. The last says that the task has ended.') },
  problems: ['unknown_run', 'unknown_task', 'overload', 'storage_failed'],
});

export const fileOperations: readonly Operation[] = [
  defineOperation({
    ...{ id: 'listArtifacts', method: 'get', path: '/tasks/:run/:task/artifacts', tag: FILES, params: OF_TASK },
    summary: 'The files that a task wrote beside its result',
    answers: { 200: json('Their names and sizes.', ArtifactListSchema) },
    problems: ['unknown_run', 'unknown_task', 'storage_failed'],
  }),
  defineOperation({
    ...{ id: 'getArtifact', method: 'get', path: '/tasks/:run/:task/artifacts/:name', tag: FILES },
    params: { ...OF_TASK, name: described(v.string(), 'The name of the file.') },
    summary: 'A file that a task wrote',
    answers: {
      200: {
        description: 'The file, as far as it is written.',
        contents: {
          'application/octet-stream': {},
          'application/json': {},
          'chemical/x-xyz': {},
          'text/csv': {},
          'text/plain': {},
        },
      },
    },
    problems: ['unknown_run', 'unknown_task', 'unknown_artifact', 'storage_failed'],
  }),
  defineOperation({
    ...{ id: 'getFrame', method: 'get', path: '/tasks/:run/:task/frame', tag: FILES, params: OF_TASK },
    summary: 'A look at the particles of a running task',
    description: 'It is made because it is asked for. Positions are in 16 bits; wire/frame.ts says how to read them.',
    answers: { 200: bytes('The particles.'), 204: { description: 'There is nothing to see.' } },
    problems: ['unknown_run', 'unknown_task', 'already_ended', 'unavailable', 'worker_lost', 'storage_failed'],
  }),
  watchFrames,
  defineOperation({
    ...{ id: 'putBlob', method: 'put', path: '/blobs/:sha256', tag: FILES, params: OF_BLOB },
    summary: 'Uploads a file that tasks can name',
    body: { description: 'The bytes, 128 MiB at most.', contents: { 'application/octet-stream': {} } },
    answers: { 201: json('It is kept.', BlobAnswerSchema) },
    problems: ['storage_failed'],
  }),
  defineOperation({
    ...{ id: 'getBlob', method: 'get', path: '/blobs/:sha256', tag: FILES, params: OF_BLOB },
    summary: 'A file that was uploaded',
    answers: { 200: bytes('The bytes.') },
    problems: ['invalid_body', 'unknown_blob'],
  }),
];
