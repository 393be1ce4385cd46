/**
 * `npm run e2e:docker`: images, docker compose, archives and packages, in real containers. The machines of the distributed
 * mode are network namespaces with an engine each; they take root and Linux.
 *
 *     node runtime/e2e/docker/main.ts [images | one-machine | machines]…
 */
import { requireEngine } from '../../../scripts/docker/docker.ts';
import { checkImages } from './images.ts';
import { checkMachines } from './machines.ts';
import { checkOneMachine } from './one-machine.ts';
import { Suite, say } from './suite.ts';

const PARTS = { images: checkImages, 'one-machine': checkOneMachine, machines: checkMachines } as const;

const suite = new Suite();
const chosen = process.argv.slice(2);
const startedAt = performance.now();
requireEngine();
for (const [name, check] of Object.entries(PARTS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  await suite.check(`${name}: to its end`, () => check(suite));
}
say(`after ${Math.round((performance.now() - startedAt) / 1000)} s`);
say(suite.summary);
process.exitCode = suite.isSound ? 0 : 1;
