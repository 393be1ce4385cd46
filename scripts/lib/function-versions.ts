import { existsSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { declarations } from '../../functions/catalogue.ts';
import { digest, digestFiles, writeAtomically } from './files.ts';

/** What `build/functions.json` says of a function. */
export interface BuiltFunction {
  /** Digest of everything of this project that decides its results: its sources and its kernel. */
  readonly version: string;
  /** The module in `build/` that it instantiates, without its ending. */
  readonly kernel: string | null;
}

/**
 * Writes `build/functions.json`. A version is the same on every machine that has the same sources.
 * @returns the functions' names.
 * @throws Error when a function's sources or its kernel are missing.
 */
export async function writeFunctionVersions(project: string): Promise<string[]> {
  const functions: Record<string, BuiltFunction> = {};
  for (const { name, kernel } of declarations) {
    const sources = digestFiles(project, await sourcesOf(project, name));
    functions[name] = { version: digest(`${sources} ${kernel ? digestKernel(project, kernel) : ''}`), kernel };
  }
  writeAtomically(`${project}build/functions.json`, `${JSON.stringify(functions, null, 2)}\n`);
  return Object.keys(functions);
}

/** The project's files that a function's declaration and work import, directly or not; types are not among them. */
async function sourcesOf(project: string, name: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: [`functions/${name}/declaration.ts`, `functions/${name}/run.ts`],
    bundle: true,
    format: 'esm',
    logLevel: 'silent',
    metafile: true,
    outdir: 'build',
    packages: 'external',
    platform: 'node',
    write: false,
  });
  return Object.keys(metafile.inputs);
}

function digestKernel(project: string, kernel: string): string {
  const path = `${project}build/${kernel}.wasm`;
  if (!existsSync(path)) throw new Error(`there is no assembly/${kernel}/index.ts for the kernel ${kernel}`);
  return digest(readFileSync(path));
}
