/**
 * Sees to it that this machine has a Docker engine, a compose command and the base image; `npm run e2e:docker` begins
 * with it. What is there is left as it is. What is missing is installed from Debian's own packages, which takes root.
 *
 *     node scripts/docker/engine.ts [--image node:26-bookworm-slim]
 *
 * Where the image cannot be pulled, a stand-in takes its name: a minimal Debian with the Node that runs this script.
 */
import { spawn } from 'node:child_process';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { NODE_IMAGE } from '../images/lib/names.ts';
import { findCompose, hasImage, isEngineUp } from './docker.ts';
import { isThere, run, tryRun } from './run.ts';
import { makeStandIn } from './stand-in.ts';

const ENGINE_LOG = '/var/log/dockerd.log';
const PID_FILES = { dockerd: '/var/run/docker.pid', containerd: '/var/run/docker/containerd/containerd.pid' };
const ENGINE_DEADLINE_MS = 60_000;
const PULL_DEADLINE_MS = 180_000;

try {
  const { values } = parseArgs({ options: { image: { type: 'string', default: NODE_IMAGE } } });
  await ensureEngine();
  ensureCompose();
  ensureImage(values.image);
  console.log(`docker is ready: ${run('docker', ['run', '--rm', values.image, 'node', '--version']).trim()}`);
} catch (error) {
  console.error(`docker: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

async function ensureEngine(): Promise<void> {
  if (isEngineUp()) return;
  if (!isThere('dockerd')) install('docker.io');
  for (const [program, file] of Object.entries(PID_FILES)) forgetIfDead(program, file);
  console.log('starting dockerd');
  const log = openSync(ENGINE_LOG, 'a');
  // It stays when this script has gone: whoever comes next finds an engine.
  spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] }).unref();
  for (const end = Date.now() + ENGINE_DEADLINE_MS; !isEngineUp(); await sleep(250))
    if (Date.now() > end) throw new Error(`dockerd does not come up, see ${ENGINE_LOG}`);
}

/** An engine that was ended outright leaves its number behind, and the next one takes that for a living engine. */
function forgetIfDead(program: string, pidFile: string): void {
  const number = readIfThere(pidFile).trim();
  if (number === '') return;
  // `29967 (dockerd) S …`: Z is one that has ended and that nobody has asked after.
  const [, name, state] = /^\d+ \((.*)\) (\w)/.exec(readIfThere(`/proc/${number}/stat`)) ?? [];
  if (name !== program || state === 'Z') rmSync(pidFile);
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function ensureCompose(): void {
  if (findCompose() === null) install('docker-compose');
}

function ensureImage(image: string): void {
  if (hasImage(image)) return;
  if (tryRun('docker', ['pull', '--quiet', image], { timeoutMs: PULL_DEADLINE_MS })) return;
  console.log(`${image} cannot be pulled: making a stand-in of Debian and this Node`);
  if (!isThere('debootstrap')) install('debootstrap');
  makeStandIn(image);
}

/** @throws Error when this is no Debian, or not root */
function install(name: string): void {
  if (!isThere('apt-get') || process.getuid?.() !== 0)
    throw new Error(`${name} is missing: install Docker with its compose command, and start it`);
  console.log(`installing ${name}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { env });
}
