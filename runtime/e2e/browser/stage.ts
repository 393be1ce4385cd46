/** A motes of its own for each case, and a browser that looks at it. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { Cluster, type ClusterOptions } from '../chaos/cluster.ts';
import { openPage, type PageOptions, type WatchedPage } from './browser.ts';

/** Screenshots lie here: of what was looked at, and of what failed. */
export const PICTURES = fileURLToPath(new URL('../../../build/e2e-browser', import.meta.url));

export interface Stage {
  readonly cluster: Cluster;
  readonly page: Page;
  /** Another page of the same motes, in a profile of its own. */
  open(options: PageOptions): Promise<Page>;
}

/** One thing that must hold, seen in a real browser. */
export interface Scene {
  /** A sentence of behaviour. */
  readonly name: string;
  readonly cluster: ClusterOptions;
  readonly page?: PageOptions;
  /** Throws when it does not hold. */
  play(stage: Stage): Promise<void>;
}

/** Plays a scene. @throws Error when something does not hold, or a page did what it should not */
export async function play(browser: Browser, scene: Scene): Promise<void> {
  const cluster = await Cluster.start(scene.cluster);
  const pages: WatchedPage[] = [];
  const open = async (options: PageOptions): Promise<Page> => {
    const watched = await openPage(browser, cluster.orchestrator.url, options);
    pages.push(watched);
    await watched.page.goto('/');
    return watched.page;
  };
  try {
    const page = await open(scene.page ?? {});
    await scene.play({ cluster, page, open });
    assert.deepEqual(
      pages.flatMap(({ faults }) => faults),
      [],
    );
  } catch (error) {
    for (const [index, { page, faults }] of pages.entries()) {
      for (const fault of faults) process.stdout.write(`         ${fault}\n`);
      await picture(page, `failed-${scene.name}${index === 0 ? '' : `-${index + 1}`}`).catch(() => {});
    }
    throw error;
  } finally {
    await Promise.all(pages.map((watched) => watched.close()));
    await cluster.stop();
  }
}

/** Keeps a picture of the whole page. @returns its path */
export async function picture(page: Page, name: string): Promise<string> {
  mkdirSync(PICTURES, { recursive: true });
  const path = join(PICTURES, `${name.replaceAll(/[^\w]+/g, '-')}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}
