/** How every view looks, light and dark, small and large, and whether everybody can use it. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { until } from '../chaos/until.ts';
import { barriers } from './accessibility.ts';
import type { PageOptions } from './browser.ts';
import { picture, type Scene } from './stage.ts';

const SIZES: readonly (Required<Pick<PageOptions, 'width' | 'height'>> & { readonly name: string })[] = [
  { name: 'phone', width: 360, height: 740 },
  { name: 'desk', width: 1440, height: 900 },
  { name: '4K', width: 3840, height: 2160 },
];
const THEMES = ['light', 'dark'] as const;

/** Views of a run, and the text by which it is seen that they are there. */
const VIEWS: readonly { readonly name: string; readonly path: (run: string) => string; readonly sign: string }[] = [
  { name: 'fleet', path: () => '/', sign: 'As a table' },
  { name: 'tasks', path: () => '/?view=tasks', sign: 'p100-s2' },
  { name: 'task', path: (run) => `/?view=task&run=${run}&id=fluid`, sign: 'diffusion_coefficient_error' },
  { name: 'compare', path: (run) => `/?view=compare&run=${run}&id=p50-s1&with=${run}/p50-s2`, sign: 'Other bits' },
  { name: 'run', path: (run) => `/?view=run&run=${run}`, sign: 'Who computed' },
  { name: 'docs', path: () => '/docs#listTasks', sign: 'listTasks' },
  { name: 'submit', path: () => '/?view=submit', sign: 'These tasks would be accepted.' },
];

const TASKS = [
  ...[50, 100, 150].flatMap((particles) =>
    [1, 2, 3].map((seed) => ({
      id: `p${particles}-s${seed}`,
      type: 'benchmark_wasm',
      parameters: { particles, seed, steps: 2_000 },
    })),
  ),
  { id: 'fluid', type: 'lennard_jones', parameters: { particles: 500, steps: 200, thermo_every: 10 } },
  { id: 'wrong', type: 'faulty', parameters: { how: 'throw' } },
];

export const lookScenes: readonly Scene[] = VIEWS.map(({ name, path, sign }) => ({
  name: `the view "${name}" fits on every screen, in both themes, for everybody`,
  cluster: { workers: 2 },
  async play({ cluster, open }) {
    const run = await cluster.submit(TASKS);
    await until('the run to end', async () => (await cluster.client.run(run)).ended_at !== null);
    for (const theme of THEMES)
      for (const { name: size, width, height } of SIZES) {
        const page = await open({ theme, width, height });
        await page.goto(path(run));
        await page.getByText(sign).first().waitFor();
        await picture(page, `${name}-${size}-${theme}`);
        // What stands there is the same on the largest screen, and in the dark on the smallest.
        if (size === 'desk' || (size === 'phone' && theme === 'light'))
          assert.deepEqual(await barriers(page), [], `${size}, ${theme}`);
        assert.deepEqual(await overhanging(page), [], `${size}: stands out to the right`);
        await page.context().close();
      }
  },
}));

/** What does not fit into the width of the page; what scrolls by itself may be wider. */
function overhanging(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map(
        (element) =>
          `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}"> ${element.textContent?.slice(0, 40)}`,
      );
  });
}
