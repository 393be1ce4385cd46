import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** SHA-256, hex. */
export function digest(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/**
 * One digest of many text files, by their paths below `folder`. The same wherever the folder stands, in whatever order
 * the files are named and with whatever line ends they were checked out.
 */
export function digestFiles(folder: string, paths: readonly string[]): string {
  const lines = paths.map((path) => path.replaceAll('\\', '/')).sort();
  return digest(lines.map((path) => `${path} ${digest(readText(`${folder}${path}`))}\n`).join(''));
}

function readText(path: string): string {
  return readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
}

/** Writes a file at one stroke, and not at all when it says the same already. */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === content) return;
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, content);
  renameSync(fresh, path);
}
