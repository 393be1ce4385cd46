/**
 * Starts the orchestrator of the distributed mode on this machine: writes the workers' addresses to
 * `configs/network.yaml`, and starts the image with the compose file and the token of `VM_Packages/Orchestrator_Package`.
 *
 *     npm run run-orchestrator                                        asks for the addresses
 *     npm run run-orchestrator -- --worker1 10.0.0.5 --worker2 10.0.0.6:9000
 *     npm run run-orchestrator -- --none                              workers register themselves
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { hasImage, requireCompose } from '../docker/docker.ts';
import { run } from '../docker/run.ts';
import { writeAtomically } from '../lib/files.ts';
import { networkFile, parseAddress, type WorkerAddress } from './lib/network-file.ts';
import { imageOf } from './lib/packages.ts';
import { main, PACKAGE_FOLDER, PROJECT, projectVersion } from './lib/project.ts';

const MOST_WORKERS = 99;
const COMPOSE_FILE = join(PACKAGE_FOLDER, 'Orchestrator_Package/docker-compose.yml');
const NETWORK_FILE = join(PROJECT, 'configs/network.yaml');

await main('run-orchestrator', async () => {
  const names = Array.from({ length: MOST_WORKERS }, (_, index) => `worker${index + 1}`);
  const { values } = parseArgs({
    options: {
      none: { type: 'boolean', default: false },
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' } as const])),
    },
  });
  const given = names.flatMap((name) => {
    const text = (values as Record<string, unknown>)[name];
    return typeof text === 'string' ? [parseAddress(name, text)] : [];
  });
  const [program, ...first] = requireCompose();
  const image = imageOf('orchestrator', projectVersion());
  if (!existsSync(COMPOSE_FILE) || !hasImage(image))
    throw new Error('there is no image or package: `npm run build-and-export`, then `npm run create-vm-packages`');
  const workers = given.length > 0 || values.none ? given : await ask(names);
  writeAtomically(NETWORK_FILE, networkFile(readFileSync(NETWORK_FILE, 'utf8'), workers));
  const env = { ...process.env, MOTES_CONFIGS: join(PROJECT, 'configs') };
  // A container that runs has read the file that was there.
  run(program, [...first, '-f', COMPOSE_FILE, 'up', '-d', '--force-recreate'], { env, isShown: true });
  console.log(
    `the orchestrator of ${count(workers.length)} answers on port 5000; \`npm run verify-system\` checks all`,
  );
});

/** One address after the other, until one is left empty. */
async function ask(names: readonly string[]): Promise<WorkerAddress[]> {
  if (!process.stdin.isTTY) return [];
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const workers: WorkerAddress[] = [];
  try {
    for (const name of names) {
      const text = (await terminal.question(`Address of ${name} (empty when there are no more): `)).trim();
      if (text === '') break;
      workers.push(parseAddress(name, text));
    }
  } finally {
    terminal.close();
  }
  return workers;
}

function count(workers: number): string {
  if (workers === 0) return 'workers that register themselves';
  return `${workers} worker${workers === 1 ? '' : 's'}`;
}
