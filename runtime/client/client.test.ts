import { Hono } from 'hono';
import * as v from 'valibot';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Listening } from '../http/serve.ts';
import { Problem } from '../wire/problem.ts';
import { Client, type ClientOptions } from './client.ts';
import { NoAnswer } from './http-client.ts';
import { createFakeOrchestrator, fakeTask, serveFake } from './testing/fake-orchestrator.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

async function serve(app: Pick<Hono, 'fetch'>, port?: number): Promise<Listening> {
  const server = await serveFake(app, port);
  open.push(server);
  return server;
}

function connect(url: string, options: Partial<ClientOptions> = {}): Client {
  const client = new Client({ url, ...options });
  open.push(client);
  return client;
}

async function failureOf(promise: Promise<unknown>): Promise<Problem> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(Problem);
  return thrown as Problem;
}

const TASKS = ['a', 'b', 'c', 'd', 'e'].map((id) => fakeTask({ id }));

describe('a client of an orchestrator', () => {
  it('gives answers whole, with fields that it does not know', async () => {
    const client = connect((await serve(createFakeOrchestrator(TASKS).app)).url);
    expect(await client.status()).toMatchObject({ online_workers: 1, a_later_field: 'kept' });
    expect(Object.keys(await client.workers())).toEqual(['worker10', 'worker2']);
    expect(await client.pingAll()).toMatchObject({ total_workers: 2 });
    expect((await client.functions()).map(({ name }) => name)).toEqual(['benchmark_wasm']);
    expect((await client.runs()).map(({ run_id }) => run_id)).toEqual(['r1']);
    expect(await client.run('newest', { waitSeconds: 0.1 })).toMatchObject({ run_id: 'r1', tasks_total: 5 });
  });

  it('reads all pages, and no more than asked for', async () => {
    const { app } = createFakeOrchestrator(TASKS);
    const client = connect((await serve(app)).url);
    const ids = async (limit?: number) => {
      const found: string[] = [];
      for await (const { id } of client.tasks(limit === undefined ? {} : { limit })) found.push(id);
      return found;
    };
    expect(await ids()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await ids(3)).toEqual(['a', 'b', 'c']);
  });

  it('refuses pages without end', async () => {
    const app = new Hono().get('/tasks', (c) => c.json({ tasks: [], next: 7 }));
    const client = connect((await serve(app)).url);
    const read = async () => {
      for await (const _ of client.tasks());
    };
    expect((await failureOf(read())).message).toContain('pages without end');
  });

  it('finds tasks whose ids need escaping', async () => {
    const { app } = createFakeOrchestrator([fakeTask({ id: 'sweep/é ?#1' })]);
    const client = connect((await serve(app)).url);
    expect(await client.task('r1', 'sweep/é ?#1')).toMatchObject({ id: 'sweep/é ?#1', history: [] });
  });

  it('submits text with its type, run id and idempotency key, or nothing at all', async () => {
    const { app, submissions } = createFakeOrchestrator(TASKS);
    const client = connect((await serve(app)).url);
    await client.executeTasks(
      { text: 'tasks: []', contentType: 'application/yaml' },
      { runId: 'x', idempotencyKey: 'k' },
    );
    await client.executeTasks(null, { waitSeconds: 0.5 });
    expect(submissions).toEqual([
      { text: 'tasks: []', contentType: 'application/yaml', idempotencyKey: 'k', query: { run_id: 'x' } },
      { text: '', contentType: undefined, idempotencyKey: undefined, query: { wait: '0.5' } },
    ]);
  });

  it('sends its token', async () => {
    const app = new Hono().get('/runs', (c) => c.json({ runs: [], authorization: c.req.header('authorization') }));
    const client = connect((await serve(app)).url, { token: 'secret' });
    expect(await client.get('/runs', v.any())).toMatchObject({
      authorization: 'Bearer secret',
    });
  });

  it('works below a path, as behind a proxy', async () => {
    const app = new Hono().route('/motes', createFakeOrchestrator(TASKS).app);
    const client = connect(`${(await serve(app)).url}/motes/`);
    expect(await client.status()).toMatchObject({ version: '9.9.9' });
  });
});

describe('a client in trouble', () => {
  it('hands on the problem that the orchestrator answers', async () => {
    const faults = [{ code: 'invalid_parameter', detail: 'seed is wrong', task_id: 'a' }];
    const app = new Hono().post('/execute_tasks', (c) =>
      c.json(Problem.fromFaults([...faults, ...faults]).toJSON(), 422),
    );
    const problem = await failureOf(connect((await serve(app)).url).executeTasks(null));
    expect(problem).toMatchObject({ code: 'invalid_parameter', status: 422 });
    expect(problem.faults).toHaveLength(2);
  });

  it.each([
    { name: 'a page of something else', answer: () => new Response('<html>hello</html>') },
    { name: 'JSON of another shape', answer: () => Response.json({ workers: 3 }) },
    { name: 'an error of something else', answer: () => new Response('nope', { status: 404 }) },
    { name: 'half a JSON document', answer: () => new Response('{"workers":') },
  ])('says that it is not an orchestrator: $name', async ({ answer }) => {
    const app = new Hono().get('/status', answer);
    const problem = await failureOf(connect((await serve(app)).url).status());
    expect(problem).not.toBeInstanceOf(NoAnswer);
    expect(problem.message).toMatch(/answers, but not as a motes orchestrator.*another program/);
  });

  it('names the URL and the remedy where nobody listens', async () => {
    const server = await serve(new Hono());
    await open.pop()!.close();
    const problem = await failureOf(connect(server.url).status());
    expect(problem).toBeInstanceOf(NoAnswer);
    expect(problem.message).toContain(`${server.url} (ECONNREFUSED) - start one with \`motes up\``);
  });

  it('gives up on an answer that does not come', async () => {
    const app = new Hono().get('/status', () => new Promise<Response>(() => {}));
    const problem = await failureOf(connect((await serve(app)).url, { timeoutMs: 50 }).status());
    expect(problem).toBeInstanceOf(NoAnswer);
    expect(problem.message).toContain('no answer within 0.05 s');
  });

  it('gives up on an answer that does not end', async () => {
    const app = new Hono().get('/status', () => new Response(new ReadableStream({ start: (c) => c.enqueue('{') })));
    expect((await failureOf(connect((await serve(app)).url, { timeoutMs: 50 }).status())).message).toContain('within');
  });

  it.each(['', 'localhost:5000', 'ftp://x', '::'])('refuses %j as a URL', (url) => {
    expect(() => new Client({ url })).toThrow(/not the URL of an orchestrator/);
  });

  it('ends with the reason of its signal', async () => {
    const app = new Hono().get('/runs/r', () => new Promise<Response>(() => {}));
    const controller = new AbortController();
    const answer = connect((await serve(app)).url).run('r', { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
  });
});

describe('a patient client', () => {
  it('outlasts a restart and says so', async () => {
    const { app } = createFakeOrchestrator(TASKS);
    const server = await serveFake(app);
    const onBack = vi.fn();
    const silent = Promise.withResolvers<Problem>();
    const client = connect(server.url, { patience: { forMs: 20_000, onSilent: silent.resolve, onBack } });
    await client.status();
    await server.close();
    const answer = client.run('r1');
    expect(await silent.promise).toBeInstanceOf(NoAnswer);
    expect(onBack).not.toHaveBeenCalled();
    await serve(app, server.port);
    expect(await answer).toMatchObject({ run_id: 'r1' });
    expect(onBack).toHaveBeenCalledOnce();
  });

  it('does not wait for one that never answered', async () => {
    const onSilent = vi.fn();
    const server = await serve(new Hono());
    await open.pop()!.close();
    await failureOf(connect(server.url, { patience: { forMs: 60_000, onSilent } }).status());
    expect(onSilent).not.toHaveBeenCalled();
  });

  it('repeats a submission only with an idempotency key', async () => {
    const { app, submissions } = createFakeOrchestrator(TASKS);
    let away = false;
    const flaky = new Hono();
    flaky.use('/execute_tasks', async (c, next) => {
      if (!away) return next();
      away = false;
      return c.text('away', 503);
    });
    flaky.route('/', app);
    const client = connect((await serve(flaky)).url, { patience: { forMs: 20_000 } });
    await client.status();
    away = true;
    expect(await failureOf(client.executeTasks(null))).toBeInstanceOf(NoAnswer);
    away = true;
    expect(await client.executeTasks(null, { idempotencyKey: 'k' })).toMatchObject({ run_id: 'r1' });
    expect(submissions).toHaveLength(1);
  });
});
