/** The same bits everywhere: every function on several engines, and kernels that cannot depend on a machine. See `--help`. */
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { declarations } from '../../../functions/catalogue.ts';
import { judge, selfTests } from '../../../functions/self-tests.ts';
import { BUILD_FOLDER } from '../../function/build.ts';
import { Report } from '../chaos/report.ts';
import { type Engine, installEngines } from './engines.ts';
import { faultsOfKernel } from './kernels.ts';
import { differences, type Outcome } from './outcomes.ts';
import { tasks } from './tasks.ts';

const HELP = `Usage: node runtime/e2e/determinism/main.ts

Computes tasks of every function on Node 22, 24 and 26, the older ones installed from npm into a temporary folder, and
demands the same bits of each: results, what is written beside them, and results of tasks that were resumed in the
middle; and the digests that the project records. Looks into every kernel for what could make its bits depend on the
machine: imports and relaxed SIMD. Ends with "N passed, N failed"; exit code 1 when something failed.
`;

/** However slow the machine is. */
const COMPUTE_DEADLINE_MS = 600_000;

function computeOn({ path }: Engine, program: string): Outcome[] {
  const options = { encoding: 'utf8', timeout: COMPUTE_DEADLINE_MS, maxBuffer: 2 ** 28 } as const;
  const lines = execFileSync(path, [program, BUILD_FOLDER], options);
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome);
}

async function bundle(folder: string): Promise<string> {
  const outfile = join(folder, 'compute.mjs');
  const entry = fileURLToPath(new URL('compute.ts', import.meta.url));
  await build({
    ...{ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node22' },
    logLevel: 'silent',
  });
  return outfile;
}

/** Functions none of whose tasks took a state. */
function unresumed(outcomes: readonly Outcome[]): string[] {
  const resumed = new Set(outcomes.filter((outcome) => outcome.resumed !== null).map(({ type }) => type));
  return [...new Set(outcomes.map(({ type }) => type))].filter((type) => type !== 'noop' && !resumed.has(type));
}

async function computeEverywhere(report: Report): Promise<Record<string, Outcome[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'motes determinism-'));
  const engines = installEngines();
  try {
    const program = await bundle(folder);
    const found: Record<string, Outcome[]> = {};
    for (const engine of engines.list) {
      report.say(`${engine.name} computes ${tasks.length} tasks`);
      found[engine.name] = computeOn(engine, program);
    }
    return found;
  } finally {
    engines.remove();
    rmSync(folder, { recursive: true });
  }
}

async function main(): Promise<number> {
  const report = new Report();
  for (const path of globSync(join(BUILD_FOLDER, '*.wasm')))
    report.check(`the kernel ${basename(path)} depends on no machine`, faultsOfKernel(readFileSync(path)));
  const tried = new Set(tasks.map(({ type }) => type));
  const untried = declarations.filter(({ internal, name }) => !internal && !tried.has(name)).map(({ name }) => name);
  report.check('every function is tried', untried);
  await report.attempt('every engine computes', async () => {
    const engines = await computeEverywhere(report);
    for (const { name, type } of tasks)
      report.check(
        `the same bits on ${Object.keys(engines).length} engines: ${type}, ${name}`,
        differences(engines, name),
      );
    const [own] = Object.values(engines);
    report.check('every simulation was also resumed', unresumed(own ?? []));
    for (const test of selfTests) {
      const fault = judge(test, own?.find(({ name }) => name === test.name)?.result);
      report.check(`as recorded: ${test.name}`, fault === null ? [] : [fault]);
    }
  });
  return report.end();
}

const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } });
if (values.help) process.stdout.write(HELP);
else process.exit(await main());
