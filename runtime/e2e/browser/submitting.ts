/** Tasks are submitted by the form, by its text and by a file, and followed to their end. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { until } from '../chaos/until.ts';
import type { Scene } from './stage.ts';

const ONE_WORKER = { workers: 1 };

export const submittingScenes: readonly Scene[] = [
  {
    name: 'a sweep is submitted by the form, and followed to its end',
    cluster: { workers: 2 },
    async play({ page, cluster }) {
      await openForm(page);
      await page.getByLabel('Function').selectOption('benchmark_wasm');
      await page.getByLabel('Particles').fill('50, 100, 150');
      await page.getByLabel('Steps').fill('2000');
      await page.getByText('These tasks would be accepted.').waitFor();
      const submit = page.getByRole('button', { name: 'Submit 3 tasks' });
      await submit.dblclick();
      await page.waitForURL(/view=run/);
      const ended = async () => (await cluster.client.runs()).every(({ status }) => status === 'succeeded');
      await until('the run to end', ended);
      assert.equal((await cluster.client.runs()).length, 1, 'a double click made two runs');
      await page.getByText('3 succeeded').first().waitFor();
    },
  },
  {
    name: 'what is wrong is said at its field, before anything is sent',
    cluster: ONE_WORKER,
    async play({ page, cluster }) {
      await openForm(page);
      await page.getByLabel('Function').selectOption('lennard_jones');
      const density = page.getByLabel('Density');
      await density.fill('77');
      await page.getByText('must be', { exact: false }).first().waitFor();
      await until('the field to say so', async () => (await density.getAttribute('aria-invalid')) === 'true');
      assert.equal(await page.getByRole('button', { name: 'Submit', exact: true }).isDisabled(), true);
      assert.deepEqual(await cluster.client.runs(), []);
      await density.fill('0.5');
      await page.getByText('These tasks would be accepted.').waitFor();
    },
  },
  {
    name: 'the form follows the text',
    cluster: ONE_WORKER,
    async play({ page }) {
      await openForm(page);
      const text = page.getByLabel('The tasks as YAML').getByRole('textbox');
      await text.fill('tasks:\n  - id: mine\n    type: benchmark\n    parameters: {num_particulas: 12, steps: 34}\n');
      await until('the form to follow', async () => (await page.getByLabel('Particles').inputValue()) === '12');
      assert.equal(await page.getByLabel('Function').inputValue(), 'benchmark');
      assert.equal(await page.getByLabel('Steps').inputValue(), '34');
    },
  },
];

async function openForm(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Submit', exact: true }).click();
  await page.getByLabel('Function').waitFor();
}
