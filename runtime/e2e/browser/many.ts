/** Ten thousand tasks, and texts that want to be more than text. */
import assert from 'node:assert/strict';
import type { Scene } from './stage.ts';

const MANY = 10_000;
const HOSTILE = '<img src=x onerror=alert(1)>';

export const manyScenes: readonly Scene[] = [
  {
    name: 'ten thousand tasks are all counted, and the page still answers',
    cluster: { workers: 2, orchestratorArgs: ['--result-files', 'off'] },
    async play({ page, cluster }) {
      const run = await cluster.submit(
        Array.from({ length: MANY }, (_, index) => ({ id: `t${index}`, type: 'noop', parameters: { value: index } })),
      );
      await page.getByRole('row', { name: run }).getByText('10,000 succeeded').waitFor();
      await page.getByRole('link', { name: 'Tasks', exact: true }).click();
      await page.getByRole('link', { name: 'Fleet' }).click();
      await page.getByRole('row', { name: run }).waitFor();
    },
  },
  {
    name: 'text that looks like HTML is shown as text, wherever it stands',
    cluster: { workers: 1 },
    async play({ page, cluster }) {
      const run = await cluster.submit([
        { id: HOSTILE, type: 'noop', description: HOSTILE, parameters: { value: HOSTILE } },
      ]);
      await page.getByRole('link', { name: run }).click();
      assert.equal(await page.locator('img[src="x"]').count(), 0);
    },
  },
];
