import * as v from 'valibot';
import { defineFunction } from '../../runtime/function/declaration.ts';
import { wholeNumber } from '../number-fields.ts';

/** The ways in which a function can go wrong. */
export const faults = ['throw', 'spin', 'spin_in_kernel', 'exit', 'allocate'] as const;

/** Goes wrong as told: what a host does about it is tested with this. */
export const faulty = defineFunction({
  name: 'faulty',
  title: 'Faulty',
  description: 'Throws, never returns, ends its thread or takes memory without end, as it is told.',
  parameters: v.strictObject({
    how: v.pipe(
      v.picklist(faults, `must be one of ${faults.join(', ')}`),
      v.title('How'),
      v.description('What goes wrong.'),
    ),
    megabytes: wholeNumber({
      title: 'Megabytes',
      description: 'What a kernel that never returns holds meanwhile, in MiB.',
      from: 0,
      to: 1024,
      byDefault: 0,
    }),
  }),
  result: v.strictObject({}),
  costUnit: 'faults',
  cost: () => 1,
  memory: ({ megabytes }) => (1 + megabytes) * 1024 * 1024,
  kernel: 'faulty',
  internal: true,
});
