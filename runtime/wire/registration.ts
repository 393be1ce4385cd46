/** What a worker tells the orchestrator that it joins. */
import * as v from 'valibot';
import { described } from './described.ts';

/** What a worker may ask for when its id is another's. */
export const ON_CLASH = ['refuse', 'suffix'] as const;
export type OnClash = (typeof ON_CLASH)[number];

/** `POST /workers`: sent at the start and again at every heartbeat. */
export const RegistrationSchema = v.object({
  id: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
  ),
  instance: described(
    v.pipe(v.string(), v.uuid('must be a UUID')),
    'A new UUID at each start of the worker: tells a restart from a clash of names.',
  ),
  protocol: v.number(),
  host: v.optional(described(v.string(), 'Where it answers; without a host, the address that the request came from.')),
  port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535)),
  tls: v.optional(described(v.boolean(), 'True where it answers by https:// only.')),
  slots: v.pipe(v.number(), v.integer(), v.minValue(1)),
  slot_memory_bytes: v.pipe(v.number(), v.minValue(1)),
  functions: described(v.record(v.string(), v.string()), 'Function names to versions.'),
  draining: v.boolean(),
  fault: v.optional(
    described(v.nullable(v.string()), 'Why it must get no work; absent, or null, where nothing is wrong.'),
  ),
  on_clash: v.optional(
    described(
      v.picklist(ON_CLASH),
      'What to do when another worker that is alive has this id: refuse (the default), or give a free one like `id-2`.',
    ),
  ),
});
export type Registration = v.InferOutput<typeof RegistrationSchema>;

/** The answer: the id under which it is known, and how often to come back. */
export const RegistrationAnswerSchema = v.object({ id: v.string(), ledger_id: v.string(), heartbeat_ms: v.number() });
export type RegistrationAnswer = v.InferOutput<typeof RegistrationAnswerSchema>;
