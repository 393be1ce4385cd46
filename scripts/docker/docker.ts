import { isThere, run, tryRun } from './run.ts';

/** The compose command: Docker's own plugin, or the older program of that name. */
export type Compose = readonly [program: string, ...first: string[]];

export function isEngineUp(): boolean {
  return tryRun('docker', ['info']);
}

export function hasImage(image: string): boolean {
  return tryRun('docker', ['image', 'inspect', image]);
}

/** Null where there is neither. */
export function findCompose(): Compose | null {
  if (tryRun('docker', ['compose', 'version'])) return ['docker', 'compose'];
  return isThere('docker-compose') ? ['docker-compose'] : null;
}

/** @throws Error saying what to install */
export function requireCompose(): Compose {
  requireEngine();
  const compose = findCompose();
  if (compose === null) throw new Error('there is no `docker compose` and no `docker-compose`: install one');
  return compose;
}

/** @throws Error saying what to do */
export function requireEngine(): void {
  if (!isThere('docker')) throw new Error('there is no `docker`: install Docker');
  if (!isEngineUp()) throw new Error('the Docker engine does not answer: start it, or ask for the right to use it');
}

/** The digests of an image's layers, lowest first. */
export function layersOf(image: string): string[] {
  return JSON.parse(run('docker', ['image', 'inspect', '--format', '{{json .RootFS.Layers}}', image])) as string[];
}
