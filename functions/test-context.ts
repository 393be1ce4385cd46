import { fileURLToPath } from 'node:url';
import type { InvocationContext } from '../runtime/function/context.ts';
import { compileKernels, instantiateKernel, type Kernels } from '../runtime/function/kernel.ts';
import { declarations } from './catalogue.ts';

let compiled: Kernels | undefined;

/** The kernels of all functions, as the last build left them. */
export function testKernels(): Kernels {
  const names = declarations.flatMap(({ kernel }) => kernel ?? []);
  compiled ??= compileKernels(names, fileURLToPath(new URL('../build', import.meta.url)));
  return compiled;
}

/** A context for tests that run a function by itself: never stopped, fresh, and deaf, but for what is overridden. */
export function testContext(overrides: Partial<InvocationContext> = {}): InvocationContext {
  return {
    signal: { aborted: false, throwIfAborted: () => {} },
    progress: () => {},
    checkpoint: () => {},
    frame: () => {},
    artifact: () => ({ append: () => {} }),
    input: (sha256) => {
      throw new Error(`there is no blob ${sha256}`);
    },
    resumeFrom: null,
    instantiate: (kernel) => instantiateKernel(testKernels(), kernel),
    log: () => {},
    ...overrides,
  };
}
