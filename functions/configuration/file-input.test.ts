import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFileInputs, readFileInput } from './file-input.ts';

describe('files in tasks', () => {
  test('are found with their formats, by ending or by name', () => {
    const tasks = [
      { id: 'a', parameters: { configuration: { file: 'x.xyz' }, steps: 3 } },
      { id: 'b' },
      { id: 'c', parameters: { configuration: { file: 'x.txt' } } },
      { id: 'd', parameters: { configuration: { file: 'x.txt', format: 'xyz' } } },
    ];
    expect(findFileInputs(tasks)).toEqual([
      { path: ['tasks', 0, 'parameters', 'configuration'], file: 'x.xyz', format: 'xyz' },
      { path: ['tasks', 2, 'parameters', 'configuration'], file: 'x.txt', format: 'nist' },
      { path: ['tasks', 3, 'parameters', 'configuration'], file: 'x.txt', format: 'xyz' },
    ]);
  });

  test.each([
    { tasks: undefined },
    { tasks: [null, 3, { parameters: [] }, { parameters: { configuration: { file: 3 } } }] },
    { tasks: [{ parameters: { configuration: { file: 'x', blob: 'y' } } }] },
    { tasks: [{ parameters: { configuration: { file: 'x', format: 'pdb' } } }] },
  ])('are none in $tasks', ({ tasks }) => {
    expect(findFileInputs(tasks)).toEqual([]);
  });
});

describe('a file beside the task file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'motes-inputs-'));
    await mkdir(join(folder, 'tasks', 'starts'), { recursive: true });
    await writeFile(join(folder, 'tasks', 'starts', 'two.txt'), '6 6 6\n2\n1 0 0 0\n2 3 3 3\n');
    await writeFile(join(folder, 'tasks', 'bad.txt'), '6 6 6\n2\n1 0 0 0\n2 3 NaN 3\n');
    await writeFile(join(folder, 'secret.txt'), '6 6 6\n1\n1 0 0 0\n');
    await symlink(join(folder, 'secret.txt'), join(folder, 'tasks', 'link.txt'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const read = (file: string) => readFileInput(join(folder, 'tasks', 'tasks.yaml'), { file, format: 'nist' });

  test('becomes a blob of so many particles', async () => {
    const { bytes, reference } = await read('starts/two.txt');
    expect(bytes).toHaveLength(24);
    expect(reference).toEqual({ blob: expect.stringMatching(/^[0-9a-f]{64}$/), format: 'nist', particles: 2 });
  });

  test.each([
    { file: 'none.txt', says: 'none.txt cannot be read: there is no such file' },
    { file: 'bad.txt', says: 'bad.txt, line 4, column 5' },
    { file: '../secret.txt', says: 'must be in the folder of the task file' },
    { file: 'link.txt', says: 'must be in the folder of the task file' },
    { file: '/etc/hostname', says: 'must be in the folder of the task file' },
  ])('is refused: $says', async ({ file, says }) => {
    await expect(read(file)).rejects.toThrow(says);
  });
});
