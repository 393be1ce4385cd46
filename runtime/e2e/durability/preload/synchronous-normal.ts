/** Preloaded (`node --import`): the ledger commits as with `synchronous=NORMAL`, to show that a check notices it. */
import { replaceInPragmas } from './pragmas.ts';

replaceInPragmas('synchronous=FULL', 'synchronous=NORMAL');
