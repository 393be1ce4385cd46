/** Every command in the guides is one that exists, with options that it has; both languages give the same ones. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { COMMANDS } from '../../runtime/cli/program.ts';
import { MemoryStream } from '../../runtime/cli/testing/memory-terminal.ts';
import { createOrchestratorApp } from '../../runtime/orchestrator/api/app.ts';
import { workerOptions } from '../../runtime/worker/options.ts';
import { startTestWorker, type TestWorker } from '../../runtime/worker/testing/test-worker.ts';
import { machinePackages } from '../images/lib/packages.ts';
import { commandsIn, type GuideCommand } from './commands.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(PROJECT + path, 'utf8');

const GUIDES = ['README.md', 'README.es.md', 'docs/distributed-installation.md', 'INSTALACION_DISTRIBUIDA.md'];
const SAME_COMMANDS = [['docs/distributed-installation.md', 'INSTALACION_DISTRIBUIDA.md']] as const;

/** Programs of the systems that the guides are for, which are not ours to check. */
const OF_THE_SYSTEM = new Set(
  'cat cp docker export firewall-cmd git install journalctl mkdir netsh openssl ping python3 scp systemctl ufw'.split(
    ' ',
  ),
);
/** What compose is asked to do, and with what options; the services and files are looked up. */
const COMPOSE: Readonly<Record<string, readonly string[]>> = {
  up: ['-d', '--build', '--scale'],
  down: ['-v'],
  logs: ['-f', '--tail'],
  restart: [],
  ps: [],
};

const PACKAGES = machinePackages({
  ...{ version: '0', vms: 3, orchestratorHost: null, token: 't', tasks: '', workerFiles: [] },
});
const PACKAGE_FILES = new Set(PACKAGES.flatMap(({ files }) => files.map(({ path }) => path)));

let worker: TestWorker;
beforeAll(async () => {
  worker = await startTestWorker({ slots: 1 });
});
afterAll(() => worker.close());

/** How each program's command lines are checked. @throws Error saying what is wrong with one */
const CHECKS: Readonly<Record<string, (words: readonly string[], command: GuideCommand) => unknown>> = {
  npm: checkNpm,
  npx: ([program, ...words]) => (program === 'motes' ? checkMotes(words) : refuse(`npx ${program}`)),
  motes: checkMotes,
  node: ([file, ...words]) => (file === 'worker.mjs' ? parseWith(workerOptions(), words) : refuse(`node ${file}`)),
  sh: checkPackageScript,
  curl: checkCurl,
  'docker-compose': checkCompose,
};

function refuse(what: string): never {
  throw new Error(`there is no ${what}`);
}

async function check(command: GuideCommand): Promise<void> {
  const [program, ...words] = command.words;
  if (program === undefined || OF_THE_SYSTEM.has(program)) return;
  if (command.shell === 'bat') return void requirePackageFile(program);
  await (CHECKS[program] ?? (() => refuse(program)))(words, command);
}

function checkNpm([verb, name, ...rest]: readonly string[]): void {
  if (verb === 'ci') return;
  const script = verb === 'run' ? name! : verb!;
  const runs = (packageJson.scripts as Record<string, string>)[script] ?? refuse(`npm script ${script}`);
  if (verb !== 'run' || rest.length === 0) return;
  expect(rest[0], 'options of a script come after --').toBe('--');
  const source = read(runs.split(' ').findLast((word) => word.endsWith('.ts'))!);
  for (const option of rest.filter((word) => word.startsWith('--') && word !== '--'))
    if (!mentions(source, option)) refuse(`option ${option} of ${script}`);
}

/** `--worker3` where the source shows `--worker1`. */
function mentions(source: string, option: string): boolean {
  return new RegExp(`${option.replace(/\d+/, '\\d+')}(?![a-z-])`).test(source);
}

async function checkMotes([name, ...words]: readonly string[]): Promise<void> {
  const lazy = COMMANDS[name!] ?? refuse(`command motes ${name}`);
  const terminal = { stdin: emptyInput(), stdout: new MemoryStream(), stderr: new MemoryStream() };
  const context = { terminal, signals: process, env: {}, exit() {} };
  parseWith(await lazy.load(context, words), words);
}

/** Parses as the command would, and does nothing. */
function parseWith(command: Command, words: readonly string[]): void {
  command.exitOverride().configureOutput({ writeErr() {}, writeOut() {} });
  command.action(() => {});
  command.parse(words, { from: 'user' });
}

async function* emptyInput(): AsyncGenerator<Uint8Array> {}

function checkPackageScript([file, ...words]: readonly string[]): Promise<void> | undefined {
  requirePackageFile(file!);
  return file === 'motes.sh' ? checkMotes(words) : undefined;
}

function requirePackageFile(file: string): void {
  if (!PACKAGE_FILES.has(file)) refuse(`${file} in any package`);
}

/** The path is one that is answered; which port it is tells by whom. */
function checkCurl(words: readonly string[], { text }: GuideCommand): void {
  const url = words.find((word) => /^(http:\/\/)?[a-z0-9.]+:\d+\//.test(word)) ?? refuse(`URL in ${text}`);
  const { pathname, port } = new URL(url.includes('://') ? url : `http://${url}`);
  const method = words.includes('-X') ? words[words.indexOf('-X') + 1]! : words.includes('-d') ? 'POST' : 'GET';
  const routes = port === '5000' ? orchestratorRoutes() : worker.app.routes;
  const isAnswered = routes.some((route) => route.method === method && matches(route.path, pathname));
  if (!isAnswered) refuse(`${method} ${pathname} at port ${port}`);
}

function orchestratorRoutes(): { method: string; path: string }[] {
  return createOrchestratorApp({ guard: { token: null } } as Parameters<typeof createOrchestratorApp>[0]).routes;
}

function matches(route: string, path: string): boolean {
  const [expected, given] = [route.split('/'), path.split('/')];
  return expected.length === given.length && expected.every((part, at) => part.startsWith(':') || part === given[at]);
}

function checkCompose(words: readonly string[]): Promise<void> | undefined {
  const services = Object.keys((parse(read('docker-compose.yml')) as { services: object }).services);
  const rest = [...words];
  while (rest[0] === '-f') {
    const [, file] = rest.splice(0, 2);
    if (!existsSync(PROJECT + file)) refuse(`file ${file}`);
  }
  const verb = rest.shift()!;
  if (verb === 'exec') {
    const [service, program, ...more] = rest;
    if (!services.includes(service!) || program !== 'motes') refuse(`docker-compose exec ${rest.join(' ')}`);
    return checkMotes(more);
  }
  const options = COMPOSE[verb] ?? refuse(`checked docker-compose ${verb}`);
  for (const word of rest) {
    const isKnown = word.startsWith('-')
      ? options.includes(word)
      : /^\d+$/.test(word) || services.includes(serviceOf(word));
    if (!isKnown) refuse(`docker-compose ${verb} ${word}`);
  }
  return undefined;
}

/** `worker1=2` is a service and how many of it. */
function serviceOf(word: string): string {
  return word.split('=', 1)[0]!;
}

describe.each(GUIDES)('%s', (guide) => {
  const commands = commandsIn(read(guide));

  it('has commands', () => {
    expect(commands.length).toBeGreaterThan(5);
  });

  for (const command of commands)
    it(`line ${command.line}: ${command.text}`, async () => {
      await expect(check(command)).resolves.toBeUndefined();
    });

  // The README leads to what a bench writes as well.
  it.skipIf(guide === 'README.md')('leads to files and headings that are there', () => {
    const text = read(guide);
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [file = '', heading] = target!.split('#');
      if (target!.includes('://')) continue;
      const path =
        file === '' ? guide : fileURLToPath(new URL(file, `file://${PROJECT}${guide}`)).slice(PROJECT.length);
      expect(existsSync(PROJECT + path), path).toBe(true);
      if (heading !== undefined) expect(headingsOf(read(path))).toContain(heading);
    }
  });
});

/** As GitHub names them in links. */
function headingsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each(SAME_COMMANDS)('%s and %s give the same commands', (one, other) => {
  const [ours, theirs] = [one, other].map((guide) => commandsIn(read(guide)).map(({ text }) => text));
  expect(theirs).toEqual(ours);
});

describe('a command that is wrong', () => {
  const wrong = [
    'npm run no-such-script',
    'npm run create-vm-packages -- --vm 3',
    'npx motes statsu',
    'npx motes status --colour',
    'npx motes execute a b',
    'npx motes worker --port x',
    'npx no-such-program',
    'node worker.mjs --colour',
    'sh no_such.sh',
    'sh motes.sh statsu',
    'curl localhost:5000/nothing',
    'curl -X DELETE localhost:5000/status',
    'docker-compose up --colour',
    'docker-compose -f none.yml up',
    'docker-compose restart worker9',
    'docker-compose exec orchestrator motes statsu',
    'no-such-program',
  ];
  for (const text of wrong)
    it(`is noticed: ${text}`, async () => {
      const [command] = commandsIn(['```sh', text, '```'].join('\n'));
      await expect(check(command!)).rejects.toThrow();
    });
});
