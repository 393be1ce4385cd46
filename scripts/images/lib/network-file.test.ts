import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readNetwork } from '../../../runtime/orchestrator/fleet/network.ts';
import { networkFile, parseAddress } from './network-file.ts';

describe('the network file', () => {
  test('is one that the orchestrator reads, with the comment that it had', () => {
    const workers = [parseAddress('worker1', '10.0.0.5'), parseAddress('worker12', 'lab-7.local:9000')];
    const text = networkFile('# What this is.\n#   id  the name\nworkers:\n  - old\n', workers);
    expect(text.startsWith('# What this is.\n#   id  the name\nworkers:\n')).toBe(true);
    const folder = mkdtempSync(join(tmpdir(), 'network-'));
    const path = join(folder, 'network.yaml');
    writeFileSync(path, text);
    expect(readNetwork({ path, isDefault: false }, {})).toEqual([
      { id: 'worker1', host: '10.0.0.5', port: 8001 },
      { id: 'worker12', host: 'lab-7.local', port: 9000 },
    ]);
    rmSync(folder, { recursive: true });
  });

  test.each(['', 'a b', '10.0.0.5:0', '10.0.0.5:70000', 'http://10.0.0.5', '-x'])(
    'refuses the address "%s"',
    (text) => {
      expect(() => parseAddress('worker1', text)).toThrow('should be an address such as');
    },
  );
});
