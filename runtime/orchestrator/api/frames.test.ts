import { expect, test } from 'vitest';
import { encodeFrame } from '../../wire/frame.ts';
import { succeeded } from '../testing/fake-transport.ts';
import { makeApp, noops } from '../testing/orchestrator-app.ts';
import { settle } from '../testing/orchestrator-parts.ts';

const FRAME = encodeFrame({
  ...{ step: 3, time: 0, box: [1, 1, 1], periodic: [false, false, false], dimensions: 2 },
  ...{ positions: new Float64Array([0.5, 0.5]), velocities: null },
});

test('a running task is looked at where it runs, another one is not', async () => {
  const { app, get, submit, join, transport } = await makeApp();
  await submit(noops('a'));
  expect((await get('/tasks/run1/a/frame')).status).toBe(204);
  await join('w1');
  await settle();
  expect((await get('/tasks/run1/a/frame')).status).toBe(204);
  transport.frames.set('run1/a#1', FRAME);
  const answer = await app.request('/tasks/run1/a/frame', { headers: { host: 'localhost:5000' } });
  expect(await answer.bytes()).toEqual(FRAME);
  transport.deliveries[0]!.say(succeeded());
  await settle();
  expect(await get('/tasks/run1/a/frame')).toMatchObject({ status: 409, body: { code: 'already_ended' } });
  expect(await get('/tasks/run1/nobody/frame')).toMatchObject({ status: 404, body: { code: 'unknown_task' } });
});
