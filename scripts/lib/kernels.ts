import { existsSync, globSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import asc from 'assemblyscript/asc';
import { digestFiles, writeAtomically } from './files.ts';

/** A target of `asconfig.json`. */
export type KernelTarget = 'debug' | 'release';

/** Kernel names, and the digest of what each was built from. */
type Stamps = Record<string, string>;

/**
 * Compiles every `assembly/<kernel>/index.ts` to `build/<kernel>.wasm`, unless it was built from the same sources.
 * @throws Error with the compiler's messages when one does not compile.
 */
export async function buildKernels(project: string, target: KernelTarget): Promise<{ name: string; built: boolean }[]> {
  const stampPath = `${project}build/kernels.json`;
  const stamps: Stamps = existsSync(stampPath) ? JSON.parse(readFileSync(stampPath, 'utf8')) : {};
  const kernels: { name: string; built: boolean }[] = [];
  for (const name of kernelNames(project)) {
    const stamp = `${target} ${digestFiles(project, inputsOf(project, name))}`;
    const built = stamps[name] !== stamp || !existsSync(`${project}build/${name}.wasm`);
    if (built) await compile(project, name, target);
    stamps[name] = stamp;
    kernels.push({ name, built });
  }
  writeAtomically(stampPath, `${JSON.stringify(stamps, null, 2)}\n`);
  return kernels;
}

function kernelNames(project: string): string[] {
  const folders = readdirSync(`${project}assembly`).sort();
  return folders.filter((folder) => existsSync(`${project}assembly/${folder}/index.ts`));
}

/** Everything that decides a kernel's bytes: its sources, what kernels share, the options and the compiler. */
function inputsOf(project: string, name: string): string[] {
  const sources = globSync([`assembly/${name}/**/*.ts`, 'assembly/lib/**/*.ts'], { cwd: project });
  return [...sources, 'asconfig.json', 'node_modules/assemblyscript/package.json'];
}

/** Compiles into a folder of its own and moves the files out, so that nobody ever reads half a module. */
async function compile(project: string, name: string, target: KernelTarget): Promise<void> {
  const folder = `build/compiling-${process.pid}`;
  const outFile = `${folder}/${name}.wasm`;
  const options = ['--baseDir', project, '--config', 'asconfig.json', '--target', target, '--outFile', outFile];
  try {
    const { error, stderr } = await asc.main([`assembly/${name}/index.ts`, ...options]);
    if (error) throw new Error(`the kernel ${name} does not compile\n${stderr.toString()}`);
    for (const file of readdirSync(`${project}${folder}`)) {
      renameSync(`${project}${folder}/${file}`, `${project}build/${file}`);
    }
  } finally {
    rmSync(`${project}${folder}`, { recursive: true, force: true });
  }
}
