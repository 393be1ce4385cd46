/** What is carried to the machines of the distributed mode: every file but the image archives. */
import type { ApplicationFile } from './application.ts';
import { IMAGES } from './names.ts';
import {
  loadImagesSteps,
  motesSteps,
  runOrchestratorSteps,
  runWorkerSteps,
  stopSteps,
  verifySystemSteps,
} from './package-steps.ts';
import { renderBatch, renderShell, type Step } from './steps.ts';
import { fillTemplate } from './templates.ts';

/** What all packages of one build share. */
export interface PackageSetting {
  readonly version: string;
  /** How many workers on machines of their own: worker1, worker2 … */
  readonly vms: number;
  /** Where the workers find the orchestrator; null where it is given their addresses instead. */
  readonly orchestratorHost: string | null;
  readonly token: string;
  /** `configs/tasks.yaml`. */
  readonly tasks: string;
  /** What a worker without Docker runs. */
  readonly workerFiles: readonly ApplicationFile[];
}

/** A folder to carry. */
export interface MachinePackage {
  readonly name: string;
  /** The image whose archive belongs into it; null where Docker is not used. */
  readonly image: keyof typeof IMAGES | null;
  readonly files: readonly PackageFile[];
}

export interface PackageFile extends ApplicationFile {
  readonly mode: number;
}

/** The original's ports: 8001 for the first worker. */
const FIRST_PORT = 8001;
const ORCHESTRATOR_PORT = 5000;
const [PUBLIC, EXECUTABLE, SECRET] = [0o644, 0o755, 0o600];

/** The name of an image's archive. */
export function archiveOf(target: keyof typeof IMAGES): string {
  return `${IMAGES[target]}.tar.gz`;
}

/** The name of an image with its version. */
export function imageOf(target: keyof typeof IMAGES, version: string): string {
  return `${IMAGES[target]}:${version}`;
}

/** One package for each worker's machine, one for the orchestrator's, and one for a worker without Docker. */
export function machinePackages(setting: PackageSetting): MachinePackage[] {
  const workers = Array.from({ length: setting.vms }, (_, index) => workerPackage(setting, index));
  return [...workers, orchestratorPackage(setting), plainNodePackage(setting)];
}

function workerPackage(setting: PackageSetting, index: number): MachinePackage {
  const [id, port] = [`worker${index + 1}`, FIRST_PORT + index];
  const image = imageOf('worker', setting.version);
  const values = {
    id,
    port,
    image,
    version: setting.version,
    ...orchestratorValues(setting),
    joining: joining(setting),
  };
  return {
    name: `VM${index + 1}_Package`,
    image: 'worker',
    files: [
      ...scripts('load_images', loadImagesSteps(archiveOf('worker'), `run_${id}`)),
      ...scripts(`run_${id}`, runWorkerSteps({ id, port, image })),
      ...scripts('stop', stopSteps()),
      text('docker-compose.yml', fillTemplate('worker.compose.yml', values)),
      text('.env', fillTemplate('worker.env', values), SECRET),
      text('VM_SETUP.md', fillTemplate('VM_SETUP.md', values)),
    ],
  };
}

function orchestratorPackage(setting: PackageSetting): MachinePackage {
  const image = imageOf('orchestrator', setting.version);
  const workers = Array.from({ length: setting.vms }, (_, index) => `worker${index + 1}`);
  const hostNames = ['orchestrator', ...(setting.orchestratorHost === null ? [] : [setting.orchestratorHost])].join(
    ',',
  );
  const values = { image, hostNames, version: setting.version, token: setting.token, joining: joining(setting) };
  return {
    name: 'Orchestrator_Package',
    image: 'orchestrator',
    files: [
      ...scripts('load_images', loadImagesSteps(archiveOf('orchestrator'), 'run_orchestrator')),
      ...scripts('run_orchestrator', runOrchestratorSteps({ image, workers })),
      ...scripts('verify_system', verifySystemSteps()),
      ...scripts('motes', motesSteps()),
      ...scripts('stop', stopSteps()),
      text('docker-compose.yml', fillTemplate('orchestrator.compose.yml', values)),
      text('.env', fillTemplate('orchestrator.env', values), SECRET),
      // Compose wants it to be there; run_orchestrator writes it anew.
      text('workers.env', ''),
      text('configs/network.yaml', fillTemplate('network.yaml', {})),
      text('configs/tasks.yaml', setting.tasks),
      text('ORCHESTRATOR_SETUP.md', fillTemplate('ORCHESTRATOR_SETUP.md', values)),
    ],
  };
}

function plainNodePackage(setting: PackageSetting): MachinePackage {
  const [id, port] = [`worker${setting.vms + 1}`, FIRST_PORT + setting.vms];
  const values = { id, port, version: setting.version, ...orchestratorValues(setting) };
  return {
    name: 'Plain_Node_Package',
    image: null,
    files: [
      text('worker.mjs', fillTemplate('worker.mjs', values)),
      ...setting.workerFiles.map((file) => ({ ...file, mode: PUBLIC })),
      text('token', `${setting.token}\n`, SECRET),
      text('worker.env', fillTemplate('plain-node.env', values), SECRET),
      text('motes-worker.service', fillTemplate('motes-worker.service', {})),
      text('PLAIN_NODE_SETUP.md', fillTemplate('PLAIN_NODE_SETUP.md', values)),
    ],
  };
}

function orchestratorValues({ orchestratorHost, token }: PackageSetting): { token: string; orchestrator: string } {
  const known = `MOTES_ORCHESTRATOR=http://${orchestratorHost}:${ORCHESTRATOR_PORT}`;
  const unknown = `#MOTES_ORCHESTRATOR=http://10.0.0.2:${ORCHESTRATOR_PORT}`;
  return { token, orchestrator: orchestratorHost === null ? unknown : known };
}

function joining({ orchestratorHost }: PackageSetting): string {
  return orchestratorHost === null
    ? 'The orchestrator calls the workers: give `run_orchestrator` their addresses, in order, or when it asks.'
    : `Workers register themselves with the orchestrator at ${orchestratorHost}:${ORCHESTRATOR_PORT}: leave the addresses empty that \`run_orchestrator\` asks for.`;
}

/** A script for both shells. */
function scripts(name: string, steps: readonly Step[]): PackageFile[] {
  return [text(`${name}.sh`, renderShell(steps), EXECUTABLE), text(`${name}.bat`, renderBatch(steps))];
}

function text(path: string, content: string, mode: number = PUBLIC): PackageFile {
  return { path, content, mode };
}
