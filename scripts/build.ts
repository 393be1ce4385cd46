/**
 * Builds what runs: every kernel, `build/<kernel>.wasm`; `build/functions.json`, which names the version of every
 * function; the roles as bundles, `build/roles/`; the web page, `build/dashboard/`; and what images add to Node, `build/images/`. Kernels whose sources did
 * not change are left as they are.
 *
 *     node scripts/build.ts            optimised, as it is shipped
 *     node scripts/build.ts --debug    with assertions and source maps
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeLayers } from './images/lib/layers.ts';
import { bundleDashboard } from './lib/dashboard.ts';
import { writeFunctionVersions } from './lib/function-versions.ts';
import { buildKernels } from './lib/kernels.ts';
import { bundleRoles } from './lib/roles.ts';

const { values } = parseArgs({ options: { debug: { type: 'boolean', default: false } } });
const project = fileURLToPath(new URL('..', import.meta.url));

try {
  mkdirSync(`${project}build`, { recursive: true });
  const kernels = await buildKernels(project, values.debug ? 'debug' : 'release');
  const versions = await writeFunctionVersions(project);
  console.log(`kernels: ${kernels.map(({ name, built }) => `${name}${built ? ' (built)' : ''}`).join(', ')}`);
  console.log(`functions: ${versions.join(', ')}`);
  console.log(`roles: ${(await bundleRoles(project)).join(', ')}`);
  console.log(`dashboard: ${((await bundleDashboard(project)) / 1024).toFixed(1)} KiB of script, compressed`);
  console.log(
    `images: ${(await writeLayers(project)).map(({ target, bytes }) => `${target} ${bytes >> 10} KiB`).join(', ')}`,
  );
} catch (error) {
  console.error(`build: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
