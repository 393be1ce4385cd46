/** Preloaded (`node --import`): the write-ahead log is carried into the database every few pages, not every few thousand. */
import { replaceInPragmas } from './pragmas.ts';

replaceInPragmas('wal_autocheckpoint=4000', 'wal_autocheckpoint=8');
