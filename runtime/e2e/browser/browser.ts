/** A real browser, and pages that notice whatever they should not do. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../../scripts/browser/find-chromium.ts';

/** Nothing is drawn by a graphics card: software does, the same everywhere. */
const ARGUMENTS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Far beyond what anything here takes on a busy machine. */
const LONGEST_WAIT_MS = 60_000;

export interface PageOptions {
  readonly theme?: 'light' | 'dark';
  readonly language?: 'en' | 'es';
  readonly width?: number;
  readonly height?: number;
}

/** @throws Error where there is no Chromium */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('there is no Chromium - run `node scripts/browser/chromium.ts`');
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** A page in a fresh profile, and what went wrong in it: errors, refused scripts, requests to anywhere else. */
export interface WatchedPage {
  readonly page: Page;
  readonly faults: string[];
  close(): Promise<void>;
}

/** Opens an address of motes. `origin` is the only one that the page may ask. */
export async function openPage(browser: Browser, origin: string, options: PageOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: origin,
    colorScheme: options.theme ?? 'light',
    locale: options.language ?? 'en',
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    // What stands still can be compared, and be asked about.
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(LONGEST_WAIT_MS);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`an error in the page: ${error.message}`));
  page.on('console', (message) => {
    // A request that fails is said twice: what the page makes of it is looked at where it matters.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(`on the console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !['data:', 'blob:'].includes(url.protocol))
      faults.push(`a request to elsewhere: ${request.url()}`);
  });
  return { page, faults, close: () => context.close() };
}
