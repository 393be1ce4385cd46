/**
 * Builds both images and writes what can be carried to machines without a registry: `dist/images/*.tar.gz`, a SHA-256
 * file for each, and `manifest.json`, which says what is in them.
 *
 *     npm run build-and-export [-- --node-image node:26-bookworm-slim]
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { layersOf, requireEngine } from '../docker/docker.ts';
import { run } from '../docker/run.ts';
import { saveImage } from './lib/archive.ts';
import { IMAGE_TARGETS, IMAGES, type ImageTarget, NODE_IMAGE } from './lib/names.ts';
import { archiveOf, imageOf } from './lib/packages.ts';
import { IMAGE_FOLDER, MANIFEST_FILE, main, PROJECT, projectRevision, projectVersion } from './lib/project.ts';

/** What the manifest says of an image. */
interface ExportedImage {
  readonly image: string;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Digests of the layers, the base's first. */
  readonly layers: readonly string[];
  /** The last layer, before compression: all that is not Node and Debian. */
  readonly application_bytes: number;
}

await main('build-and-export', async () => {
  const { values } = parseArgs({ options: { 'node-image': { type: 'string', default: NODE_IMAGE } } });
  requireEngine();
  const [version, revision] = [projectVersion(), projectRevision()];
  for (const target of IMAGE_TARGETS) buildImage(target, values['node-image'], version, revision);
  rmSync(IMAGE_FOLDER, { recursive: true, force: true });
  mkdirSync(IMAGE_FOLDER, { recursive: true });
  const exported = await Promise.all(IMAGE_TARGETS.map((target) => exportImage(target, version)));
  const manifest = {
    version,
    git_commit: revision,
    base_image: values['node-image'],
    functions: functionVersions(),
    images: Object.fromEntries(exported.map((image, index) => [IMAGES[IMAGE_TARGETS[index]!], image])),
  };
  writeFileSync(MANIFEST_FILE, `${JSON.stringify(manifest, null, 2)}\n`);
  for (const { file, bytes, application_bytes } of exported)
    console.log(`dist/images/${file}  ${mib(bytes)} MiB, of it our own layer ${mib(application_bytes)} MiB unpacked`);
});

function buildImage(target: ImageTarget, base: string, version: string, revision: string): void {
  console.log(`building ${imageOf(target, version)}`);
  const values = { NODE_IMAGE: base, MOTES_VERSION: version, MOTES_REVISION: revision };
  const args = Object.entries(values).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  const tags = ['--tag', imageOf(target, version), '--tag', imageOf(target, 'latest')];
  run('docker', ['build', '--target', target, ...args, ...tags, '.'], { cwd: PROJECT });
}

async function exportImage(target: ImageTarget, version: string): Promise<ExportedImage> {
  const image = imageOf(target, version);
  const archive = await saveImage(image, join(IMAGE_FOLDER, archiveOf(target)));
  const application_bytes = statSync(join(PROJECT, `build/images/${target}.tar`)).size;
  return { image, ...archive, layers: layersOf(image), application_bytes };
}

function functionVersions(): Record<string, string> {
  const built = JSON.parse(readFileSync(join(PROJECT, 'build/functions.json'), 'utf8'));
  return Object.fromEntries(
    Object.entries(built as Record<string, { version: string }>).map(([name, { version }]) => [name, version]),
  );
}

function mib(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1);
}
