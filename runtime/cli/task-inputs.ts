/** The files that a task file names, uploaded before it is submitted. */
import { parseDocument } from 'yaml';
import { type FileInput, findFileInputs, readFileInput } from '../../functions/configuration/file-input.ts';
import type { Client, Submission } from '../client/client.ts';
import { UsageError } from './failure.ts';
import type { TaskFile } from './task-file.ts';

/** Beyond this a task file with files in it is too much to be read here: its tasks should name blobs. */
const MAX_PARSED_BYTES = 8 * 1024 * 1024;

/**
 * The tasks as they are to be submitted: every `{file: …}` uploaded, and named by its blob instead.
 * @throws UsageError for a file that is not there or no configuration
 */
export async function withInputsUploaded(tasks: TaskFile, client: Pick<Client, 'upload'>): Promise<Submission> {
  // Nearly no task file has any: reading it twice only where it may.
  if (!/\bfile\b/.test(tasks.text) || tasks.text.length > MAX_PARSED_BYTES) return tasks;
  const document = parseDocument(tasks.text);
  const inputs =
    document.errors.length > 0 ? [] : findFileInputs((document.toJS() as { tasks?: unknown } | null)?.tasks);
  if (inputs.length === 0) return tasks;
  for (const input of inputs) document.setIn(input.path, await upload(tasks.name, input, client));
  const isJson = tasks.contentType === 'application/json';
  return { text: isJson ? JSON.stringify(document.toJS()) : String(document), contentType: tasks.contentType };
}

async function upload(taskFile: string, input: FileInput, client: Pick<Client, 'upload'>) {
  const { bytes, reference } = await readFileInput(taskFile, input).catch((cause: Error) => {
    throw new UsageError(
      `${taskFile}: ${input.path.slice(2).join('.')} of task ${Number(input.path[1]) + 1}: ${cause.message}`,
      {
        cause,
      },
    );
  });
  await client.upload(reference.blob, bytes);
  return reference;
}
