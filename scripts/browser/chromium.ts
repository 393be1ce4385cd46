/**
 * Sees to it that this machine has Chromium; `npm run e2e:browser` begins with it. One that is there is left as it is; a
 * missing one is installed from Debian's own packages, which takes root.
 *
 *     node scripts/browser/chromium.ts
 */
import { run } from '../docker/run.ts';
import { findChromium } from './find-chromium.ts';

try {
  if (findChromium() === null) install();
  console.log(`the browser is ${findChromium()}`);
} catch (error) {
  console.error(`browser: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

/** @throws Error when this is no Debian, or not root */
function install(): void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error('there is no Chromium: install it, or name one in CHROMIUM');
  console.log('installing chromium');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], { env });
}
