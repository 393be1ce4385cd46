// What npm runs after an installation: builds the kernels, so that `npx motes` works at once. Plain JavaScript that
// any Node can start, and it never fails: an installation without development dependencies has nothing to build
// with, and a build that fails says why when it is asked for with `npm run build`.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const build = fileURLToPath(new URL('build.ts', import.meta.url));
if (process.features.typescript && existsSync(build) && isInstalled('assemblyscript')) {
  const { status } = spawnSync(process.execPath, [build], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) process.stderr.write('motes: the kernels were not built; `npm run build` tries again\n');
}

function isInstalled(name) {
  try {
    createRequire(import.meta.url).resolve(`${name}/package.json`);
    return true;
  } catch {
    return false;
  }
}
