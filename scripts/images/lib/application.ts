import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { REQUIRE } from '../../lib/roles.ts';
import type { ImageTarget } from './names.ts';
import type { TarEntry } from './tar.ts';

/** A file of an application: a path below its folder, with slashes, and what it holds. */
export interface ApplicationFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** The programs of each image, by the names of their bundles; threads are programs of their own. */
const PROGRAMS: Readonly<Record<ImageTarget, Readonly<Record<string, string>>>> = {
  worker: {
    worker: 'scripts/images/programs/worker.ts',
    thread: 'runtime/worker/thread.ts',
    health: 'scripts/images/programs/health.ts',
  },
  orchestrator: {
    orchestrator: 'scripts/images/programs/orchestrator.ts',
    'ledger-thread': 'runtime/orchestrator/ledger/ledger-thread.ts',
    motes: 'scripts/images/programs/motes.ts',
    'verify-system': 'scripts/images/verify-system.ts',
    health: 'scripts/images/programs/health.ts',
  },
};

/** What the build makes beside bundles: kernels, the functions' versions, and pages for the orchestrator. */
const BUILT: Readonly<Record<ImageTarget, readonly string[]>> = {
  worker: ['build/*.wasm', 'build/functions.json'],
  orchestrator: ['build/functions.json', 'build/dashboard/**/*', 'configs/tasks.yaml'],
};

/** Says that bundles are ES modules: Node need not find out, and the pieces need not be parsed twice. */
const MODULES: ApplicationFile = { path: 'build/roles/package.json', content: '{"type":"module"}\n' };

/** The user `node` of the official image. */
const NODE_USER = 1000;
const ROOT = 0;
/** Folders that the roles write to, or that users mount. */
const OWN_FOLDERS = ['app/data', 'app/results', 'app/logs', 'app/configs'];
const CODE_FOLDERS = ['app', 'app/build', 'app/build/roles'];
/** Named with their times and rights, because a file below them would change their times in the layer. */
const SYSTEM_FOLDERS = ['usr', 'usr/local', 'usr/local/bin'];

/**
 * Everything that an image's role needs beside Node: `build/` with bundles, kernels and versions, and `configs/`.
 * @throws Error when there is no build, or a bundle cannot be made
 */
export async function applicationFiles(project: string, target: ImageTarget): Promise<ApplicationFile[]> {
  if (!existsSync(join(project, 'build/functions.json'))) throw new Error('there is no build: `npm run build` first');
  const built = globSync([...BUILT[target]], { cwd: project })
    .filter((path) => statSync(join(project, path)).isFile() && !path.endsWith('.map'))
    .map((path) => ({ path: path.replaceAll('\\', '/'), content: readFileSync(join(project, path)) }));
  return [...built, ...(await bundle(project, target)), MODULES];
}

/** The entries of an image's one layer. */
export async function layerEntries(project: string, target: ImageTarget): Promise<TarEntry[]> {
  const files = (await applicationFiles(project, target)).map(
    ({ path, content }): TarEntry => ({ path: `app/${path}`, content, mode: 0o644, owner: ROOT }),
  );
  const folders = new Set(CODE_FOLDERS);
  for (const { path } of files)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) folders.add(path.slice(0, at));
  for (const path of OWN_FOLDERS) folders.delete(path);
  return [
    ...files,
    ...[...folders].map((path) => folder(path, ROOT)),
    ...OWN_FOLDERS.map((path) => folder(path, NODE_USER)),
    ...(target === 'orchestrator' ? commandEntries() : []),
  ];
}

/** `motes` and `verify-system` as commands in the container. */
function commandEntries(): TarEntry[] {
  const commands = ['motes', 'verify-system'].map((name): TarEntry => {
    const content = `#!/usr/bin/env node\nimport('/app/build/roles/${name}.js');\n`;
    return { path: `usr/local/bin/${name}`, content, mode: 0o755, owner: ROOT };
  });
  return [...commands, ...SYSTEM_FOLDERS.map((path) => folder(path, ROOT))];
}

function folder(path: string, owner: number): TarEntry {
  return { path, content: null, mode: 0o755, owner };
}

/** Small, and in pieces that the programs of an image share; without maps, which would double the size. */
async function bundle(project: string, target: ImageTarget): Promise<ApplicationFile[]> {
  const { outputFiles } = await build({
    absWorkingDir: project,
    entryPoints: { ...PROGRAMS[target] },
    outdir: 'build/roles',
    bundle: true,
    splitting: true,
    minify: true,
    // Names of classes and functions stand in logs.
    keepNames: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    banner: { js: REQUIRE },
    // Shared pieces of a program must not start it: the programs above do.
    define: { 'import.meta.main': 'false' },
    write: false,
    logLevel: 'silent',
  });
  return outputFiles.map(({ path, contents }) => ({ path: `build/roles/${basename(path)}`, content: contents }));
}
