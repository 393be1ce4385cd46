/** Workers. */
import * as v from 'valibot';
import { defineOperation, json, type Operation } from '../../../http/openapi/operation.ts';
import { described } from '../../../wire/described.ts';
import { DrainAnswerSchema, PingAllSchema, WorkersSchema } from '../../../wire/orchestrator-api.ts';
import { RegistrationAnswerSchema, RegistrationSchema } from '../../../wire/registration.ts';

const WORKERS = 'Workers';

export const fleetOperations: readonly Operation[] = [
  defineOperation({
    ...{ id: 'listWorkers', method: 'get', path: '/workers', tag: WORKERS },
    summary: 'All workers, by id',
    answers: { 200: json('What is known of each.', WorkersSchema) },
  }),
  defineOperation({
    ...{ id: 'pingWorkers', method: 'get', path: '/ping_all', tag: WORKERS },
    summary: 'Asks every worker whether it is there',
    answers: { 200: json('Who answered.', PingAllSchema) },
  }),
  defineOperation({
    ...{ id: 'registerWorker', method: 'post', path: '/workers', tag: WORKERS },
    summary: 'Registers a worker, or says that it is still there',
    description: 'Workers that were given an orchestrator do this by themselves, again and again.',
    body: {
      description: 'Who it is and where it answers, 64 KiB at most.',
      contents: { 'application/json': { schema: RegistrationSchema } },
    },
    answers: { 200: json('It is known now.', RegistrationAnswerSchema) },
    problems: ['worker_id_taken', 'foreign_protocol', 'storage_failed'],
  }),
  defineOperation({
    ...{ id: 'drainWorker', method: 'post', path: '/workers/:id/drain', tag: WORKERS },
    summary: 'Lets a worker take no more tasks',
    params: { id: described(v.string(), 'The id of a worker.') },
    answers: { 202: json('It was told.', DrainAnswerSchema) },
    problems: ['unknown_worker', 'unavailable', 'worker_lost'],
  }),
];
