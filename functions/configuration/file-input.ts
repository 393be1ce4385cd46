/**
 * In a task file a configuration may be a file beside it: `configuration: {file: start.xyz}`. Whoever submits the tasks
 * uploads the file, and puts the blob's name in its place.
 */
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { ConfigurationError } from './configuration.ts';
import { FORMATS, type Format, formatOf, readConfiguration } from './formats.ts';

/** A parameter that names a file. */
export interface FileInput {
  /** Where it stands: `['tasks', 3, 'parameters', 'configuration']`. */
  readonly path: readonly (string | number)[];
  readonly file: string;
  readonly format: Format;
}

/** What stands for a file in the tasks that are submitted. */
export interface BlobReference {
  readonly blob: string;
  readonly format: Format;
  readonly particles: number;
}

/** The parameters of tasks that name files; what is not well formed is left to those who check tasks. */
export function findFileInputs(tasks: unknown): FileInput[] {
  if (!Array.isArray(tasks)) return [];
  return tasks.flatMap((task: unknown, index) =>
    Object.entries(fieldsOf(fieldsOf(task)?.parameters) ?? {}).flatMap(([name, value]) => {
      const input = fileInput(value);
      return input ? [{ path: ['tasks', index, 'parameters', name], ...input }] : [];
    }),
  );
}

function fileInput(value: unknown): Omit<FileInput, 'path'> | null {
  const { file, format, ...others } = fieldsOf(value) ?? {};
  if (typeof file !== 'string' || Object.keys(others).length > 0) return null;
  if (format === undefined) return { file, format: formatOf(file) };
  return FORMATS.some((known) => known === format) ? { file, format: format as Format } : null;
}

function fieldsOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

/**
 * Reads a file that stands beside the task file, and what will stand for it.
 * @throws Error for a file that cannot be read, lies elsewhere, or is no configuration (with line and column)
 */
export async function readFileInput(
  taskFile: string,
  { file, format }: Pick<FileInput, 'file' | 'format'>,
): Promise<{ readonly bytes: Uint8Array; readonly reference: BlobReference }> {
  const bytes = await readFile(await pathBeside(taskFile, file)).catch((cause) => {
    throw new Error(`${file} cannot be read: ${cause.code === 'ENOENT' ? 'there is no such file' : cause.message}`);
  });
  const text = new TextDecoder().decode(bytes);
  try {
    const { positions } = readConfiguration(text, format);
    const blob = createHash('sha256').update(bytes).digest('hex');
    return { bytes, reference: { blob, format, particles: positions.length / 3 } };
  } catch (error) {
    if (error instanceof ConfigurationError) throw new Error(`${file}, ${error.message}`, { cause: error });
    throw error;
  }
}

/** Tasks must not bring files to others that only this machine should see. */
async function pathBeside(taskFile: string, file: string): Promise<string> {
  const folder = await realpath(dirname(taskFile));
  const path = await realpath(resolve(folder, file)).catch(() => resolve(folder, file));
  if (path.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return path;
  throw new Error(`${file} must be in the folder of the task file, or below it`);
}
