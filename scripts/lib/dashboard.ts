import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
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
  // Made beside it, and moved there: an orchestrator that starts meanwhile finds all of the old one, or of the new.
  const making = `build/dashboard-${process.pid}`;
  const folder = `${project}${making}`;
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: { main: PAGES.index, docs: PAGES.docs, style: STYLE },
    outdir: `${making}/assets`,
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
    logLevel: 'silent',
  });
  const outputs = Object.entries(metafile.outputs);
  const made = (source: string): string => outputs.find(([, { entryPoint }]) => entryPoint === source)![0];
  const html = readFileSync(`${project}runtime/dashboard/index.html`, 'utf8')
    .replace('style.css', `assets/${basename(made(STYLE))}`)
    .replace('icon.svg', writeIcon(project, folder));
  for (const [name, script] of Object.entries(PAGES))
    writeAtomically(`${folder}/${name}.html`, html.replace('main.tsx', `assets/${basename(made(script))}`));
  const firstBytes = firstScripts(metafile.outputs, made(PAGES.index))
    .map((path) => gzipSync(readFileSync(`${project}${path}`), { level: 9 }).length)
    .reduce((sum, bytes) => sum + bytes, 0);
  compressAssets(`${folder}/assets`);
  rmSync(`${project}build/dashboard`, { recursive: true, force: true });
  renameSync(folder, `${project}build/dashboard`);
  return firstBytes;
}

/**
 * Keeps the assets as `NAME.br`: a quarter of the size in an image, and unlike gzip's the same bytes from every
 * processor.
 */
function compressAssets(folder: string): void {
  for (const name of readdirSync(folder)) {
    writeAtomically(`${folder}/${name}.br`, brotliCompressSync(readFileSync(`${folder}/${name}`)));
    rmSync(`${folder}/${name}`);
  }
}

/** A script and all that it imports at once. */
function firstScripts(outputs: Metafile['outputs'], from: string): string[] {
  const found = new Set([from]);
  for (const path of found)
    for (const { path: next, kind } of outputs[path]!.imports) if (kind === 'import-statement') found.add(next);
  return [...found];
}

function writeIcon(project: string, folder: string): string {
  const icon = readFileSync(`${project}runtime/dashboard/icon.svg`, 'utf8');
  const name = `assets/icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8)}.svg`;
  writeAtomically(`${folder}/${name}`, icon);
  return name;
}
