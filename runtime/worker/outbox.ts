import type { AttemptKey } from '../wire/invocation.ts';
import { identityOf } from './invocation.ts';

/** What an outbox may hold. */
export interface OutboxLimits {
  readonly entries: number;
  /** Characters of all entries together. */
  readonly characters: number;
  /** Entries that nobody fetched for so long are dropped: their ledger is gone (that of a `motes run`, say). */
  readonly maxAgeMs: number;
}

export const OUTBOX_LIMITS: OutboxLimits = { entries: 65_536, characters: 64 * 1024 * 1024, maxAgeMs: 24 * 3600_000 };

interface Entry {
  readonly lines: string;
  readonly at: number;
}

/**
 * Terminal events that wait until their ledger acknowledges them, by ledger and key. An entry is lines of NDJSON: the
 * terminal event is the last.
 */
export class Outbox {
  readonly #limits: OutboxLimits;
  readonly #now: () => number;
  /** Called with the key of an outcome that is recorded elsewhere, or that nobody fetched in time. */
  onForgotten: (key: string) => void = () => {};
  readonly #ledgers = new Map<string, Map<string, Entry>>();
  #entries = 0;
  #characters = 0;

  constructor(limits: OutboxLimits = OUTBOX_LIMITS, now: () => number = Date.now) {
    this.#limits = limits;
    this.#now = now;
  }

  get size(): number {
    return this.#entries;
  }

  /** True when no room is left for an outcome beside those of `expected` invocations that still run. */
  isFull(expected: number): boolean {
    return this.#entries + expected >= this.#limits.entries || this.#characters >= this.#limits.characters;
  }

  /** Keeps an outcome. What was accepted is always kept: `isFull` is asked before work is taken. */
  add(ledgerId: string, key: string, lines: string): void {
    let entries = this.#ledgers.get(ledgerId);
    if (!entries) {
      entries = new Map();
      this.#ledgers.set(ledgerId, entries);
    }
    this.#drop(ledgerId, key);
    entries.set(key, { lines, at: this.#now() });
    this.#entries += 1;
    this.#characters += lines.length;
  }

  /** The kept lines of a key. */
  get(ledgerId: string, key: string): string | null {
    return this.#ledgers.get(ledgerId)?.get(key)?.lines ?? null;
  }

  /** True when the outcome of this key is here. */
  holds(key: AttemptKey): boolean {
    return this.get(key.ledger_id, identityOf(key)) !== null;
  }

  /** A ledger's entries, oldest first. */
  entries(ledgerId: string): string[] {
    return [...(this.#ledgers.get(ledgerId)?.values() ?? [])].map((entry) => entry.lines);
  }

  /** Forgets what is recorded elsewhere. @returns whether it was here. */
  acknowledge(ledgerId: string, key: string): boolean {
    const dropped = this.#drop(ledgerId, key);
    if (this.#ledgers.get(ledgerId)?.size === 0) this.#ledgers.delete(ledgerId);
    if (dropped) this.onForgotten(key);
    return dropped;
  }

  /** Drops what is too old. @returns how many were dropped. */
  expire(): number {
    const oldest = this.#now() - this.#limits.maxAgeMs;
    let dropped = 0;
    for (const [ledgerId, entries] of this.#ledgers) {
      for (const [key, entry] of entries) {
        if (entry.at > oldest) break;
        this.acknowledge(ledgerId, key);
        dropped += 1;
      }
    }
    return dropped;
  }

  #drop(ledgerId: string, key: string): boolean {
    const entries = this.#ledgers.get(ledgerId);
    const entry = entries?.get(key);
    if (!entries || !entry) return false;
    entries.delete(key);
    this.#entries -= 1;
    this.#characters -= entry.lines.length;
    return true;
  }
}
