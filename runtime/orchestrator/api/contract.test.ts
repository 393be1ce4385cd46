/** The API keeps to its document: requests are made from it, and every answer is held against it. */
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { declarations } from '../../../functions/catalogue.ts';
import { Sessions } from '../../http/sessions.ts';
import { parseOrder, parseSearch } from '../../search/parse.ts';
import type { Run } from '../../wire/task.ts';
import { Vocabulary } from '../search/vocabulary.ts';
import { EPOCH_MS } from '../simulation/clock.ts';
import { failed, succeeded } from '../testing/fake-transport.ts';
import { MemoryBlobs } from '../testing/memory-blobs.ts';
import { makeApp, noops } from '../testing/orchestrator-app.ts';
import { settle } from '../testing/orchestrator-parts.ts';
import type { OrchestratorDependencies } from './dependencies.ts';
import { describeOrchestratorApi } from './openapi.ts';
import { RunWaiters } from './run-waiters.ts';
import { Contract, type DocumentedOperation, type GivenAnswer, type MadeRequest } from './testing/contract.ts';

const SEED = 20_261_129;
/** For each operation; and as many as are enough to find a lie, at most. */
const REQUESTS = 10;
const REQUESTS_FOR_A_LIE = 100;
const TOKEN = 'correct-horse';
const BLOB = 'a'.repeat(64);
const REMOTE = { incoming: { socket: { remoteAddress: '10.0.0.9', remotePort: 5, remoteFamily: 'IPv4' } } };

const document = describeOrchestratorApi({
  version: '1.2.3',
  functions: declarations.filter(({ internal }) => !internal),
  cookie: new Sessions(TOKEN, () => EPOCH_MS).cookie,
});
const PARAMETERS = new Vocabulary(declarations).parameters;
const HINTS = {
  ...{ run: ['run1', 'newest'], task: ['a', 'b', 'c', 'd'], id: ['worker1'], protocol: [1] },
  ...{ name: ['trajectory.xyz', 'main-1.js'], sha256: [BLOB], token: [TOKEN], after: [0], 'last-event-id': [0] },
  ...{ q: ['status:queued,running', 'a', ''], order: ['-priority'], 'countTasks.run_id': ['run1'] },
  ...{ 'listTasks.run_id': ['run1'], 'followEvents.run_id': ['run1'], 'followEvents.task_id': ['a'] },
  ...{ 'getRunGrid.x': ['spins'], 'getRunGrid.y': ['value'], 'getRunGrid.field': ['duration'] },
};

/** Any time to wait is over at once. */
class Impatient extends RunWaiters {
  override async ended(run: Run): Promise<Run> {
    return run;
  }
}

/** Of the first world: they watch the process by timers of their own, of which a thousand would be too many. */
let metrics: OrchestratorDependencies['metrics'] | undefined;

/** An orchestrator with a task in every state, files and a page. */
async function makeWorld() {
  const file = { plain: new Uint8Array(1), zipped: new Uint8Array(1), tag: '"1"' };
  const blobs = new MemoryBlobs();
  blobs.files.set(BLOB, Buffer.from('bytes'));
  const world = await makeApp({
    ...(metrics && { metrics }),
    ...{ guard: { token: TOKEN }, blobs, waiters: new Impatient(async () => Promise.reject(Error('nobody waits'))) },
    artifacts: {
      list: async () => [{ name: 'trajectory.xyz', bytes: 3 }],
      read: async ({ name }) =>
        name === 'trajectory.xyz' ? { bytes: 3, content: Readable.from([Buffer.from('1\n\n')]) } : null,
    },
    page: new Map([
      ['index.html', { ...file, type: 'text/html; charset=utf-8' }],
      ['docs.html', { ...file, type: 'text/html; charset=utf-8' }],
      ['main-1.js', { ...file, type: 'text/javascript; charset=utf-8' }],
    ]),
  });
  metrics ??= world.metrics;
  const { join, submit, transport } = world;
  await join('worker1', { slots: 3 });
  const tasks = noops('a', 'b', 'c', 'd').map((task, value) => ({ ...task, parameters: { spins: value % 2, value } }));
  await submit(tasks, { authorization: `Bearer ${TOKEN}` });
  await settle();
  const [delivery] = transport.deliveries;
  const [a, b, c] = transport.deliveries.flatMap(({ attempts }) => attempts);
  delivery!.say(succeeded(), a);
  delivery!.say(failed('function_error'), b);
  delivery!.say({ event: 'progress', done: 1, total: 2 }, c);
  await settle();
  return world;
}

type World = Awaited<ReturnType<typeof makeWorld>>;

async function send(
  { app }: World,
  { method, path, headers, body }: MadeRequest,
  more: Record<string, string> = { authorization: `Bearer ${TOKEN}` },
): Promise<GivenAnswer> {
  const init = {
    method,
    headers: { host: 'localhost:5000', ...headers, ...more },
    ...(body !== undefined && { body }),
  };
  const response = await app.request(path, init as RequestInit, REMOTE);
  const contentType = response.headers.get('content-type');
  return { status: response.status, contentType, body: await firstOf(response, contentType ?? '') };
}

/** The body as text; of a stream without end what it begins with; of bytes nothing. */
async function firstOf(response: Response, type: string): Promise<string> {
  if (type.startsWith('text/event-stream')) {
    const reader = response.body!.getReader();
    let text = Buffer.from((await reader.read()).value!).toString();
    await Promise.race([reader.read().then(({ value }) => (text += Buffer.from(value!).toString())), settle()]);
    await reader.cancel();
    return text;
  }
  if (/json|^text/.test(type) || response.body === null) return response.text();
  await response.body.cancel();
  return '';
}

/** Sends made requests one after the other, until an answer is not as documented. */
async function tryOut(
  against: Contract,
  operation: DocumentedOperation,
  requests: fc.Arbitrary<MadeRequest>,
  numRuns = REQUESTS,
): Promise<{ statuses: Set<number>; faults: string[] }> {
  const statuses = new Set<number>();
  let world = await makeWorld();
  for (const request of fc.sample(requests, { seed: SEED, numRuns })) {
    // What only looks leaves all as it was.
    if (request.method !== 'GET') world = await makeWorld();
    const answer = await send(world, request);
    statuses.add(answer.status);
    const faults = [...against.faultsOf(operation, request, answer), ...world.errors.map(String)];
    if (faults.length > 0) return { statuses, faults: [...faults, JSON.stringify(request), answer.body.slice(0, 500)] };
  }
  return { statuses, faults: [] };
}

const contract = new Contract(document, HINTS);
const operations = contract.operations.map((operation) => ({ id: operation.operationId, operation }));

/** A task is named together with its run: this, no document can say. */
function namesRun({ path }: MadeRequest): boolean {
  return !path.includes('task_id=') || path.includes('run_id=');
}

/** What a search and an order are, it says in words only. */
function searches({ path, body }: MadeRequest): boolean {
  const query = new URLSearchParams(path.split('?')[1] ?? '');
  const isTold = path.startsWith('/tasks/cancel') || path.startsWith('/tasks/retry');
  const sent = isTold && typeof body === 'string' ? (JSON.parse(body) as { q?: string }) : {};
  try {
    for (const text of [query.get('q'), sent.q ?? null]) if (text !== null) parseSearch(text, PARAMETERS);
    const order = query.get('order');
    if (order !== null && order !== '') parseOrder(order, PARAMETERS);
    return true;
  } catch {
    return false;
  }
}

describe.each(operations)('$id', ({ operation }) => {
  test('answers what is as documented as documented', async () => {
    const requests = contract.goodRequests(operation).filter(namesRun).filter(searches);
    const { statuses, faults } = await tryOut(contract, operation, requests);
    expect(faults).toEqual([]);
    expect(
      [...statuses].some((status) => status < 300),
      `only ${[...statuses]} were answered`,
    ).toBe(true);
  });

  const bad = contract.badRequests(operation);
  test.runIf(bad)('refuses what is not, and says where', async () => {
    const { statuses, faults } = await tryOut(contract, operation, bad!);
    expect(faults).toEqual([]);
    expect(Math.min(...statuses)).toBeGreaterThanOrEqual(400);
  });

  test('turns strangers and pages of other sites away as documented', async () => {
    const world = await makeWorld();
    const [request] = fc.sample(contract.goodRequests(operation), { seed: SEED, numRuns: 1 });
    const bearer = { authorization: `Bearer ${TOKEN}` };
    for (const headers of [{}, { ...bearer, host: 'evil.example' }, { ...bearer, origin: 'http://evil.example' }]) {
      const answer = await send(world, request!, headers);
      expect(contract.faultsOf(operation, request!, answer)).toEqual([]);
    }
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a document is taken to pieces
type Doctored = any;

describe('a document that is not true is found out', () => {
  test.each<{ lie: string; id: string; doctor: (document: Doctored) => unknown; kind?: 'bad' }>([
    {
      lie: 'a status that is not named',
      id: 'cancelRun',
      doctor: ({ paths }) => delete paths['/runs/{run}'].delete.responses[200],
    },
    {
      lie: 'another content type',
      id: 'getStatus',
      doctor: ({ paths }) => (paths['/status'].get.responses[200].content = { 'text/plain': {} }),
    },
    {
      lie: 'a field that is not named',
      id: 'getRun',
      doctor: ({ components }) => delete components.schemas.Run.properties.tasks_total,
    },
    {
      lie: 'a field that is not there',
      id: 'listTasks',
      doctor: ({ components }) => components.schemas.Task.required.push('colour'),
    },
    {
      lie: 'another type',
      id: 'getOverview',
      doctor: ({ components }) => (components.schemas.TaskCounts.properties.queued.type = 'string'),
    },
    {
      lie: 'an event that is not named',
      id: 'followEvents',
      doctor: ({ paths }) => delete paths['/events'].get.responses[200].content['text/event-stream']['x-items'].run,
    },
    {
      lie: 'a code that is not named',
      id: 'getTask',
      doctor: ({ paths }) => {
        const { schema } = paths['/tasks/{run}/{task}'].get.responses[404].content['application/problem+json'];
        schema.allOf[1].properties.code.enum = ['unknown_run'];
      },
    },
    {
      lie: 'a wider bound',
      id: 'listTasks',
      doctor: ({ paths }) => (parameter(paths['/tasks'].get, 'limit').schema.maximum = 1_000_000),
    },
    {
      lie: 'a choice that there is not',
      id: 'retryRun',
      doctor: ({ paths }) => (parameter(paths['/runs/{run}/retry'].post, 'only').schema.enum = ['paused']),
    },
    {
      lie: 'a field that may be left out',
      id: 'registerWorker',
      doctor: ({ components }) => (components.schemas.Registration.required = ['id']),
    },
    {
      lie: 'a narrower bound',
      id: 'getRun',
      kind: 'bad',
      doctor: ({ paths }) => (parameter(paths['/runs/{run}'].get, 'wait').schema.maximum = 1),
    },
    {
      lie: 'a field that must be there',
      id: 'streamTasks',
      kind: 'bad',
      doctor: ({ components }) => {
        for (const { required } of Object.values<Doctored>(components.schemas))
          if (required?.[1] === 'type') required.push('priority', 'retries', 'timeout_ms', 'retry_on', 'force');
      },
    },
  ])('$lie ($id)', async ({ id, doctor, kind = 'good' }) => {
    const doctored = structuredClone(document);
    doctor(doctored);
    const against = new Contract(doctored, HINTS);
    const operation = against.operations.find(({ operationId }) => operationId === id)!;
    const requests = kind === 'good' ? against.goodRequests(operation) : against.badRequests(operation)!;
    const { faults } = await tryOut(against, operation, requests.filter(searches), REQUESTS_FOR_A_LIE);
    expect(faults).not.toEqual([]);
  });
});

function parameter(operation: Doctored, name: string): Doctored {
  return operation.parameters.find((one: Doctored) => one.name === name);
}
