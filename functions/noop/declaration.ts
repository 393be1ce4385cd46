import * as v from 'valibot';
import { defineFunction } from '../../runtime/function/declaration.ts';
import { wholeNumber } from '../number-fields.ts';

/** Does nothing, or a stated amount of it: what dispatch itself costs is measured with this. */
export const noop = defineFunction({
  name: 'noop',
  title: 'No operation',
  description: 'Answers at once, or after a number of turns of an empty loop.',
  parameters: v.strictObject({
    spins: wholeNumber({
      title: 'Spins',
      description: 'Turns of a loop that computes nothing of use; about a nanosecond each.',
      from: 0,
      to: 1_000_000_000_000,
      byDefault: 0,
    }),
    value: v.optional(
      v.pipe(v.unknown(), v.title('Value'), v.description('Anything: it only makes the parameters larger.')),
    ),
  }),
  result: v.strictObject({ ok: v.pipe(v.boolean(), v.description('Always true.')) }),
  costUnit: 'spins',
  cost: ({ spins }) => 10_000 + spins,
  memory: () => 64 * 1024,
  internal: true,
});
