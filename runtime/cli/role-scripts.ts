import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workerPermissions } from '../process/permissions.ts';

/** The roles that a process can take. */
export type Role = 'orchestrator' | 'worker';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The program of a role: the bundle in `build/roles/` while it is newer than everything that it was made of (it starts
 * in half the time and memory), the source otherwise, so that what runs is always what is written.
 */
export function roleScript(role: Role): string {
  const bundle = join(PROJECT, 'build', 'roles', `${role}.js`);
  return isNewerThanItsSources(bundle) ? bundle : join(PROJECT, 'runtime', role, 'main.ts');
}

/** How to start a worker: its program, and Node's arguments that leave it no more rights than it needs. */
export function workerProgram(files: readonly (string | undefined)[]): { script: string; nodeArgs: string[] } {
  const script = roleScript('worker');
  // The bundle lies in `build/`, as do kernels and versions; the source needs all that it imports.
  const folder = script.endsWith('.js') ? join(PROJECT, 'build') : PROJECT;
  return { script, nodeArgs: workerPermissions(folder, files) };
}

function isNewerThanItsSources(bundle: string): boolean {
  try {
    const inputs = JSON.parse(readFileSync(join(PROJECT, 'build', 'roles', 'inputs.json'), 'utf8')) as string[];
    const builtAt = statSync(bundle).mtimeMs;
    return inputs.every((path) => statSync(join(PROJECT, path)).mtimeMs <= builtAt);
  } catch {
    // No bundle, or a source that has gone since: the sources speak.
    return false;
  }
}
