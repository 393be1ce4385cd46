import { DatabaseSync } from 'node:sqlite';

/** Replaces a setting in what this process tells SQLite from now on: nothing in the product is made for it. */
export function replaceInPragmas(from: string, to: string): void {
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function execReplaced(this: DatabaseSync, sql: string): void {
    exec.call(this, sql.replace(from, to));
  };
}
