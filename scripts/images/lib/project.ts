import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
/** Where `build-and-export` leaves images, and what it says of them. */
export const IMAGE_FOLDER = join(PROJECT, 'dist/images');
export const MANIFEST_FILE = join(IMAGE_FOLDER, 'manifest.json');
/** Where `create-vm-packages` leaves packages. */
export const PACKAGE_FOLDER = join(PROJECT, 'VM_Packages');

/** The version of motes. */
export function projectVersion(): string {
  return (JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { version: string }).version;
}

/** The commit that is checked out, with `-dirty` where files differ from it; `unknown` outside a repository. */
export function projectRevision(): string {
  const git = (...args: string[]): string | null => {
    const { status, stdout } = spawnSync('git', args, { cwd: PROJECT, encoding: 'utf8' });
    return status === 0 ? stdout.trim() : null;
  };
  const commit = git('rev-parse', 'HEAD');
  if (commit === null) return 'unknown';
  return git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}-dirty`;
}

/** Runs a script's work; its failure is a message and exit code 1. */
export async function main(name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
