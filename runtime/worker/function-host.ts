import { declarations, findDeclaration } from '../../functions/catalogue.ts';
import { BUILD_FOLDER, readVersions } from '../function/build.ts';
import { compileKernels } from '../function/kernel.ts';
import { Host, type HostOptions } from './host.ts';

const START_DEADLINE_MS = 30_000;

/**
 * A host of the catalogue's functions, as they are built.
 * @throws Error when something of the build is missing
 */
export function createFunctionHost(
  options: Pick<HostOptions, 'slots' | 'slotMemoryBytes' | 'checkpointIntervalMs' | 'onLog'>,
): Host {
  const kernels = declarations.flatMap((declaration) => declaration.kernel ?? []);
  return new Host({
    ...{ declarations, findDeclaration, versions: readVersions() },
    kernels: compileKernels(kernels, BUILD_FOLDER),
    ...options,
  });
}

/** @throws Error when the threads do not come up. */
export async function readyInTime(host: Host): Promise<void> {
  const timer = Promise.withResolvers<never>();
  const handle = setTimeout(
    () =>
      timer.reject(new Error(`the function threads were not ready within ${START_DEADLINE_MS / 1000} s - see the log`)),
    START_DEADLINE_MS,
  );
  await Promise.race([host.pool.ready(), timer.promise]).finally(() => clearTimeout(handle));
}
