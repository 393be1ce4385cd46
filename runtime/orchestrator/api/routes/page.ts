/** The web page at `/`, that of the API at `/docs`, and what they are made of at `/assets/NAME`. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { brotliDecompressSync, gzipSync } from 'node:zlib';
import type { Context, Hono } from 'hono';
import { Problem } from '../../../wire/problem.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The page runs what it brought and talks to us only: text of others that looks like a script stays text. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** No other page holds it in a frame or a window, nor learns which address a link was followed from. */
const PAGE_SECLUSION = { 'cross-origin-opener-policy': 'same-origin', 'referrer-policy': 'no-referrer' };

/** What a file's answer is. */
interface Asset {
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly zipped: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly tag: string;
}

const PAGES = ['index.html', 'docs.html'];

/** The pages' files in memory, by name: some 200 KiB. */
export type Page = ReadonlyMap<string, Asset>;

/** Reads what the build made; null where it made none. */
export function readPage(folder: string): Page | null {
  const assets = join(folder, 'assets');
  if (!existsSync(join(folder, 'index.html'))) return null;
  return new Map([
    ...PAGES.map((name) => [name, makeAsset(name, readFileSync(join(folder, name)))] as const),
    ...readdirSync(assets).map((file) => readAsset(join(assets, file))),
  ]);
}

/** `NAME.br`, under its name. Browsers take brotli by https:// only. */
function readAsset(path: string): [string, Asset] {
  const name = basename(path, '.br');
  return [name, makeAsset(name, brotliDecompressSync(readFileSync(path)))];
}

function makeAsset(name: string, content: Uint8Array): Asset {
  const plain = new Uint8Array(content);
  const tag = `"${createHash('sha256').update(plain).digest('hex').slice(0, 16)}"`;
  const type = MEDIA_TYPES[name.split('.').at(-1)!] ?? 'application/octet-stream';
  return { plain, zipped: new Uint8Array(gzipSync(plain, { level: 9 })), type, tag };
}

export function addPageRoutes(app: Hono, { page }: { readonly page: Page | null }): void {
  // The names of the others change with what is in them.
  app.get('/', (c) => answer(c, page, 'index.html', 'no-cache'));
  app.get('/docs', (c) => answer(c, page, 'docs.html', 'no-cache'));
  app.get('/assets/:name', (c) => answer(c, page, c.req.param('name'), 'public, max-age=31536000, immutable'));
}

function answer(c: Context, page: Page | null, name: string, caching: string): Response {
  const asset = page?.get(name);
  if (!asset)
    throw new Problem('not_found', page ? `there is no ${name}` : 'the page is not built - run `npm run build`');
  const headers = {
    ...{ 'content-type': asset.type, 'cache-control': caching, etag: asset.tag, vary: 'accept-encoding' },
    'x-content-type-options': 'nosniff',
    ...(asset.type.startsWith('text/html') && { 'content-security-policy': PAGE_POLICY, ...PAGE_SECLUSION }),
  };
  if (c.req.header('if-none-match') === asset.tag) return c.body(null, 304, headers);
  const isZipped = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
  return isZipped
    ? c.body(asset.zipped, 200, { ...headers, 'content-encoding': 'gzip' })
    : c.body(asset.plain, 200, headers);
}
