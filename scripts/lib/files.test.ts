import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { digestFiles, writeAtomically } from './files.ts';

const folders: string[] = [];

function folderOf(files: Record<string, string>): string {
  const folder = `${mkdtempSync(join(tmpdir(), 'files-'))}/`;
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(`${folder}${path}`), { recursive: true });
    writeFileSync(`${folder}${path}`, text);
  }
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('digestFiles', () => {
  const paths = ['a/one.ts', 'two.ts'];

  test('is the same in every folder, order of names and kind of line ends', () => {
    const here = folderOf({ 'a/one.ts': 'x\ny\n', 'two.ts': 'z\n' });
    const there = folderOf({ 'a/one.ts': 'x\r\ny\r\n', 'two.ts': 'z\r\n' });
    expect(digestFiles(there, ['two.ts', 'a\\one.ts'])).toBe(digestFiles(here, paths));
  });

  test('changes with a text and with a name', () => {
    const one = folderOf({ 'a/one.ts': 'x', 'two.ts': 'z' });
    const other = folderOf({ 'a/one.ts': 'xx', 'two.ts': 'z', 'three.ts': 'z' });
    expect(digestFiles(other, paths)).not.toBe(digestFiles(one, paths));
    expect(digestFiles(other, ['two.ts'])).not.toBe(digestFiles(other, ['three.ts']));
  });
});

test('writeAtomically leaves a file alone that says the same', () => {
  const path = `${folderOf({ 'file.txt': 'old' })}file.txt`;
  const written = statSync(path).ino;
  writeAtomically(path, 'old');
  expect(statSync(path).ino).toBe(written);
  writeAtomically(path, 'new');
  expect(statSync(path).ino).not.toBe(written);
});
