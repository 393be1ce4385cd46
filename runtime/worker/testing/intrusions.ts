/** What a function might try and may not: each resolves only if it was let. */
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HERE = import.meta.dirname;
const TRACE = join(tmpdir(), 'motes-intrusion');

export const INTRUSIONS: Readonly<Record<string, () => unknown>> = {
  'write a file': async () => (await import('node:fs')).writeFileSync(TRACE, 'x'),
  'write where its program is': async () => (await import('node:fs')).writeFileSync(join(HERE, 'trace'), 'x'),
  'delete a file': async () => (await import('node:fs')).rmSync(join(HERE, 'functions.ts')),
  'link out of its folder': async () => (await import('node:fs')).symlinkSync('/etc', join(HERE, 'trace')),
  'read a file': async () => (await import('node:fs')).readFileSync('/etc/hostname', 'utf8'),
  'read through a relative path': async () =>
    (await import('node:fs')).readFileSync(`${HERE}/${'../'.repeat(20)}etc/hostname`, 'utf8'),
  'list a folder': async () => (await import('node:fs')).readdirSync('/'),
  'read its process': async () => (await import('node:fs')).readFileSync('/proc/self/environ', 'utf8'),
  'open a connection': async () => {
    const socket = (await import('node:net')).connect(1, '127.0.0.1');
    const [error] = (await once(socket, 'error').catch((thrown: unknown) => [thrown])) as [NodeJS.ErrnoException];
    // Nobody listens there: only a refusal by the system would mean that it was tried.
    if (error.code !== 'ECONNREFUSED') throw error;
  },
  listen: async () => {
    const server = (await import('node:net')).createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  },
  fetch: async () => {
    const { cause } = (await fetch('http://127.0.0.1:60999').catch((error: unknown) => error)) as { cause?: Error };
    if ((cause as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw cause;
  },
  'send a datagram': async () => {
    const socket = (await import('node:dgram')).createSocket('udp4');
    socket.send('x', 9, '127.0.0.1');
    await once(socket, 'listening');
  },
  'resolve a name': async () => (await import('node:dns/promises')).lookup('localhost'),
  'start a process': async () => (await import('node:child_process')).execFileSync('/bin/true'),
  'start a thread': async () => {
    const { Worker } = await import('node:worker_threads');
    await once(new Worker('', { eval: true }), 'exit');
  },
  'use WASI': async () => new (await import('node:wasi')).WASI({ version: 'preview1', preopens: { '/': '/' } }),
  'load an addon': () => process.dlopen({ exports: {} }, join(HERE, 'addon.node')),
  'open a database': async () => new (await import('node:sqlite')).DatabaseSync(TRACE),
  'open a database by another way': () => new (process.getBuiltinModule('node:sqlite').DatabaseSync)(TRACE),
  'open a debugger': async () => (await import('node:inspector')).open(0),
  'debug itself': async () => new (await import('node:inspector')).Session().connect(),
  'write a heap snapshot': async () => (await import('node:v8')).writeHeapSnapshot(TRACE),
  'write a report': () => process.report.writeReport(TRACE),
  "use Node's insides": () => (process as unknown as { binding(name: string): unknown }).binding('fs'),
  'allow itself more': () => {
    if (!process.permission.has('fs.write') && !process.permission.has('net')) throw new Error('it may not');
  },
};
