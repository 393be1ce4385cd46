import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Client } from '../client/client.ts';
import type { Task } from '../wire/task.ts';
import { MotesProcess, motes, temporaryFolder, untilGone } from './motes-process.ts';

interface Announced {
  readonly orchestrator: { readonly url: string; readonly pid: number };
  readonly workers: readonly { readonly name: string; readonly url: string; readonly pid: number }[];
}

/** About two seconds of work. */
const LONG_TASK = { type: 'noop', parameters: { spins: 2_000_000_000 } };

let cwd: string;
let remove: () => void;
let up: MotesProcess | undefined;
let client: Client | undefined;

beforeEach(() => {
  ({ folder: cwd, remove } = temporaryFolder());
});
afterEach(async () => {
  await client?.close();
  up?.child.kill('SIGTERM');
  await up?.ended;
  [client, up] = [undefined, undefined];
  remove();
});

async function start(...argv: string[]): Promise<{ announced: Announced; pids: number[]; client: Client }> {
  up = new MotesProcess(['up', '--port', '0', '--worker-port', '0', '--json', ...argv], { cwd });
  const [line] = await up.until('stdout', /^.*\n/);
  const announced: Announced = JSON.parse(line);
  client = new Client({ url: announced.orchestrator.url, patience: { forMs: 20_000 } });
  const pids = [announced.orchestrator, ...announced.workers].map(({ pid }) => pid);
  return { announced, pids, client };
}

function submit(tasks: readonly object[]) {
  return client!.executeTasks({ text: JSON.stringify({ tasks }), contentType: 'application/json' });
}

/** The first task that runs, by now or later. */
async function runningTask(runId: string): Promise<Task> {
  for (;;) {
    const page = await client!.taskPage({ runId, status: 'running' });
    if (page.tasks.length > 0) return page.tasks[0]!;
    const run = await client!.run(runId, { waitSeconds: 0.05 });
    expect(run.status, 'the run should not have ended yet').toBe('active');
  }
}

describe('motes up', () => {
  it('serves, runs what it is given, and ends at SIGTERM with nobody left', async () => {
    const { announced, pids } = await start('--workers', '2');
    expect(announced.workers.map(({ name }) => name)).toEqual(['worker1', 'worker2']);
    expect(await client!.status()).toMatchObject({ workers: { worker1: 'online', worker2: 'online' } });
    const { url } = announced.orchestrator;
    const file = ['execute', '-', '--wait', '--json', '--url', url];
    const { run_id } = await submit([{ id: 'a', type: 'benchmark_wasm' }]);
    expect(await client!.run(run_id, { waitSeconds: 20 })).toMatchObject({ status: 'succeeded' });
    expect(await motes(file, { cwd })).toMatchObject({ code: 2, stderr: expect.stringContaining('is empty') });
    expect(await motes(['results', 'a', '--url', url], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('8967400646c2'),
    });
    up!.child.kill('SIGTERM');
    expect(await up!.ended).toMatchObject({ code: 0 });
    await untilGone(pids);
  });

  it('loses no task with a worker that is killed, and starts the worker again', async () => {
    const { announced } = await start('--workers', '2');
    const { run_id } = await submit([{ id: 'long', ...LONG_TASK }, ...short(20)]);
    const { worker_id } = await runningTask(run_id);
    const victim = announced.workers.find(({ name }) => name === worker_id)!;
    process.kill(victim.pid, 'SIGKILL');
    await up!.until('stderr', new RegExp(`${worker_id} is back`));
    const run = await client!.run(run_id, { waitSeconds: 25 });
    expect(run).toMatchObject({ status: 'succeeded', tasks: { succeeded: 21 } });
  });

  it('starts an orchestrator that is killed again, where it was', async () => {
    const { announced } = await start('--workers', '1');
    const { run_id } = await submit([{ id: 'long', ...LONG_TASK }]);
    await runningTask(run_id);
    process.kill(announced.orchestrator.pid, 'SIGKILL');
    const run = await client!.run(run_id, { waitSeconds: 25 });
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(up!.stderr).toContain('orchestrator died (SIGKILL)');
  });

  it('leaves nobody behind when it is killed outright', async () => {
    const { pids } = await start('--workers', '2');
    up!.child.kill('SIGKILL');
    await untilGone(pids);
  });

  it('says that a port is taken, and ends', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    for (const which of ['--port', '--worker-port']) {
      const other = which === '--port' ? '--worker-port' : '--port';
      const { code, stdout, stderr } = await motes(['up', which, String(port), other, '0', '--workers', '1'], { cwd });
      expect({ which, code, stdout }).toEqual({ which, code: 1, stdout: '' });
      expect(stderr).toMatch(/(orchestrator|worker1) could not start[\s\S]*port is in use/);
    }
    server.close();
  });
});

function short(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({ id: `short${index}`, type: 'noop' }));
}
