/** Runs tasks with known answers on a worker's own threads. */
import { judge, type SelfTest } from '../../functions/self-tests.ts';
import type { Host } from './host.ts';
import type { InvocationEnd } from './invocation.ts';

/** Milliseconds that all of them together may take, on a machine that is busy with other things. */
const DEADLINE_MS = 30_000;

/** What became of one. */
export interface SelfTestVerdict {
  readonly name: string;
  readonly type: string;
  /** Null when it passed; else what is wrong. */
  readonly fault: string | null;
}

/** Runs all of them, as many at once as there are slots. */
export function runSelfTests(host: Host, tests: readonly SelfTest[]): Promise<SelfTestVerdict[]> {
  return Promise.all(
    tests.map(async (test) => ({ name: test.name, type: test.type, fault: faultOf(test, await invoke(host, test)) })),
  );
}

/** What is wrong with a worker, in one line; null when all passed. */
export function summarizeFaults(verdicts: readonly SelfTestVerdict[]): string | null {
  const failed = verdicts.filter(({ fault }) => fault !== null);
  if (failed.length === 0) return null;
  const { name, fault } = failed[0]!;
  const more = failed.length > 1 ? `, and ${failed.length - 1} more` : '';
  return `its self-test failed (${name}: ${fault}${more}) - run \`motes selftest\` there`;
}

async function invoke(host: Host, { type, parameters }: SelfTest): Promise<InvocationEnd> {
  const { promise, resolve } = Promise.withResolvers<InvocationEnd>();
  const request = { type, parameters: { ...parameters }, timeout_ms: DEADLINE_MS };
  try {
    host.invocations.admit(request, 0, { event: () => {}, ended: resolve });
  } catch (error) {
    return { ok: false, status: 'failed', problem: host.invocations.refusalOf(error) };
  }
  return promise;
}

function faultOf(test: SelfTest, end: InvocationEnd): string | null {
  // A worker of little memory is not a wrong one: it refuses such tasks of users as well.
  if (!end.ok) return end.problem.code === 'memory_exceeded' ? null : end.problem.message;
  return judge(test, (JSON.parse(`{${end.json}}`) as { result: unknown }).result);
}
