import { homedir, tmpdir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Problem } from '../wire/problem.ts';

const MAX_DETAIL_LENGTH = 1000;

/** Folders whose names are nobody's business: of the project, of the process, of the user; as paths and as URLs. */
const PRIVATE_FOLDERS = [fileURLToPath(new URL('../..', import.meta.url)), process.cwd(), homedir(), tmpdir()]
  .map((folder) => folder.replace(/[\\/]+$/, ''))
  .filter((folder) => folder.length > 1)
  .flatMap((folder) => [folder, pathToFileURL(folder).pathname])
  .sort((a, b) => b.length - a.length);

/**
 * What a function threw, as others may see it: a `Problem` as it is; anything else as `function_error` with its
 * message, free of stacks and of this machine's folders (the log has them).
 */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const message = thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  return new Problem('function_error', withoutFolders(message).slice(0, MAX_DETAIL_LENGTH));
}

function withoutFolders(message: string): string {
  return PRIVATE_FOLDERS.reduce((text, folder) => text.replaceAll(folder, '…'), message);
}
