/** What must survive what: restarts, kills, damaged files, full disks, odd workers, deaths in mid-commit. See `--help`. */
import { parseArgs } from 'node:util';
import { Report } from '../chaos/report.ts';
import { commitCases } from './commits.ts';
import { fileCases } from './files.ts';
import { fullDiskCases } from './full-disk.ts';
import { movingCases } from './moving.ts';
import { oddWorkerCases } from './odd-workers.ts';
import { restartCases } from './restarts.ts';
import { stoppingCases } from './stopping.ts';

const HELP = `Usage: node runtime/e2e/durability/main.ts [--only TEXT] [--list]

Tests durability on real processes, one case after the other. Cases that need root, tmpfs or strace are skipped where
these are missing. Ends with "N passed, N failed"; exit code 1 when something failed.

  --only TEXT   only cases whose name contains it
  --list        print the names
`;

const cases = [
  ...restartCases,
  ...movingCases,
  ...stoppingCases,
  ...oddWorkerCases,
  ...fileCases,
  ...fullDiskCases,
  ...commitCases,
];

async function runCases(only: string): Promise<number> {
  const report = new Report();
  const chosen = cases.filter(({ name }) => name.includes(only));
  if (chosen.length === 0) report.check(`cases with "${only}" in their name`, ['there is none: see --list']);
  for (const one of chosen) {
    const why = one.skip?.();
    if (why) report.skip(one.name, why);
    else await report.attempt(one.name, () => one.run((line) => report.say(`         ${line}`)));
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
else if (values.list) process.stdout.write(cases.map(({ name }) => `${name}\n`).join(''));
else process.exit(await runCases(values.only));
