// Starts the worker of build/ with the Node of this machine. Plain JavaScript, so that an older Node says what it lacks.
const NEEDED = 26;

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  process.stderr.write(`motes worker: this is Node ${process.version}, and Node ${NEEDED} or newer is needed\n`);
  process.exit(1);
}
await import('./build/roles/worker.js');
