import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { writeAtomically } from './files.ts';

/** What each page begins with; they share a style sheet. */
const PAGES = { index: 'runtime/dashboard/main.tsx', docs: 'runtime/dashboard/docs/main.tsx' };
const STYLE = 'runtime/dashboard/style.css';

/**
 * Bundles the web page into `build/dashboard/`: `index.html`, `docs.html`, and beside them scripts and the style sheet, whose names
 * change with what is in them. What only some views need is loaded when they are shown.
 * @returns how many bytes of script the first view needs, compressed
 * @throws Error with esbuild's message when a source does not parse or an import is missing
 */
export async function bundleDashboard(project: string): Promise<number> {
  const folder = `${project}build/dashboard`;
  const { metafile, outputFiles } = await build({
    absWorkingDir: project,
    entryPoints: { main: PAGES.index, docs: PAGES.docs, style: STYLE },
    outdir: 'build/dashboard/assets',
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.svg': 'file' },
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const icon = readFileSync(`${project}runtime/dashboard/icon.svg`);
  const iconName = `icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`;
  const bytesOf = new Map<string, Uint8Array>([
    [iconName, icon],
    ...outputFiles.map(({ path, contents }) => [basename(path), contents] as const),
  ]);
  const outputs = Object.entries(metafile.outputs);
  const made = (source: string): string => outputs.find(([, { entryPoint }]) => entryPoint === source)![0];
  const assets = writeCompressed(`${folder}/assets`, bytesOf);
  const html = readFileSync(`${project}runtime/dashboard/index.html`, 'utf8')
    .replace('style.css', `assets/${basename(made(STYLE))}`)
    .replace('icon.svg', `assets/${iconName}`);
  for (const [name, script] of Object.entries(PAGES))
    writeAtomically(`${folder}/${name}.html`, html.replace('main.tsx', `assets/${basename(made(script))}`));
  // Last, so that a page that is served meanwhile is whole: the old one, or the new.
  removeAllBut(`${folder}/assets`, assets);
  return firstScripts(metafile.outputs, made(PAGES.index))
    .map((path) => gzipSync(bytesOf.get(basename(path))!, { level: 9 }).length)
    .reduce((sum, bytes) => sum + bytes, 0);
}

/**
 * Keeps the assets as `NAME.br`: a quarter of the size in an image, and unlike gzip's the same bytes from every
 * processor.
 * @returns the names of the files
 */
function writeCompressed(folder: string, bytesOf: ReadonlyMap<string, Uint8Array>): string[] {
  mkdirSync(folder, { recursive: true });
  return Array.from(bytesOf, ([name, bytes]) => {
    writeAtomically(`${folder}/${name}.br`, brotliCompressSync(bytes));
    return `${name}.br`;
  });
}

/** What another build is about to write has another ending. */
function removeAllBut(folder: string, names: readonly string[]): void {
  const others = readdirSync(folder).filter((name) => name.endsWith('.br') && !names.includes(name));
  for (const name of others) rmSync(`${folder}/${name}`, { force: true });
}

/** A script and all that it imports at once. */
function firstScripts(outputs: Metafile['outputs'], from: string): string[] {
  const found = new Set([from]);
  for (const path of found)
    for (const { path: next, kind } of outputs[path]!.imports) if (kind === 'import-statement') found.add(next);
  return [...found];
}
