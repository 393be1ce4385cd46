import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';

/** `functions.json` of the build folder. */
const BuildSchema = v.record(v.string(), v.object({ version: v.string(), kernel: v.nullish(v.string()) }));

/** Where `npm run build` puts kernels and versions. */
export const BUILD_FOLDER = fileURLToPath(new URL('../../build', import.meta.url));

/**
 * The functions' versions, by name, as the build computed them.
 * @throws Error when there is no build, saying how to make one.
 */
export function readVersions(buildFolder: string = BUILD_FOLDER): Record<string, string> {
  const path = `${buildFolder}/functions.json`;
  try {
    const build = v.parse(BuildSchema, JSON.parse(readFileSync(path, 'utf8')));
    return Object.fromEntries(Object.entries(build).map(([name, { version }]) => [name, version]));
  } catch (cause) {
    throw new Error(`there is no usable build at ${path} - run \`npm run build\``, { cause });
  }
}
