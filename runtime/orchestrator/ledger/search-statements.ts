import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Statements kept for searches that come again. */
const KEPT = 32;

/** The statements of the last searches: a page asks the same again and again, and preparing costs as much as running. */
export class SearchStatements {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  prepared(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#db.prepare(sql);
    // Set anew it is the last: the first is the one that was not used for the longest time.
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > KEPT) this.#statements.delete(this.#statements.keys().next().value!);
    return statement;
  }
}
