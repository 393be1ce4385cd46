import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { workerPermissions } from '../../../runtime/process/permissions.ts';
import { type MachinePackage, machinePackages, type PackageSetting } from './packages.ts';

const SETTING: PackageSetting = {
  version: '1.2.3',
  vms: 3,
  orchestratorHost: null,
  token: 'a-token-of-this-test',
  tasks: 'tasks: []\n',
  workerFiles: [{ path: 'build/roles/worker.js', content: 'code' }],
};
const SECRETS = ['.env', 'token', 'worker.env'];

function packageNamed(name: string, setting: PackageSetting = SETTING): MachinePackage {
  return machinePackages(setting).find((one) => one.name === name)!;
}

function contentOf(one: MachinePackage, path: string): string {
  return String(one.files.find((file) => file.path === path)?.content);
}

describe('the packages', () => {
  test('are one for each worker, one for the orchestrator, one without Docker', () => {
    const names = machinePackages(SETTING).map(({ name }) => name);
    expect(names).toEqual([
      ...['VM1_Package', 'VM2_Package', 'VM3_Package'],
      ...['Orchestrator_Package', 'Plain_Node_Package'],
    ]);
  });

  test.each([1, 2, 3])('VM%i_Package has what the original had', (number) => {
    const one = packageNamed(`VM${number}_Package`);
    expect(one.image).toBe('worker');
    expect(one.files.map(({ path }) => path).sort()).toEqual([
      '.env',
      'VM_SETUP.md',
      'docker-compose.yml',
      ...['load_images.bat', 'load_images.sh'],
      ...[`run_worker${number}.bat`, `run_worker${number}.sh`],
      ...['stop.bat', 'stop.sh'],
    ]);
    const { services } = parse(contentOf(one, 'docker-compose.yml'));
    expect(services[`worker${number}`]).toMatchObject({
      image: 'particle-worker:1.2.3',
      pull_policy: 'never',
      ports: [`${8000 + number}:${8000 + number}`],
      environment: { WORKER_ID: `worker${number}`, MOTES_PORT: 8000 + number },
    });
  });

  test('share one token, in files that only their owner reads, and nowhere else', () => {
    for (const { files } of machinePackages(SETTING))
      for (const { path, content, mode } of files) {
        expect(String(content).includes(SETTING.token)).toBe(SECRETS.includes(path));
        if (SECRETS.includes(path)) expect(mode).toBe(0o600);
      }
  });

  test.each([
    { host: null, line: '#MOTES_ORCHESTRATOR=http://10.0.0.2:5000' },
    { host: 'lab-pc', line: 'MOTES_ORCHESTRATOR=http://lab-pc:5000' },
  ])('tell workers of an orchestrator at $host', ({ host, line }) => {
    const setting = { ...SETTING, orchestratorHost: host };
    expect(contentOf(packageNamed('VM2_Package', setting), '.env').split('\n')).toContain(line);
    expect(contentOf(packageNamed('Plain_Node_Package', setting), 'worker.env').split('\n')).toContain(line);
    const names = contentOf(packageNamed('Orchestrator_Package', setting), '.env');
    expect(names).toContain(host === null ? 'MOTES_HOST_NAME=orchestrator\n' : 'MOTES_HOST_NAME=orchestrator,lab-pc\n');
  });

  test('run the worker without Docker under the permission model', () => {
    const unit = contentOf(packageNamed('Plain_Node_Package'), 'motes-worker.service');
    const command = ['/usr/bin/env', 'node', ...workerPermissions('/opt/motes-worker'), '/opt/motes-worker/worker.mjs'];
    expect(unit).toContain(`ExecStart=${command.join(' ')}\n`);
  });
});
