import { describe, expect, test } from 'vitest';
import { makeApp, noops } from '../testing/orchestrator-app.ts';
import { settle } from '../testing/orchestrator-parts.ts';

describe('/metrics', () => {
  test('tells tasks by function and status, workers by condition, and slots', async () => {
    const { get, submit, join } = await makeApp();
    await join('worker1', { functions: { noop: 'v' }, slots: 2 });
    await join('worker2', { functions: {}, slots: 1, draining: true });
    await submit(noops('a', 'b', 'c'));
    await settle();
    const { body, headers } = await get('/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const lines = body.split('\n');
    expect(lines).toContain('motes_tasks{function="noop",status="running"} 2');
    expect(lines).toContain('motes_tasks{function="noop",status="queued"} 1');
    expect(lines).toContain('motes_workers{condition="ready"} 1');
    expect(lines).toContain('motes_workers{condition="draining"} 1');
    expect(lines).toContain('motes_slots 3');
    expect(lines).toContain('motes_slots_used 2');
    expect(lines).toContain('motes_build_info{version="1.2.3"} 1');
    expect(body).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(body).toMatch(/^process_cpu_seconds_total /m);
  });

  test('has no name of a run, a task or a worker in it', async () => {
    const { get, submit, join } = await makeApp();
    await join('a-worker', { functions: { noop: 'v' } });
    await submit(noops('a-task'));
    const { body } = await get('/metrics');
    expect(body).not.toMatch(/a-worker|a-task|run1/);
  });

  test('says where the workers tell of themselves, also those that are away', async () => {
    const { get, join, fleet } = await makeApp();
    await join('worker1');
    fleet.add({ id: 'worker2', host: '10.0.0.7', port: 8_002, tls: true });
    expect((await get('/metrics/targets')).body).toEqual([
      { targets: ['worker1:8001'], labels: { worker: 'worker1', __scheme__: 'http' } },
      { targets: ['10.0.0.7:8002'], labels: { worker: 'worker2', __scheme__: 'https' } },
    ]);
  });
});
