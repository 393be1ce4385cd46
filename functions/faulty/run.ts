import type { InvocationContext, KernelExports } from '../../runtime/function/context.ts';
import type { Run } from '../../runtime/function/declaration.ts';
import type { faults, faulty } from './declaration.ts';

/** The exports of `assembly/faulty/index.ts`. */
interface FaultyKernel extends KernelExports {
  take(pages: number): number;
  spin(): void;
}

const PAGES_A_MEGABYTE = 16;

const ways: Record<(typeof faults)[number], (context: InvocationContext, megabytes: number) => void> = {
  throw: () => {
    throw new Error('faulty was told to throw');
  },
  spin: () => {
    for (;;);
  },
  spin_in_kernel: (context, megabytes) => {
    const kernel = context.instantiate<FaultyKernel>('faulty');
    if (!kernel.take(megabytes * PAGES_A_MEGABYTE)) throw new Error(`${megabytes} MiB cannot be had`);
    kernel.spin();
  },
  exit: () => process.exit(7),
  allocate: () => {
    const hoard: number[][] = [];
    for (;;) hoard.push(new Array(100_000).fill(hoard.length));
  },
};

/** Goes wrong. */
export const runFaulty: Run<typeof faulty> = ({ how, megabytes }, context) => {
  ways[how](context, megabytes);
  return { result: {} };
};
