import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from './failure.ts';
import { readTaskFile } from './task-file.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'motes task file '));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(text: string | Uint8Array): string {
  const path = join(folder, 'tasks.txt');
  writeFileSync(path, text);
  return path;
}

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe('a task file', () => {
  it.each([
    { name: 'YAML', text: 'tasks: []\n', contentType: 'application/yaml' },
    { name: 'JSON', text: ' {"tasks": []}', contentType: 'application/json' },
    { name: 'YAML that begins like JSON', text: '{tasks: []}', contentType: 'application/yaml' },
    { name: 'YAML that only its reader will refuse', text: 'just text', contentType: 'application/yaml' },
  ])('is told by its content: $name', async ({ text, contentType }) => {
    const path = write(text);
    expect(await readTaskFile(path, chunks())).toEqual({ name: path, text, contentType });
  });

  it('can come from the standard input, in pieces that cut characters', async () => {
    const bytes = Buffer.from('tasks: [é]');
    async function* halves() {
      yield bytes.subarray(0, 9);
      yield bytes.subarray(9);
    }
    expect(await readTaskFile('-', halves())).toMatchObject({ name: 'standard input', text: 'tasks: [é]' });
  });

  it.each([
    {
      name: 'that does not parse',
      text: 'tasks:\n  - id: "a\n',
      message: /tasks\.txt:3:1: the YAML does not parse: \S/,
    },
    { name: 'with a tab', text: 'tasks:\n\t- id: a\n', message: /tasks\.txt:2:1: / },
    { name: 'that is empty', text: ' \n\n', message: /tasks\.txt is empty: it should hold a list `tasks:`/ },
    { name: 'that is not text', text: new Uint8Array([0x74, 0xff, 0xfe]), message: /not UTF-8/ },
    { name: 'that is too large', text: `# ${'x'.repeat(8 * 1024 * 1024)}`, message: /over 8388608 bytes: split it/ },
  ])('$name is a mistake of the user', async ({ text, message }) => {
    const reading = readTaskFile(write(text), chunks());
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toBeInstanceOf(UsageError);
  });

  it('that is not there is named', async () => {
    await expect(readTaskFile('no/such.yaml', chunks())).rejects.toThrow('no/such.yaml: there is no such file - name');
    await expect(readTaskFile(folder, chunks())).rejects.toThrow(`${folder}: this is a folder`);
  });

  it('from an endless standard input is cut short', async () => {
    async function* endless() {
      for (;;) yield Buffer.alloc(1024 * 1024, 'x');
    }
    await expect(readTaskFile('-', endless())).rejects.toThrow(/standard input is over/);
  });
});
