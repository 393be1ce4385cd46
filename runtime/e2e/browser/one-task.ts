/** One task: watched, cancelled, retried elsewhere, compared. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { LONG_DISKS, untilEnded, untilRunning, VERY_LONG_DISKS } from '../durability/tasks.ts';
import { picture, type Scene } from './stage.ts';

const FLUID = { type: 'lennard_jones', parameters: { particles: 500, steps: 1_000, thermo_every: 10, seed: 3 } };

export const taskScenes: readonly Scene[] = [
  {
    name: 'a result is shown with its plots, verdicts and log, and can be had as a file',
    cluster: { workers: 1 },
    async play({ page, cluster }) {
      const run = await cluster.submit([{ id: 'fluid', ...FLUID }]);
      const task = await untilEnded(cluster, run, 'fluid');
      await openTask(page, run, 'fluid');
      await page.getByText(String(task.result?.digest)).first().waitFor();
      await page.getByRole('heading', { name: 'thermo' }).waitFor();
      await page.getByRole('region', { name: 'thermo' }).locator('canvas').first().waitFor();
      await page.getByRole('region', { name: 'Attempts' }).getByText('succeeded').waitFor();
      await page.getByText('energy_drift').first().waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'All of it as JSON' }).click(),
      ]);
      const saved = JSON.parse(readFileSync(await download.path(), 'utf8')) as typeof task;
      assert.deepEqual(saved.result, task.result);
    },
  },
  {
    name: 'a running task is cancelled by its button, and queued again by another',
    cluster: { workers: 1 },
    async play({ page, cluster }) {
      const run = await cluster.submit([{ id: 'long', ...VERY_LONG_DISKS }]);
      await untilRunning(cluster, run, 'long');
      await openTask(page, run, 'long');
      await page.getByRole('button', { name: 'Cancel long' }).click();
      await page.getByRole('button', { name: 'Yes' }).click();
      await page.getByRole('region', { name: 'Attempts' }).getByText('cancelled').first().waitFor();
      assert.equal((await untilEnded(cluster, run, 'long')).status, 'cancelled');
      await page.getByRole('button', { name: 'Queue long again' }).click();
      await untilRunning(cluster, run, 'long');
    },
  },
  {
    name: 'a page that is loaded anew in the middle of a run shows the same, and goes on',
    cluster: { workers: 1 },
    async play({ page, cluster }) {
      const run = await cluster.submit([{ id: 'a', ...LONG_DISKS }]);
      await untilRunning(cluster, run, 'a');
      await openTask(page, run, 'a');
      await page.getByRole('progressbar').first().waitFor();
      await page.reload();
      await page.getByRole('progressbar').first().waitFor();
      await page.getByRole('region', { name: 'Attempts' }).getByText('succeeded').waitFor();
    },
  },
  {
    name: 'two tasks are compared: what differs, and whether the bits are equal',
    cluster: { workers: 1 },
    async play({ page, cluster }) {
      const same = { type: 'benchmark_wasm', parameters: { particles: 50, steps: 100, seed: 1 } };
      const other = { type: 'benchmark_wasm', parameters: { particles: 50, steps: 100, seed: 2 } };
      const run = await cluster.submit([
        { id: 'a', ...same },
        { id: 'b', ...same },
        { id: 'c', ...other },
      ]);
      for (const id of ['a', 'b', 'c']) await untilEnded(cluster, run, id);
      await page.goto(`/?view=compare&run=${run}&id=a&with=${run}/b`);
      await page.getByText('The same bits: their digests are equal.').waitFor();
      await page.goto(`/?view=compare&run=${run}&id=a&with=${run}/c`);
      await page.getByText('Other bits: their digests differ.').waitFor();
      await picture(page, 'compare');
    },
  },
  {
    name: 'a task that is not there is said to be not there',
    cluster: { workers: 1 },
    async play({ page, cluster }) {
      const run = await cluster.submit([{ id: 'a', type: 'noop' }]);
      await openTask(page, run, 'b');
      await page.getByRole('alert').waitFor();
      await page.getByRole('link', { name: 'All tasks' }).waitFor();
    },
  },
];

async function openTask(page: Page, run: string, id: string): Promise<void> {
  await page.goto(`/?view=task&run=${run}&id=${encodeURIComponent(id)}`);
}
