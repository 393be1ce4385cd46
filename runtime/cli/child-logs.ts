import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** Keeps what children print, in a file for each. */
export interface ChildLogs {
  append(name: string, line: string): void;
  close(): Promise<void>;
}

/** `FOLDER/<name>.log`, appended to. A log that cannot be written stops nobody's work. */
export function openChildLogs(folder: string): ChildLogs {
  const files = new Map<string, WriteStream>();
  const open = (name: string): WriteStream => {
    mkdirSync(folder, { recursive: true });
    const file = createWriteStream(join(folder, `${name}.log`), { flags: 'a' });
    file.on('error', () => {});
    files.set(name, file);
    return file;
  };
  return {
    append(name, line) {
      (files.get(name) ?? open(name)).write(`${line}\n`);
    },
    async close() {
      await Promise.all([...files.values()].map((file) => new Promise<void>((done) => file.end(() => done()))));
    },
  };
}
