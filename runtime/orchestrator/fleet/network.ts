/** The workers that the operator names: `configs/network.yaml`, and the original's `WORKER1_IP` … over it. */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { LineCounter, parseDocument } from 'yaml';
import { RegistrationSchema } from '../../wire/registration.ts';

const PORT = 'should be a port, 1 to 65535';

const NetworkSchema = v.strictObject({
  workers: v.nullish(
    v.array(
      v.strictObject({
        id: RegistrationSchema.entries.id,
        host: v.pipe(v.string('should be an address or a name'), v.minLength(1, 'should be an address or a name')),
        tls: v.optional(v.boolean('should be true or false')),
        port: v.pipe(v.number(PORT), v.integer(PORT), v.minValue(1, PORT), v.maxValue(65535, PORT)),
      }),
    ),
    [],
  ),
});

export interface NetworkWorker {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  /** Whether it answers by https://; as the orchestrator itself does where nothing is said. */
  readonly tls?: boolean | undefined;
}

/** The original's port of worker k was 8000 + k. */
const FIRST_PORT = 8000;

/**
 * Workers of a network file (none for null or an absent default file), with hosts that the environment overrides:
 * `WORKER2_IP=10.0.0.7` is worker2 at port 8002, or at the file's port for it.
 * @throws Error naming file, line and field of what is wrong
 */
export function readNetwork(
  file: { path: string; isDefault: boolean } | null,
  env: NodeJS.ProcessEnv,
): NetworkWorker[] {
  const workers = new Map<string, NetworkWorker>();
  for (const worker of file ? readNetworkFile(file) : []) {
    if (workers.has(worker.id)) throw new Error(`${file!.path}: two workers have the id ${worker.id}`);
    workers.set(worker.id, worker);
  }
  for (const [name, host] of Object.entries(env)) {
    const number = Number(/^WORKER(\d{1,4})_IP$/.exec(name)?.[1]);
    if (Number.isNaN(number) || !host) continue;
    const id = `worker${number}`;
    workers.set(id, { port: FIRST_PORT + number, ...workers.get(id), id, host });
  }
  return [...workers.values()];
}

function readNetworkFile(file: { path: string; isDefault: boolean }): NetworkWorker[] {
  let text: string;
  try {
    text = readFileSync(file.path, 'utf8');
  } catch (cause) {
    if (file.isDefault && (cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`cannot read the network file ${file.path}: ${(cause as Error).message}`, { cause });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new Error(`${file.path}, line ${line}, column ${col}: ${error.message}`);
  }
  const parsed = v.safeParse(NetworkSchema, document.toJS() ?? {});
  if (parsed.success) return parsed.output.workers ?? [];
  const [issue] = parsed.issues;
  throw new Error(`${file.path}: ${v.getDotPath(issue) ?? 'the file'} ${issue.message}`);
}
