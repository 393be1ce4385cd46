/** The orchestrator's HTTP surface in one process, over a fake transport. */
import { expect } from 'vitest';
import { declarations, findDeclaration } from '../../../functions/catalogue.ts';
import { Distribution } from '../../process/distribution.ts';
import { createOrchestratorApp } from '../api/app.ts';
import type { OrchestratorDependencies } from '../api/dependencies.ts';
import { LedgerTurns } from '../ledger/ledger-turns.ts';
import { createMetrics } from '../metrics.ts';
import { RunSummaries } from '../runs/run-summaries.ts';
import { TaskSearches } from '../search/task-searches.ts';
import { Vocabulary } from '../search/vocabulary.ts';
import { loadHistory } from '../timeline/load-history.ts';
import { LEDGER_ID } from './fake-transport.ts';
import { makeParts, type PartsSetting } from './orchestrator-parts.ts';

const REMOTE = { incoming: { socket: { remoteAddress: '::ffff:10.0.0.9', remotePort: 5, remoteFamily: 'IPv6' } } };
/** What `configs/tasks.yaml` holds. */
export const TASK_FILE = 'tasks:\n  - {id: small, type: noop}\n  - {id: large, type: noop}\n';

/** The whole HTTP surface in process; `answer.body` is parsed. */
export async function makeApp(more: Partial<OrchestratorDependencies> = {}, setting: PartsSetting = {}) {
  const parts = makeParts(setting);
  const { fleet, dispatcher, transport, waiters, remote, clock } = parts;
  const measured = { meter: parts.meter, ledger: remote, fleet, dispatcher, estimates: parts.estimates };
  const metrics =
    more.metrics ??
    createMetrics({
      ...measured,
      version: '1.2.3',
      commits: new Distribution([0.001]),
      freeBytes: async () => 2 ** 30,
    });
  const errors: unknown[] = [];
  let runs = 0;
  const findFunction = (type: string) => findDeclaration(type) ?? undefined;
  const turns = new LedgerTurns(clock.now);
  const app = createOrchestratorApp({
    ...{ ledgerId: LEDGER_ID, ledger: remote, fleet, dispatcher, transport, waiters, metrics, functions: [] },
    ...{ page: null, events: parts.events, frames: parts.frames, history: parts.history, overview: parts.overview },
    summaries: new RunSummaries({ ledger: remote, turns, findFunction, now: clock.now }),
    rules: {
      findFunction,
      functionNames: declarations.map(({ name }) => name),
      slotMemoryBytes: () => 2 ** 30,
      holdsBlob: (sha256) => parts.blobs.has(sha256),
      leastMs: () => 0,
    },
    searches: new TaskSearches({ ledger: remote, turns, now: clock.now }),
    vocabulary: new Vocabulary(declarations),
    readTaskFile: async () => ({ text: TASK_FILE, name: 'configs/tasks.yaml' }),
    newRunId: () => `run${++runs}`,
    ...{ now: clock.now, guard: { token: null }, version: '1.2.3', heartbeatMs: 2_000, readiness: [] },
    artifacts: { list: async () => [], read: async () => null },
    blobs: { has: () => false, put: async () => 0, read: async () => null },
    logError: (error) => errors.push(error),
    ...more,
  });
  await dispatcher.start();
  await loadHistory(parts.history, remote);
  const send = async (method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}) => {
    const init = {
      method,
      headers: { host: 'localhost:5000', ...headers },
      ...(body !== undefined && { body, duplex: 'half' }),
    };
    const response = await app.request(path, init as RequestInit, REMOTE);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  };
  const get = (path: string, headers?: Record<string, string>) => send('GET', path, undefined, headers);
  const submit = (tasks: unknown, headers: Record<string, string> = {}) =>
    send('POST', '/execute_tasks', JSON.stringify({ tasks }), { 'content-type': 'application/json', ...headers });
  return { ...parts, app, metrics, errors, send, get, submit };
}

/** Tasks that do nothing, by their ids. */
export const noops = (...ids: string[]) => ids.map((id) => ({ id, type: 'noop' }));

/** A problem as an answer. */
export const problem = (code: string, status: number, detail = '') => ({
  status,
  body: {
    type: `urn:motes:problem:${code}`,
    code,
    status,
    detail: expect.stringContaining(detail),
    title: expect.any(String),
  },
});
