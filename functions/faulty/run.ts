import type { InvocationContext, KernelExports } from '../../runtime/function/context.ts';
import type { Run } from '../../runtime/function/declaration.ts';
import type { faults, faulty } from './declaration.ts';

/** The exports of `assembly/faulty/index.ts`. */
interface FaultyKernel extends KernelExports {
  spin(): void;
}

const ways: Record<(typeof faults)[number], (context: InvocationContext) => void> = {
  throw: () => {
    throw new Error('faulty was told to throw');
  },
  spin: () => {
    for (;;);
  },
  spin_in_kernel: (context) => context.instantiate<FaultyKernel>('faulty').spin(),
  exit: () => process.exit(7),
  allocate: () => {
    const hoard: number[][] = [];
    for (;;) hoard.push(new Array(100_000).fill(hoard.length));
  },
};

/** Goes wrong. */
export const runFaulty: Run<typeof faulty> = ({ how }, context) => {
  ways[how](context);
  return { result: {} };
};
