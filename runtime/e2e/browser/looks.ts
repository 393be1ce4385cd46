/** How every view looks, light and dark, small and large, and whether everybody can use it. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { barriers } from './accessibility.ts';
import type { PageOptions } from './browser.ts';
import { picture, type Scene } from './stage.ts';

const SIZES: readonly (Required<Pick<PageOptions, 'width' | 'height'>> & { readonly name: string })[] = [
  { name: 'phone', width: 360, height: 740 },
  { name: 'desk', width: 1440, height: 900 },
  { name: '4K', width: 3840, height: 2160 },
];
const THEMES = ['light', 'dark'] as const;

/** Views, and the text by which it is seen that they are there. */
const VIEWS: readonly { readonly name: string; readonly path: string; readonly sign: string }[] = [
  { name: 'fleet', path: '/', sign: 'Workers' },
  { name: 'docs', path: '/docs#listTasks', sign: 'listTasks' },
  { name: 'submit', path: '/?view=submit', sign: 'These tasks would be accepted.' },
];

const TASKS = [
  { id: 'fine', type: 'benchmark_wasm', parameters: { particles: 200, steps: 20_000 } },
  { id: 'wrong', type: 'faulty', parameters: { how: 'throw' } },
];

export const lookScenes: readonly Scene[] = VIEWS.map(({ name, path, sign }) => ({
  name: `the view "${name}" fits on every screen, in both themes, for everybody`,
  cluster: { workers: 2 },
  async play({ cluster, open }) {
    await cluster.submit(TASKS);
    for (const theme of THEMES)
      for (const { name: size, width, height } of SIZES) {
        const page = await open({ theme, width, height });
        await page.goto(path);
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
