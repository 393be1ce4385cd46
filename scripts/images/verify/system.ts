/** Asks the machines, and has `checks.ts` judge what they answer. */
import * as v from 'valibot';
import { Client } from '../../../runtime/client/client.ts';
import { HttpClient } from '../../../runtime/client/http-client.ts';
import { PingSchema } from '../../../runtime/wire/invocation.ts';
import type { Worker } from '../../../runtime/wire/orchestrator-api.ts';
import { Problem } from '../../../runtime/wire/problem.ts';
import {
  type Check,
  failed,
  judgeClock,
  judgeCount,
  judgeDigest,
  judgeFunctions,
  judgeStanding,
  judgeVersion,
  passed,
} from './checks.ts';
import { SELF_TEST } from './self-test.ts';

/** How the system is reached. */
export interface SystemOptions {
  readonly url: string;
  readonly token: string | null;
  /** Certificates to trust, as PEM. */
  readonly ca: string | null;
  /** How many workers there should be; null takes what there is. */
  readonly workers: number | null;
}

/** What the orchestrator said of itself. */
interface Reference {
  readonly version: string;
  readonly functions: Readonly<Record<string, string>>;
  readonly workers: Readonly<Record<string, Worker>>;
}

/** Waiting for a slot on a busy worker counts, too. */
const SELF_TEST_TIMEOUT_MS = 60_000;
const InvokedSchema = v.object({ result: v.object({ digest: v.string() }) });

/** Checks the orchestrator and every worker that it knows, the workers all at once. Never throws. */
export async function verifySystem(options: SystemOptions): Promise<Check[]> {
  const client = new Client(options);
  try {
    await client.pingAll();
    const [status, functions, workers] = await Promise.all([client.status(), client.functions(), client.workers()]);
    const versions = Object.fromEntries(functions.map(({ name, version }) => [name, version]));
    const reference = { version: status.version, functions: versions, workers };
    const ids = Object.keys(workers).sort();
    const checks = await Promise.all(ids.map((id) => verifyWorker(id, reference, options)));
    return [
      passed('orchestrator', 'answers', `${options.url}, version ${status.version}`),
      judgeCount(ids.length, options.workers),
      ...checks.flat(),
    ];
  } catch (thrown) {
    return [failed('orchestrator', 'answers', reasonOf(thrown), remedyFor(thrown))];
  } finally {
    await client.close();
  }
}

async function verifyWorker(id: string, reference: Reference, options: SystemOptions): Promise<Check[]> {
  const worker = reference.workers[id]!;
  const standing = judgeStanding(id, worker);
  if (worker.status === 'offline') return [standing];
  const { token, ca } = options;
  const http = new HttpClient({ url: worker.url, token, ca, timeoutMs: SELF_TEST_TIMEOUT_MS });
  try {
    const sentAt = Date.now();
    const { body, headers } = await http.exchange({ method: 'GET', path: '/ping' });
    const ping = v.parse(PingSchema, body);
    return [
      standing,
      judgeClock(id, headers.date?.toString() ?? null, sentAt, Date.now()),
      judgeVersion(id, ping.version, reference.version),
      judgeFunctions(id, ping.functions, reference.functions),
      await selfTest(id, http),
    ];
  } catch (thrown) {
    return [standing, failed(id, 'answers', reasonOf(thrown), remedyFor(thrown))];
  } finally {
    await http.close();
  }
}

async function selfTest(id: string, http: HttpClient): Promise<Check> {
  const { type, parameters } = SELF_TEST;
  const startedAt = performance.now();
  try {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', path: '/invoke', body: JSON.stringify({ type, parameters }), headers } as const;
    const { result } = v.parse(InvokedSchema, (await http.exchange(request)).body);
    return judgeDigest(id, result.digest, performance.now() - startedAt);
  } catch (thrown) {
    return failed(id, 'self-test', reasonOf(thrown), 'see the log of this worker');
  }
}

/** The system's code where a connection failed, the message otherwise. */
function reasonOf(thrown: unknown): string {
  const { cause, message } = thrown as Error;
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? `no answer (${code})` : message;
}

function remedyFor(thrown: unknown): string {
  if (thrown instanceof Problem && thrown.code === 'unauthorized')
    return 'give the token of this build: MOTES_TOKEN, --token-file, or the .env of a package';
  return 'run this where the orchestrator runs (docker-compose exec orchestrator verify-system); check firewall and address';
}
