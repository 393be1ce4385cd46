import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outbox } from './outbox.ts';
import { attempt, startTestWorker, type TestWorker, until } from './testing/test-worker.ts';

let worker: TestWorker;
beforeEach(async () => {
  worker = await startTestWorker();
});
afterEach(() => worker.close());

const text = async (path: string) => (await worker.request(path)).text();
/** The value of one line of `/metrics`. */
async function reading(line: string): Promise<number> {
  const found = (await text('/metrics')).split('\n').find((one) => one.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1));
}

describe('/metrics of a worker', () => {
  it('has invocations by function and outcome, and the speed of those that succeeded', async () => {
    await worker.invoke({ type: 'echo', parameters: {} });
    await worker.invoke({ type: 'echo', parameters: {} });
    await worker.invoke({ type: 'thrower', parameters: {} });
    await worker.invoke({ type: 'deaf', parameters: {}, timeout_ms: 20 });
    const count = (name: string, outcome: string) =>
      reading(`motes_worker_invocation_duration_seconds_count{function="${name}",outcome="${outcome}"}`);
    expect(await count('echo', 'succeeded')).toBe(2);
    expect(await count('thrower', 'failed')).toBe(1);
    expect(await count('deaf', 'timed_out')).toBe(1);
    const sum = await reading('motes_worker_invocation_duration_seconds_sum{function="deaf",outcome="timed_out"}');
    expect(sum).toBeGreaterThanOrEqual(0.02);
    expect(await reading('motes_worker_cost_units_total{function="echo"}')).toBe(2);
    expect(await reading('motes_worker_compute_seconds_total{function="echo"}')).toBeGreaterThan(0);
    expect(await text('/metrics')).not.toContain('motes_worker_cost_units_total{function="thrower"}');
  });

  it('says nothing of the speed of one that went on from a checkpoint: nobody knows how much it did', async () => {
    await worker.invoke({ type: 'echo', parameters: {}, resume_from: 'AAAA' });
    expect(await text('/metrics')).not.toContain('motes_worker_cost_units_total{');
  });

  it('has slots, what runs and waits, and what nobody has collected', async () => {
    const reader = await worker.stream(['a', 'b', 'c'].map((id) => attempt(id, 'deaf')));
    await until(() => worker.host.invocations.running.length === 2);
    expect(await reading('motes_worker_slots')).toBe(2);
    expect(await reading('motes_worker_slots_used')).toBe(2);
    expect(await reading('motes_worker_invocations{state="running"}')).toBe(2);
    expect(await reading('motes_worker_invocations{state="waiting"}')).toBe(1);
    worker.host.invocations.stopAll('cancelled');
    await reader.rest();
    expect(await reading('motes_worker_outbox_entries')).toBe(3);
    expect(await text('/metrics')).not.toMatch(/run_id|task_id|"a"/);
  });

  it('has threads that ended by themselves', async () => {
    await worker.invoke({ type: 'quitter', parameters: {} });
    expect(await reading('motes_worker_thread_failures_total')).toBe(1);
  });
});

describe('/readyz?verbose of a worker', () => {
  const lines = async () => (await text('/readyz?verbose')).split('\n');

  it('lists what is well', async () => {
    expect(await text('/readyz?verbose')).toBe(
      '[+]ping ok\n[+]self_test ok\n[+]slots ok\n[+]outbox ok\n[+]accepting ok\n[+]event_loop ok\nreadyz check passed\n',
    );
  });

  it('says what is not', async () => {
    worker.host.invocations.fault = 'it computes other bits';
    worker.drain.begin();
    expect((await worker.request('/readyz')).status).toBe(503);
    expect(await lines()).toContain('[-]self_test: it computes other bits');
    expect(await lines()).toContain('[-]accepting: it drains and takes no more work');
  });

  it('says that the outbox is full', async () => {
    await worker.close();
    worker = await startTestWorker({ outbox: new Outbox({ entries: 1, characters: 1e6, maxAgeMs: 1e6 }) });
    await (await worker.stream([attempt('a', 'echo')])).rest();
    expect(await lines()).toContain('[-]outbox: it is full: nobody collects it');
  });

  it('says that the threads are gone', async () => {
    Object.defineProperty(worker.host.pool, 'isUp', { value: false });
    expect(await lines()).toContain('[-]slots: the function threads die as they start - see the log');
  });
});
