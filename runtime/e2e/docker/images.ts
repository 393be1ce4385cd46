/** `npm run build-and-export`: what is in the images and the archives. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layersOf } from '../../../scripts/docker/docker.ts';
import { run, tryRun } from '../../../scripts/docker/run.ts';
import { checksumLine, digestOf } from '../../../scripts/images/lib/archive.ts';
import { IMAGE_TARGETS, IMAGES } from '../../../scripts/images/lib/names.ts';
import { archiveOf, imageOf } from '../../../scripts/images/lib/packages.ts';
import { IMAGE_FOLDER, MANIFEST_FILE, PROJECT, projectVersion } from '../../../scripts/images/lib/project.ts';
import { need, type Suite, say } from './suite.ts';

const MOST_ARCHIVE_BYTES = 100e6;
const MOST_APPLICATION_BYTES = 2 * 1024 ** 2;
const AGAIN = 'motes-e2e-again';

interface Manifest {
  readonly version: string;
  readonly git_commit: string;
  readonly functions: Readonly<Record<string, string>>;
  readonly images: Readonly<
    Record<string, { bytes: number; sha256: string; layers: string[]; application_bytes: number }>
  >;
}

export async function checkImages(suite: Suite): Promise<void> {
  say('images');
  const isBuilt = await suite.check('build-and-export builds both and writes their archives', () => {
    run(process.execPath, ['scripts/images/build-and-export.ts'], { cwd: PROJECT });
  });
  if (!isBuilt) return;
  const manifest = JSON.parse(readFileSync(MANIFEST_FILE, 'utf8')) as Manifest;
  await suite.check('the manifest names version, commit and functions', () => {
    need(manifest.version === projectVersion(), `version ${manifest.version}`);
    need(/^([0-9a-f]{40}(-dirty)?|unknown)$/.test(manifest.git_commit), `commit ${manifest.git_commit}`);
    need(/^[0-9a-f]{64}$/.test(manifest.functions.benchmark_wasm ?? ''), 'no version of benchmark_wasm');
  });
  for (const target of IMAGE_TARGETS) await checkImage(suite, target, manifest);
  await suite.check('both share all layers but the last', () => {
    const [one, other] = IMAGE_TARGETS.map((target) => layersOf(imageOf(target, 'latest')).slice(0, -1).join());
    need(one === other, `${one} and ${other}`);
  });
}

async function checkImage(suite: Suite, target: keyof typeof IMAGES, manifest: Manifest): Promise<void> {
  const image = imageOf(target, 'latest');
  const exported = manifest.images[IMAGES[target]]!;
  await suite.check(`${archiveOf(target)} is small and has its checksum`, async () => {
    const path = join(IMAGE_FOLDER, archiveOf(target));
    const sha256 = await digestOf(path);
    need(sha256 === exported.sha256, `the manifest says ${exported.sha256}, the file has ${sha256}`);
    need(readFileSync(`${path}.sha256`, 'utf8') === checksumLine(path, sha256), 'the .sha256 file says something else');
    need(exported.bytes <= MOST_ARCHIVE_BYTES, `${exported.bytes} bytes`);
    need(exported.application_bytes <= MOST_APPLICATION_BYTES, `its layer has ${exported.application_bytes} bytes`);
    return `${(exported.bytes / 1e6).toFixed(1)} MB, own layer ${(exported.application_bytes / 1e6).toFixed(2)} MB`;
  });
  await suite.check(`${image} built anew has the same layers`, () => {
    run('docker', ['build', '--no-cache', '--target', target, '--tag', AGAIN, '.'], { cwd: PROJECT });
    const layers = layersOf(AGAIN);
    run('docker', ['image', 'rm', AGAIN]);
    need(layers.join() === exported.layers.join(), `${layers.join(' ')}, not ${exported.layers.join(' ')}`);
  });
  await suite.check(`${image} runs as an ordinary user, and has no node_modules`, () => {
    const look = `const fs = require('node:fs');
      const entries = fs.readdirSync('/app', { recursive: true, withFileTypes: true });
      console.log(process.getuid(), entries.some(({ name }) => name === 'node_modules'));`;
    const found = run('docker', ['run', '--rm', image, 'node', '-e', look]).trim();
    need(found === '1000 false', found);
  });
  await suite.check(`${image} by itself refuses to serve strangers without a token`, () => {
    const isServing = tryRun('docker', ['run', '--rm', image], { timeoutMs: 20_000 });
    need(!isServing, 'it ended well');
  });
}
