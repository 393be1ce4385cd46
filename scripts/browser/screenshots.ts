/**
 * Makes the pictures of the README, `docs/images/*.png`, from a run that is really computed: `npm run screenshots`.
 *
 * A sweep of Lennard-Jones fluids in which a worker dies and comes back, then two clusters of stars that collide.
 */
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from '../../runtime/e2e/browser/browser.ts';
import { Cluster } from '../../runtime/e2e/chaos/cluster.ts';
import { until } from '../../runtime/e2e/chaos/until.ts';

const IMAGES = fileURLToPath(new URL('../../docs/images', import.meta.url));
/** However slow the machine is. */
const LONGEST_RUN_MS = 900_000;

const DENSITIES = [0.6, 0.65, 0.7, 0.75, 0.8, 0.85];
const TEMPERATURES = [0.8, 1, 1.2, 1.4, 1.6];

const SWEEP = DENSITIES.flatMap((density) =>
  TEMPERATURES.map((temperature) => ({
    id: `rho${density}-T${temperature}`,
    type: 'lennard_jones',
    parameters: {
      particles: 864,
      density,
      temperature,
      ensemble: 'nvt',
      equilibration_steps: 300,
      steps: 1_500,
      thermo_every: 50,
    },
  })),
);

const COLLISION = {
  id: 'collision',
  type: 'gravity',
  parameters: { particles: 3_000, start: 'collision', steps: 100_000, thermo_every: 10, seed: 7 },
};

const browser = await openBrowser();
const cluster = await Cluster.start({ workers: 3, orchestratorArgs: ['--ping-interval', '2', '--ping-timeout', '2'] });
try {
  await photographSweep(browser);
  await photographCollision(browser);
} finally {
  await browser.close();
  await cluster.stop();
}

async function photographSweep(browser: Browser): Promise<void> {
  const run = await cluster.submit(SWEEP);
  const done = async (): Promise<number> => (await cluster.client.run(run)).tasks.succeeded;
  const [page, close] = await open(browser, 'light', '/');
  await until('a third of it', async () => (await done()) >= SWEEP.length / 3, LONGEST_RUN_MS);
  const [, lost] = cluster.workers;
  await lost!.end('SIGKILL');
  await page.getByRole('alert').waitFor();
  await lost!.start();
  await until('two thirds of it', async () => (await done()) >= (2 * SWEEP.length) / 3, LONGEST_RUN_MS);
  await photograph(page, 'fleet');
  await until('its end', async () => (await done()) === SWEEP.length, LONGEST_RUN_MS);
  await page.goto(`/?view=run&run=${run}&field=result.averages.press.mean&x=density&y=temperature`);
  await page.getByRole('table', { name: /by density and temperature/ }).waitFor();
  await photograph(page, 'run');
  await close();
}

async function photographCollision(browser: Browser): Promise<void> {
  const run = await cluster.submit([COLLISION]);
  const [page, close] = await open(browser, 'dark', `/?view=task&run=${run}&id=${COLLISION.id}`);
  const particles = page.getByRole('region', { name: 'Particles' });
  await particles.getByText(/^Live from/).waitFor();
  await until(
    'them to be near each other',
    async () => {
      const { progress } = await cluster.client.task(run, COLLISION.id);
      return (progress?.done ?? 0) >= 150;
    },
    LONGEST_RUN_MS,
  );
  await particles.scrollIntoViewIfNeeded();
  await particles.screenshot({ path: `${IMAGES}/particles.png` });
  await cluster.client.cancel(run);
  await close();
}

async function open(browser: Browser, theme: 'light' | 'dark', path: string): Promise<[Page, () => Promise<void>]> {
  const { page, close } = await openPage(browser, cluster.orchestrator.url, { theme, width: 1_280, height: 860 });
  await page.goto(path);
  return [page, close];
}

async function photograph(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${IMAGES}/${name}.png` });
}
