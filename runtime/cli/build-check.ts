import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CommandError } from './failure.ts';

/** Written last by the build: where it is, kernels and versions are too. */
const BUILT = fileURLToPath(new URL('../../build/functions.json', import.meta.url));

/** @throws CommandError where the kernels have not been built. */
export function requireBuild(): void {
  if (!existsSync(BUILT))
    throw new CommandError('the kernels are not built yet: run `npm run build`, with all that `npm ci` installs');
}
