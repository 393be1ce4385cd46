import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { CommandError } from './failure.ts';
import { divideSlots, LocalCluster, type LocalClusterOptions } from './local-cluster.ts';

const FAKE_ROLE = fileURLToPath(new URL('./testing/fake-role.js', import.meta.url));
const clean: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const each of clean.splice(0).reverse()) await each();
});

/** Lines and notes as they come, and a way to wait for one. */
class Record {
  readonly lines: string[] = [];
  #wake = Promise.withResolvers<void>();

  add(line: string): void {
    this.lines.push(line);
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  async until(pattern: RegExp): Promise<void> {
    while (!this.lines.some((line) => pattern.test(line))) await this.#wake.promise;
  }
}

function createCluster(env: { FAKE_MODE?: string; FAKE_NAME?: string }, options: Partial<LocalClusterOptions> = {}) {
  const logFolder = mkdtempSync(join(tmpdir(), 'motes-cluster-'));
  const record = new Record();
  const cluster = new LocalCluster({
    workers: 2,
    slots: null,
    orchestratorPort: 0,
    firstWorkerPort: 0,
    orchestratorArgs: ['--data', 'here'],
    env: { ...process.env, ...env },
    startDeadlineMs: 10_000,
    stopGraceMs: 10_000,
    mostRestarts: 2,
    workerGraceSeconds: 7,
    logFolder,
    onNote: (text) => record.add(`note: ${text}`),
    onLine: (_, line) => record.add(line),
    scripts: { orchestrator: FAKE_ROLE, worker: FAKE_ROLE },
    ...options,
  });
  clean.push(() => rmSync(logFolder, { recursive: true }));
  clean.push(() => cluster.stop());
  return { cluster, record, logFolder };
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(CommandError);
  return (thrown as Error).message;
}

describe('divideSlots', () => {
  it.each([
    { processors: 8, workers: 3, slots: [3, 3, 2] },
    { processors: 2, workers: 3, slots: [1, 1, 1] },
    { processors: 1, workers: 1, slots: [1] },
    { processors: 16, workers: 4, slots: [4, 4, 4, 4] },
  ])('gives $slots to $workers workers on $processors processors', ({ processors, workers, slots }) => {
    expect(divideSlots(processors, workers)).toEqual(slots);
  });
});

describe('a local cluster', () => {
  it('starts its roles with what they need, and stops the workers first', async () => {
    const { cluster, record, logFolder } = createCluster(
      {},
      { orchestratorPort: 7000, firstWorkerPort: 7001, workers: 3 },
    );
    const orchestrator = await cluster.startOrchestrator();
    const workers = await cluster.startWorkers(orchestrator.url);
    expect(orchestrator).toMatchObject({ name: 'orchestrator', url: 'http://127.0.0.1:7000', slots: 0 });
    expect(workers.map(({ url }) => url)).toEqual([7001, 7002, 7003].map((port) => `http://127.0.0.1:${port}`));
    expect(cluster.members.map(({ name }) => name)).toEqual(['orchestrator', 'worker1', 'worker2', 'worker3']);
    const slots = divideSlots(availableParallelism(), 3);
    // Being ready is told on another channel than the lines come by.
    await Promise.all([record.until(/^orchestrator got/), record.until(/^worker2 got/)]);
    expect(record.lines).toContain('orchestrator got --host 127.0.0.1 --port 7000 --network none --data here');
    expect(record.lines).toContain(
      `worker2 got --id worker2 --host 127.0.0.1 --slots ${slots[1]} --orchestrator ${orchestrator.url} --port 7002 --grace 7`,
    );
    await cluster.stop();
    const stops = record.lines.filter((line) => line.endsWith('stops'));
    expect(stops).toHaveLength(4);
    expect(stops.at(-1)).toBe('orchestrator stops');
    expect(readFileSync(join(logFolder, 'worker1.log'), 'utf8')).toMatch(/^worker1 got .*\nworker1 stops\n$/);
  });

  it('tells the last words of a role that cannot start', async () => {
    const { cluster } = createCluster({ FAKE_MODE: 'failing' });
    expect(await failureOf(cluster.startOrchestrator())).toMatch(
      /^orchestrator could not start \(exit code 3\)\norchestrator got .*\nthe port is in use$/,
    );
  });

  it('fails when one of several cannot start', async () => {
    const { cluster } = createCluster({ FAKE_MODE: 'failing', FAKE_NAME: 'worker2' });
    const { url } = await cluster.startOrchestrator();
    expect(await failureOf(cluster.startWorkers(url))).toMatch(/^worker2 could not start/);
  });

  it('does not wait for ever for one that says nothing', async () => {
    const { cluster } = createCluster({ FAKE_MODE: 'silent' }, { startDeadlineMs: 300 });
    expect(await failureOf(cluster.startOrchestrator())).toMatch(/^orchestrator was not ready within 0.3 s/);
  });

  it('starts a worker that died again, where it was', async () => {
    const { cluster, record } = createCluster({});
    const { url } = await cluster.startOrchestrator();
    const [first] = await cluster.startWorkers(url);
    process.kill(first!.pid!, 'SIGKILL');
    await record.until(/note: worker1 is back/);
    expect(record.lines).toContain('note: worker1 died (SIGKILL): starting it again in 0.25 s');
    const again = cluster.members.find(({ name }) => name === 'worker1')!;
    expect(again.url).toBe(first!.url);
    expect(again.pid).not.toBe(first!.pid);
  });

  it('gives up on one that dies again and again', async () => {
    const { cluster, record } = createCluster({ FAKE_MODE: 'dying' });
    await cluster.startOrchestrator();
    await expect(cluster.broken).rejects.toThrow('orchestrator died (exit code 7), after 2 restarts');
    expect(record.lines.filter((line) => line.startsWith('note: orchestrator died'))).toEqual([
      'note: orchestrator died (exit code 7): starting it again in 0.25 s',
      'note: orchestrator died (exit code 7): starting it again in 0.5 s',
    ]);
  });

  it('kills what does not stop within its grace', async () => {
    const { cluster, record } = createCluster({ FAKE_MODE: 'deaf', FAKE_NAME: 'worker1' }, { stopGraceMs: 300 });
    const { url } = await cluster.startOrchestrator();
    const [deaf] = await cluster.startWorkers(url);
    await cluster.stop();
    expect(record.lines).toContain('worker1 does not listen');
    expect(() => process.kill(deaf!.pid!, 0)).toThrow('ESRCH');
  });

  it('starts nobody again once it stops', async () => {
    const { cluster, record } = createCluster({});
    await cluster.startOrchestrator();
    cluster.kill();
    await cluster.stop();
    expect(record.lines.filter((line) => line.startsWith('note:'))).toEqual([]);
    await expect(cluster.startOrchestrator()).rejects.toThrow('the cluster is stopping');
  });
});
