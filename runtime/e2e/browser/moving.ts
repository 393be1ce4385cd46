/** What moves: particles, and attempts on the timeline. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Locator } from 'playwright-core';
import { until } from '../chaos/until.ts';
import { untilRunning, VERY_LONG_DISKS } from '../durability/tasks.ts';
import { picture, type Scene } from './stage.ts';

/** Of two and of three dimensions, with a box and without. */
const SHOWN = [
  { id: 'fluid', type: 'lennard_jones', parameters: { particles: 500, steps: 10_000_000, thermo_every: 10_000 } },
  { id: 'disks', type: 'hard_disks', parameters: { particles: 300, steps: 100_000_000, thermo_every: 100_000 } },
  { id: 'bodies', type: 'gravity', parameters: { particles: 200, steps: 100_000_000, thermo_every: 100_000 } },
];

export const movingScenes: readonly Scene[] = [
  {
    name: 'the particles of a task that runs elsewhere are seen to move',
    cluster: { workers: 3 },
    async play({ page, cluster }) {
      const run = await cluster.submit(SHOWN);
      for (const { id } of SHOWN) {
        await untilRunning(cluster, run, id);
        await page.goto(`/?view=task&run=${run}&id=${id}`);
        const particles = page.getByRole('region', { name: 'Particles' });
        await particles.getByText(/^Live from w\d\.$/).waitFor();
        const canvas = particles.getByRole('img').first();
        const looks = new Set<string>();
        await until(`${id} to be seen in three places`, async () => looks.add(await lookOf(canvas)).size >= 3);
        await picture(page, `live-${id}`);
      }
      await cluster.client.cancel(run);
      await page.getByText('This was the last frame.', { exact: false }).waitFor();
    },
  },
  {
    name: 'a worker that dies is seen on the timeline, and its task again on another',
    cluster: { workers: 2, workerArgs: ['--checkpoint-interval', '0.5'], orchestratorArgs: ['--speculation', 'off'] },
    async play({ page, cluster }) {
      const run = await cluster.submit([{ id: 'moved', ...VERY_LONG_DISKS }]);
      const { worker_id: first } = await untilRunning(cluster, run, 'moved');
      await page.goto(`/?view=run&run=${run}`);
      const timeline = page.getByRole('region', { name: 'Timeline' });
      await timeline.getByText('As a table').click();
      const rows = timeline.getByRole('row');
      await rows.filter({ hasText: 'running' }).waitFor();
      await until('a checkpoint', async () => (await timeline.getByText(/checkpoint/).count()) > 0);
      await cluster.workers.find(({ name }) => name === first)!.end('SIGKILL');
      await rows.filter({ hasText: first! }).filter({ hasText: 'lost' }).waitFor();
      const second = first === 'w1' ? 'w2' : 'w1';
      await rows.filter({ hasText: second }).filter({ hasText: 'running' }).waitFor();
      await picture(page, 'timeline-lost');
    },
  },
  {
    name: 'a run shows what failed by its cause, and numbers over two parameters',
    cluster: { workers: 2 },
    async play({ page, cluster }) {
      const sweep = [50, 100, 150].flatMap((particles) =>
        [1, 2, 3].map((seed) => ({
          id: `p${particles}-s${seed}`,
          type: 'benchmark_wasm',
          parameters: { particles, seed, steps: 500 },
        })),
      );
      const wrong = [1, 2].map((number) => ({ id: `wrong${number}`, type: 'faulty', parameters: { how: 'throw' } }));
      const run = await cluster.submit([...sweep, ...wrong]);
      await page.getByRole('link', { name: run }).click();
      await page.getByText('2 tasks failed').waitFor();
      await page.locator('label', { hasText: /^and/ }).getByRole('combobox').selectOption('seed');
      await page.getByRole('table', { name: /by particles and seed/ }).waitFor();
      await picture(page, 'run');
      await page.getByRole('button', { name: 'Retry all failed (2)' }).click();
      await page.getByRole('button', { name: /Yes/ }).click();
      await until('both to be tried again', async () => (await cluster.client.task(run, 'wrong1')).attempts === 2);
      const cells = page.getByRole('table', { name: /by particles and seed/ }).getByRole('link');
      await until('a cell for each point', async () => (await cells.count()) === sweep.length);
      await cells.first().click();
      await page.getByRole('link', { name: 'p50-s1' }).waitFor();
    },
  },
];

/** What stands on a canvas now, in a few letters. */
async function lookOf(canvas: Locator): Promise<string> {
  const pixels = await canvas.screenshot();
  assert.ok(pixels.length > 0);
  return createHash('sha256').update(pixels).digest('hex');
}
