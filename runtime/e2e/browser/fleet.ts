/** The fleet, and the page's own states: nothing there yet, disconnected, found back. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { until } from '../chaos/until.ts';
import { LONG_DISKS, MEDIUM_DISKS } from '../durability/tasks.ts';
import { motes } from '../motes-process.ts';
import type { Scene } from './stage.ts';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));

const TOKEN = 'a-token-for-the-browser-suite';
const ONE_WORKER = { workers: 1 };

export const fleetScenes: readonly Scene[] = [
  {
    name: 'an empty motes says what to do next, in commands that work',
    cluster: { workers: 0 },
    async play({ page, cluster }) {
      await page.getByText('live', { exact: true }).waitFor();
      await page.getByText(`motes worker --orchestrator ${cluster.orchestrator.url}`).waitFor();
      const command = await page.getByText('motes execute').innerText();
      const { code, stderr } = await motes(command.split(' ').slice(1), { cwd: PROJECT });
      assert.equal(code, 0, stderr);
      await page.getByText('queued').first().waitFor();
    },
  },
  {
    name: 'a worker that is killed is shown as lost, and as back when it is back',
    cluster: { workers: 2, orchestratorArgs: ['--ping-interval', '1', '--ping-timeout', '1'] },
    async play({ page, cluster: { workers } }) {
      const [first] = workers;
      await page.getByText('no alarms').waitFor();
      await first!.end('SIGKILL');
      await page.getByRole('alert').getByText(`1 worker offline: ${first!.name}`).waitFor();
      await page.getByRole('row', { name: first!.name }).getByText('offline').waitFor();
      await first!.start();
      await page.getByText('no alarms').waitFor();
    },
  },
  {
    name: 'a page outlives the orchestrator, says how old it is, and misses nothing',
    cluster: ONE_WORKER,
    async play({ page, cluster }) {
      const run = await cluster.submit([
        { id: 'a', ...LONG_DISKS },
        { id: 'b', ...MEDIUM_DISKS },
      ]);
      await page.getByRole('row', { name: run }).getByText('1 running').waitFor();
      await cluster.orchestrator.end('SIGKILL');
      await page.getByText('disconnected: what you see is').waitFor();
      const drain = page.getByRole('button', { name: 'Drain w1' });
      assert.equal(await drain.isDisabled(), true);
      await cluster.orchestrator.start();
      await page.getByText('live', { exact: true }).waitFor();
      await page.getByRole('row', { name: run }).getByText('2 succeeded').waitFor();
      assert.equal(await drain.isDisabled(), false);
    },
  },
  {
    name: 'a connection on which nothing comes any more is taken for lost, and a page that nobody sees has none',
    cluster: ONE_WORKER,
    async play({ page, cluster: { orchestrator } }) {
      await page.getByText('live', { exact: true }).waitFor();
      orchestrator.process.signal('SIGSTOP');
      await page.getByText('disconnected: what you see is').waitFor();
      orchestrator.process.signal('SIGCONT');
      await page.getByText('live', { exact: true }).waitFor();
      await beSeen(page, false);
      await page.getByText('connecting').waitFor();
      await beSeen(page, true);
      await page.getByText('live', { exact: true }).waitFor();
    },
  },
  {
    name: 'a worker is drained by its button, once that is confirmed',
    cluster: ONE_WORKER,
    async play({ page, cluster }) {
      await page.getByRole('button', { name: 'Drain w1' }).click();
      await page.getByRole('button', { name: 'Yes' }).click();
      await page.getByRole('row', { name: 'w1' }).getByText('draining').waitFor();
      await until('draining', async () => (await cluster.client.workers()).w1?.condition === 'draining');
    },
  },
  {
    name: 'who has no token sees nothing but the question for it, and is not asked again',
    cluster: { workers: 1, token: TOKEN },
    async play({ page }) {
      const field = page.getByLabel('Token', { exact: true });
      await field.fill('a guess');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('alert').waitFor();
      assert.equal(await page.getByRole('row').count(), 0);
      await field.fill(TOKEN);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('row', { name: 'w1' }).waitFor();
      await page.reload();
      await page.getByRole('row', { name: 'w1' }).waitFor();
      const cookies = await page.evaluate(() => document.cookie);
      assert.equal(cookies, '', 'scripts can read the cookie');
    },
  },
  {
    name: 'the page speaks Spanish to those who do',
    cluster: ONE_WORKER,
    page: { language: 'es' },
    async play({ page }) {
      await page.getByRole('link', { name: 'Flota' }).waitFor();
      assert.equal(await page.locator('html').getAttribute('lang'), 'es');
    },
  },
];

/** As when somebody goes to another tab, and comes back. */
function beSeen(page: Page, isSeen: boolean): Promise<void> {
  return page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, !isSeen);
}
