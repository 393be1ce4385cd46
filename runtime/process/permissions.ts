/** Node's permission model: what a worker process is started with, and what it gives up once it has started. */
import { resolve } from 'node:path';

/** A process that computes for others has no business with databases, nor with signals that open a debugger. */
const WITHOUT = ['--no-experimental-sqlite', '--disable-sigusr1'];
/** The model is what makes Node warn of what it allows. */
const QUIET = ['--disable-warning=PERM0006', '--disable-warning=ExperimentalWarning'];

/**
 * Node's arguments under which a worker can do its work and nothing else: answer on the network, start its function
 * threads (each with a stricter set of its own), and read its own program. It can write nothing and start no process.
 * @param folder where its program is, kernels included
 * @param files what it reads once, at its start: token and certificates
 */
export function workerPermissions(folder: string, files: readonly (string | undefined)[] = []): string[] {
  const readable = [folder, ...files.flatMap((file) => (file ? [resolve(file)] : []))];
  const allowed = ['--allow-net', '--allow-worker', ...readable.map((path) => `--allow-fs-read=${path}`)];
  return ['--permission', ...allowed, ...WITHOUT, ...QUIET];
}

/** The permission model of Node 26, as far as its types do not have it yet. */
interface Permission {
  drop(scope: 'fs.read', path: string): void;
}

/** True for a process that was started under the permission model. */
export function isRestricted(): boolean {
  return process.permission !== undefined;
}

/** Gives up the right to read these files, for good. Without the permission model there is nothing to give up. */
export function giveUpReading(files: readonly (string | undefined)[]): void {
  const permission = process.permission as Permission | undefined;
  for (const file of files) if (file) permission?.drop('fs.read', resolve(file));
}
