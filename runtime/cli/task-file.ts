import { readFile, stat } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import type { Submission } from '../client/client.ts';
import { LIMITS } from '../wire/task.ts';
import { UsageError } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Beyond this, parsing here only to tell the place of a fault sooner would cost more than it saves. */
const EAGER_PARSE_BYTES = 1024 * 1024;

/** A task file as it will be submitted, and its name for messages. */
export interface TaskFile extends Submission {
  readonly name: string;
}

/**
 * Reads a task file, YAML or JSON by its content; `-` is the standard input. Only whether it can be read and parsed is
 * decided here: what it says is the orchestrator's to judge.
 * @throws UsageError with file, line and column.
 */
export async function readTaskFile(path: string, stdin: Terminal['stdin']): Promise<TaskFile> {
  const name = path === '-' ? 'standard input' : path;
  const bytes = path === '-' ? await readStdin(stdin) : await readPath(path);
  if (bytes.length > LIMITS.submissionBytes)
    throw new UsageError(`${name} is over ${LIMITS.submissionBytes} bytes: split it into several submissions`);
  const text = decode(bytes, name);
  // An empty body would ask the orchestrator for its own task file.
  if (text.trim() === '') throw new UsageError(`${name} is empty: it should hold a list \`tasks:\``);
  if (isJson(text)) return { name, text, contentType: 'application/json' };
  if (bytes.length <= EAGER_PARSE_BYTES) requireYaml(text, name);
  return { name, text, contentType: 'application/yaml' };
}

async function readPath(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > LIMITS.submissionBytes)
      throw new UsageError(`${path} is over ${LIMITS.submissionBytes} bytes: split it into several submissions`);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`${path}: ${whyUnreadable(cause as NodeJS.ErrnoException)}`, { cause });
  }
}

function whyUnreadable(cause: NodeJS.ErrnoException): string {
  if (cause.code === 'ENOENT') return 'there is no such file - name a task file, like configs/tasks.yaml';
  if (cause.code === 'EISDIR') return 'this is a folder - name a task file in it';
  if (cause.code === 'EACCES') return 'this file may not be read by you';
  return cause.message;
}

async function readStdin(stdin: Terminal['stdin']): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk as Uint8Array));
    total += chunk.length;
    if (total > LIMITS.submissionBytes) break;
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UsageError(`${name}: this is not UTF-8 text`, { cause });
  }
}

/** JSON is YAML too, but quicker to parse and without YAML's surprises. */
function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function requireYaml(text: string, name: string): void {
  const lineCounter = new LineCounter();
  const [error] = parseDocument(text, { lineCounter, prettyErrors: false }).errors;
  if (!error) return;
  const { line, col } = lineCounter.linePos(error.pos[0]);
  throw new UsageError(`${name}:${line}:${col}: the YAML does not parse: ${error.message}`, { cause: error });
}
