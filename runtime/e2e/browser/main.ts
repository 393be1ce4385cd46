/** The page, in a real browser, on real processes. See `--help`. */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Report } from '../chaos/report.ts';
import { openBrowser } from './browser.ts';
import { fleetScenes } from './fleet.ts';
import { lookScenes } from './looks.ts';
import { manyScenes } from './many.ts';
import { movingScenes } from './moving.ts';
import { taskScenes } from './one-task.ts';
import { PICTURES, play } from './stage.ts';
import { submittingScenes } from './submitting.ts';

const HELP = `Usage: node runtime/e2e/browser/main.ts [--only TEXT] [--list]

Plays scenes on the page in Chromium, each with an orchestrator and workers of its own. Pictures of it, and of what failed,
lie in build/e2e-browser/. Ends with "N passed, N failed"; exit code 1 when something failed.

  --only TEXT   only scenes whose name contains it
  --list        print the names
`;

const scenes = [...fleetScenes, ...submittingScenes, ...taskScenes, ...movingScenes, ...manyScenes, ...lookScenes];

async function playAll(only: string): Promise<number> {
  const report = new Report();
  const chosen = scenes.filter(({ name }) => name.includes(only));
  if (chosen.length === 0) report.check(`scenes with "${only}" in their name`, ['there is none: see --list']);
  rmSync(PICTURES, { recursive: true, force: true });
  const browser = await openBrowser();
  try {
    for (const scene of chosen) await report.attempt(scene.name, () => play(browser, scene));
  } finally {
    await browser.close();
  }
  return report.end();
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else if (values.list) process.stdout.write(scenes.map(({ name }) => `${name}\n`).join(''));
else process.exit(await playAll(values.only));
