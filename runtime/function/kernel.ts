import { readFileSync } from 'node:fs';
import { instantiateSync } from '@assemblyscript/loader';
import type { KernelExports } from './context.ts';

/** Compiled kernels by name. A module is compiled once a process and handed to its threads. */
export type Kernels = Readonly<Record<string, WebAssembly.Module>>;

/**
 * Compiles the named kernels of a build folder.
 * @throws Error when a module is missing, saying how to build it.
 */
export function compileKernels(names: Iterable<string>, buildFolder: string): Kernels {
  const kernels: Record<string, WebAssembly.Module> = {};
  for (const name of new Set(names)) kernels[name] = new WebAssembly.Module(readKernel(`${buildFolder}/${name}.wasm`));
  return kernels;
}

function readKernel(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw new Error(`there is no kernel at ${path} - run \`npm run build\``, { cause });
  }
}

/** A fresh instance, with memory of its own, so that nothing leaks from one invocation to the next. */
export function instantiateKernel<Exports extends KernelExports>(kernels: Kernels, name: string): Exports {
  const module = kernels[name];
  if (!module) throw new Error(`the kernel ${name} was not compiled - declare it as the function's \`kernel\``);
  return instantiateSync<Exports & Record<string, unknown>>(module).exports;
}
