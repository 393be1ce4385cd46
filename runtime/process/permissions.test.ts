import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { workerPermissions } from './permissions.ts';

const FOLDER = '/its/program';
const ours = workerPermissions(FOLDER);
const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const isReadRight = (argument: string): boolean => argument.startsWith('--allow-fs-read=');

describe('a worker process', () => {
  it('may use the network, start threads, read its program and what it is given, and nothing else', () => {
    const allowed = workerPermissions(FOLDER, ['/a token', undefined, '']).filter((each) => each.startsWith('--allow'));
    const reads = ['--allow-fs-read=/its/program', '--allow-fs-read=/a token'];
    expect(allowed.sort()).toEqual(['--allow-net', '--allow-worker', ...reads].sort());
  });

  const elsewhere = [
    { name: 'the image', path: 'Dockerfile', line: /^CMD (\[.*worker\.js"\])$/m },
    {
      name: 'the service of systemd',
      path: 'scripts/images/templates/motes-worker.service',
      line: /^ExecStart=\S+ node (.*) \S+worker\.mjs$/m,
    },
  ];
  for (const { name, path, line } of elsewhere)
    it(`is started so by ${name}, too`, () => {
      const found = line.exec(read(path))![1]!;
      const words = found.startsWith('[') ? (JSON.parse(found) as string[]) : found.split(' ');
      const theirs = words.filter((word) => word.startsWith('--'));
      expect(theirs.some(isReadRight)).toBe(true);
      expect(theirs.filter((word) => !isReadRight(word))).toEqual(ours.filter((word) => !isReadRight(word)));
    });
});
