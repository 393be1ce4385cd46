/** Workers that are wrong: each is a clear error, and the run goes on. */
import assert from 'node:assert/strict';
import { Cluster } from '../chaos/cluster.ts';
import { until } from '../chaos/until.ts';
import type { Case } from './case.ts';
import { eventLine, FakeWorker, type Misbehaviour } from './fake-worker.ts';
import { withCluster } from './tasks.ts';

const ODD = { workers: 1, orchestratorArgs: ['--lease', '3', '--ping-timeout', '2'] };
/** Some of a real worker's tasks land at the odd one, which is as free as it. */
const TASKS = Array.from({ length: 20 }, (_, index) => ({
  id: `t${index}`,
  type: 'noop',
  parameters: { spins: 20_000_000 },
}));

export const oddWorkerCases: readonly Case[] = [
  ends('answers with a page of HTML', (_attempts, response) => {
    response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Oops</h1>');
  }),
  ends('answers with lines that are no JSON', (_attempts, response) => {
    response.end('this is\nnot JSON\n');
  }),
  ends('answers with events that are none', (_attempts, response) => {
    response.end('{"event":"exploded"}\n{"event":"succeeded"}\n');
  }),
  ends('ends its stream before the end', (attempts, response) => {
    response.end(attempts.map((key) => eventLine('started', key, 1)).join(''));
  }),
  ends('says nothing at all', () => {}),
  ends('starts, and then sends heartbeats for ever', (attempts, response) => {
    let seq = 1;
    const beat = (event: string): unknown =>
      response.write(attempts.map((key) => eventLine(event, key, seq++)).join(''));
    beat('started');
    const timer = setInterval(() => beat('heartbeat'), 500);
    response.once('close', () => clearInterval(timer));
  }),
  ends('sends heartbeats for ever, and never starts', (attempts, response) => {
    let seq = 1;
    const timer = setInterval(
      () => response.write(attempts.map((key) => eventLine('heartbeat', key, seq++)).join('')),
      500,
    );
    response.once('close', () => clearInterval(timer));
  }),
  {
    name: 'a worker of a foreign protocol, and one under a name that is alive elsewhere, are refused with the reason',
    run: () =>
      withCluster(Cluster.start(ODD), async (cluster) => {
        const fake = await FakeWorker.start({ id: 'w1', misbehave: () => {} });
        try {
          const foreign = await refusal(fake.register(cluster.orchestrator.url, { protocol: 99 }));
          assert.deepEqual([foreign.status, foreign.code], [409, 'foreign_protocol']);
          assert.match(foreign.detail, /protocol 99/);
          const taken = await refusal(fake.register(cluster.orchestrator.url));
          assert.deepEqual([taken.status, taken.code], [409, 'worker_id_taken']);
          assert.match(taken.detail, /--id/);
          const run = await cluster.submit([{ id: 'a', type: 'noop' }]);
          assert.equal((await cluster.client.run(run, { waitSeconds: 30 })).status, 'succeeded');
          await cluster.workers[0]!.end('SIGKILL');
          await until('the name is free', async () => (await fake.register(cluster.orchestrator.url)).ok);
        } finally {
          fake.close();
        }
      }),
  },
];

/** A run ends although some of its tasks are given to a worker that misbehaves. */
function ends(what: string, misbehave: Misbehaviour): Case {
  return {
    name: `a run ends beside a worker that ${what}`,
    run: (say) =>
      withCluster(Cluster.start(ODD), async (cluster) => {
        const fake = await FakeWorker.start({ id: 'odd', misbehave });
        try {
          assert.equal((await fake.register(cluster.orchestrator.url)).status, 200);
          const run = await cluster.submit(TASKS);
          const { status, tasks } = await cluster.client.run(run, { waitSeconds: 45 });
          say(`the odd worker was given ${fake.given.length} attempts`);
          assert.ok(fake.given.length > 0, 'the odd worker was given nothing');
          assert.deepEqual([status, tasks.succeeded], ['succeeded', TASKS.length]);
        } finally {
          fake.close();
        }
      }),
  };
}

async function refusal(answer: Promise<Response>): Promise<{ status: number; code: string; detail: string }> {
  return (await (await answer).json()) as { status: number; code: string; detail: string };
}
