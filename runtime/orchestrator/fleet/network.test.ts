import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readNetwork } from './network.ts';

function file(text: string): { path: string; isDefault: boolean } {
  const path = join(mkdtempSync(join(tmpdir(), 'motes-network-')), 'network.yaml');
  writeFileSync(path, text);
  return { path, isDefault: false };
}

const TWO = 'workers:\n  - {id: worker1, host: 127.0.0.1, port: 8001}\n  - {id: lab, host: lab.local, port: 9000}\n';

describe('the workers of the network', () => {
  test('come from the file', () => {
    expect(readNetwork(file(TWO), {})).toEqual([
      { id: 'worker1', host: '127.0.0.1', port: 8001 },
      { id: 'lab', host: 'lab.local', port: 9000 },
    ]);
  });

  test('the environment replaces hosts and adds workers, as the original took them', () => {
    expect(readNetwork(file(TWO), { WORKER1_IP: '10.0.0.5', WORKER3_IP: '10.0.0.7' })).toEqual([
      { id: 'worker1', host: '10.0.0.5', port: 8001 },
      { id: 'lab', host: 'lab.local', port: 9000 },
      { id: 'worker3', host: '10.0.0.7', port: 8003 },
    ]);
  });

  test.each([
    { name: 'no file is wanted', source: null },
    { name: 'the default file is not there', source: { path: '/nowhere/network.yaml', isDefault: true } },
  ])('there are none when $name', ({ source }) => {
    expect(readNetwork(source, {})).toEqual([]);
  });

  test('an empty file is an empty network', () => {
    expect(readNetwork(file('# nobody yet\n'), {})).toEqual([]);
    expect(readNetwork(file('workers:\n'), {})).toEqual([]);
  });
});

describe('a wrong file is refused by name, place and reason', () => {
  test.each([
    {
      name: 'a file that is not there',
      source: { path: '/nowhere/n.yaml', isDefault: false },
      says: '/nowhere/n.yaml',
    },
    { name: 'YAML that does not parse', source: file('workers: [\n'), says: 'line 2, column 1' },
    {
      name: 'a port out of bounds',
      source: file('workers: [{id: a, host: b, port: 70000}]'),
      says: 'workers.0.port should be a port',
    },
    { name: 'an unknown field', source: file('workers: [{id: a, host: b, port: 7, user: c}]'), says: 'workers.0.user' },
    {
      name: 'an id twice',
      source: file('workers: [{id: a, host: b, port: 7}, {id: a, host: c, port: 7}]'),
      says: 'two workers have the id a',
    },
  ])('$name', ({ source, says }) => {
    expect(() => readNetwork(source, {})).toThrow(says);
  });
});
