/** Many tasks: searched, chosen, dealt with together; and texts that want to be more than text. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { until } from '../chaos/until.ts';
import { SPIN_IN_KERNEL } from '../durability/tasks.ts';
import type { Scene } from './stage.ts';

const MANY = 10_000;
const HOSTILE = '<img src=x onerror=alert(1)>';

export const manyScenes: readonly Scene[] = [
  {
    name: 'ten thousand tasks are all counted and all reached, and the page still answers',
    cluster: { workers: 2, orchestratorArgs: ['--result-files', 'off'] },
    async play({ page, cluster }) {
      const run = await cluster.submit(
        Array.from({ length: MANY }, (_, index) => ({ id: `t${index}`, type: 'noop', parameters: { value: index } })),
      );
      await page.getByRole('row', { name: run }).getByText('10,000 succeeded').waitFor();
      await page.getByRole('link', { name: 'Tasks', exact: true }).click();
      await page.getByText('10,000 tasks', { exact: true }).waitFor();
      await page.getByLabel('Tasks: arrow keys').focus();
      await page.keyboard.press('End');
      // The head is a row as well.
      await page
        .locator(`tr[aria-rowindex="${MANY + 1}"]`)
        .getByRole('link', { name: /^t\d+$/ })
        .waitFor();
      assert.ok((await page.getByRole('row').count()) < 200, 'rows are made that nobody sees');
    },
  },
  {
    name: 'tasks are found by their parameters; what is wrong with a search is said where it is wrong',
    cluster: { workers: 1 },
    async play({ page, cluster }) {
      await cluster.submit(
        [50, 100, 200].flatMap((particles) =>
          [1, 2].map((seed) => ({
            id: `p${particles}s${seed}`,
            type: 'benchmark_wasm',
            parameters: { num_particulas: particles, seed, steps: 10 },
          })),
        ),
      );
      await page.goto('/?view=tasks');
      const search = page.getByLabel('Search', { exact: true });
      await search.fill('type:benchmark_wasm particles>=100 seed=2');
      await page.getByText('2 of 6 tasks').waitFor();
      await page.getByRole('link', { name: 'p200s2' }).waitFor();
      assert.match(page.url(), /q=type/);
      await page.reload();
      await page.getByText('2 of 6 tasks').waitFor();
      await search.fill('particles>=100 sed=2');
      await page.getByText('Column 16:', { exact: false }).waitFor();
      await page.getByText('Did you mean “seed”?', { exact: false }).waitFor();
    },
  },
  {
    name: 'all that failed is queued again at once, and chosen ones are cancelled, once that is confirmed',
    cluster: { workers: 1 },
    async play({ page, cluster }) {
      const wrong = ['w1', 'w2', 'w3'].map((id) => ({ id, type: 'faulty', parameters: { how: 'throw' } }));
      const run = await cluster.submit(wrong);
      await page.goto('/?view=tasks&q=status:failed');
      await page.getByRole('button', { name: 'Retry all failed (3)' }).click();
      await page.getByRole('button', { name: /Yes/ }).click();
      await until('each to be tried again', async () => {
        const tasks = await Promise.all(wrong.map(({ id }) => cluster.client.task(run, id)));
        return tasks.every(({ attempts, status }) => attempts === 2 && status === 'failed');
      });
      const busy = await cluster.submit([
        { id: 'first', ...SPIN_IN_KERNEL },
        { id: 'second', ...SPIN_IN_KERNEL },
      ]);
      await untilTaken(() => cluster.client.task(busy, 'first'));
      await page.goto(`/?view=tasks&q=run:${busy}`);
      await page.getByRole('button', { name: 'Why is second waiting?' }).click();
      await page.getByText('slot', { exact: false }).first().waitFor();
      for (const id of ['first', 'second']) await page.getByLabel(`Choose ${id}`).click();
      await page.getByText('2 chosen').waitFor();
      await page.getByRole('button', { name: 'Cancel the chosen tasks that have not ended' }).click();
      await page.getByRole('button', { name: /Yes/ }).click();
      await until('both to be cancelled', async () => (await cluster.client.run(busy)).tasks.cancelled === 2);
    },
  },
  {
    name: 'text that looks like HTML is shown as text, wherever it stands',
    cluster: { workers: 1 },
    async play({ page, cluster }) {
      const hostile = { id: HOSTILE, type: 'noop', description: HOSTILE, parameters: { value: HOSTILE } };
      const run = await cluster.submit([
        hostile,
        { id: `${HOSTILE} again`, type: 'faulty', parameters: { how: 'throw' } },
      ]);
      const id = encodeURIComponent(HOSTILE);
      for (const address of [
        'view=tasks',
        `view=run&run=${run}`,
        `view=task&run=${run}&id=${id}`,
        `view=compare&run=${run}&id=${id}&with=${run}/${id}%20again`,
      ]) {
        await page.goto(`/?${address}`);
        await page.getByText(HOSTILE).first().waitFor();
        assert.equal(await page.locator('img[src="x"]').count(), 0, address);
      }
    },
  },
  {
    name: 'what was found is had as CSV',
    cluster: { workers: 1 },
    async play({ page, cluster }) {
      await cluster.submit([{ id: 'a', type: 'noop', parameters: { spins: 5 } }]);
      await page.goto('/?view=tasks');
      await page.getByRole('link', { name: 'a', exact: true }).waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download as CSV' }).click(),
      ]);
      const [head, first] = readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\n');
      assert.match(head!, /spins/);
      assert.match(first!, /noop/);
    },
  },
];

/** One that never looks up from its work says nothing of its progress. */
async function untilTaken(task: () => Promise<{ status: string }>): Promise<void> {
  await until('it runs', async () => (await task()).status === 'running');
}
