/**
 * Makes a folder for each machine of the distributed mode, `VM_Packages/…`, from what `build-and-export` left: the image,
 * scripts for both kinds of shell, a compose file, the shared token. Docker is all that a machine needs to use its folder.
 *
 *     npm run create-vm-packages -- --vms 3 --orchestrator-host 10.0.0.2
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { newToken, readToken } from '../../runtime/process/token.ts';
import { applicationFiles } from './lib/application.ts';
import { archiveOf, type MachinePackage, machinePackages } from './lib/packages.ts';
import { IMAGE_FOLDER, MANIFEST_FILE, main, PACKAGE_FOLDER, PROJECT } from './lib/project.ts';

const USAGE = `usage: create-vm-packages [--vms N] [--orchestrator-host H] [--token-file FILE] [--output FOLDER]
  --vms                how many workers on machines of their own (default 3)
  --orchestrator-host  where the workers find the orchestrator: they register themselves there
  --token-file         the token to use (default: a new one)
  --output             where to put the packages (default: VM_Packages)`;
const MOST_VMS = 99;
const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

await main('create-vm-packages', async () => {
  const { values } = parseArgs({
    options: {
      vms: { type: 'string', default: '3' },
      'orchestrator-host': { type: 'string' },
      'token-file': { type: 'string' },
      output: { type: 'string', default: PACKAGE_FOLDER },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const tokenFile = values['token-file'];
  const packages = machinePackages({
    version: exportedVersion(),
    vms: countOf(values.vms),
    orchestratorHost: hostOf(values['orchestrator-host']),
    token: tokenFile === undefined ? newToken() : readToken({ tokenFile })!,
    tasks: readFileSync(join(PROJECT, 'configs/tasks.yaml'), 'utf8'),
    workerFiles: await applicationFiles(PROJECT, 'worker'),
  });
  const output = resolve(values.output);
  removeOld(output);
  for (const one of packages) write(output, one);
  console.log(packages.map(({ name }) => join(output, name)).join('\n'));
  console.log('The token of this build is in them: packages of another build do not work together with these.');
});

/** @throws Error when nothing was exported */
function exportedVersion(): string {
  if (!existsSync(MANIFEST_FILE)) throw new Error('there are no images: `npm run build-and-export` first');
  return (JSON.parse(readFileSync(MANIFEST_FILE, 'utf8')) as { version: string }).version;
}

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_VMS) return count;
  throw new Error(`--vms should be a number from 1 to ${MOST_VMS}, not "${text}"`);
}

function hostOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (HOST.test(text)) return text;
  throw new Error(`--orchestrator-host should be an address or a name such as 10.0.0.2, not "${text}"`);
}

/** Only what this script makes: a folder of the user's own stays. */
function removeOld(output: string): void {
  if (!existsSync(output)) return;
  const made = readdirSync(output).filter((name) => /^(VM\d+|Orchestrator|Plain_Node)_Package$/.test(name));
  for (const name of made) rmSync(join(output, name), { recursive: true });
}

function write(output: string, { name, image, files }: MachinePackage): void {
  const folder = join(output, name);
  for (const { path, content, mode } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode });
  }
  if (image === null) return;
  for (const file of [archiveOf(image), `${archiveOf(image)}.sha256`])
    copyFileSync(join(IMAGE_FOLDER, file), join(folder, file));
}
