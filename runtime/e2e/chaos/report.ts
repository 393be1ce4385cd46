/** What a test says on standard output: lines of what it did, checks, and a last line `N passed, N failed`. */

const SHOWN_FAULTS = 12;

export class Report {
  readonly #startedAt = performance.now();
  #passed = 0;
  #failed = 0;

  get hasFailed(): boolean {
    return this.#failed > 0;
  }

  /** A line of what is being done, with the seconds since the start. */
  say(line: string): void {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(1).padStart(6);
    process.stdout.write(`${seconds} s  ${line}\n`);
  }

  /** One check: passed when there are no faults. */
  check(name: string, faults: readonly string[]): void {
    if (faults.length === 0) this.#passed += 1;
    else this.#failed += 1;
    this.say(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
    for (const fault of faults.slice(0, SHOWN_FAULTS)) this.say(`         ${fault}`);
    if (faults.length > SHOWN_FAULTS) this.say(`         … and ${faults.length - SHOWN_FAULTS} more`);
  }

  /** A case that passes unless it throws. */
  async attempt(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.check(name, []);
    } catch (error) {
      this.check(name, describe(error));
    }
  }

  /** Something that cannot be tested here, and why. */
  skip(name: string, why: string): void {
    this.say(`skip   ${name}: ${why}`);
  }

  /** The last line; 1 when something failed. */
  end(): number {
    process.stdout.write(`${this.#passed} passed, ${this.#failed} failed\n`);
    return this.hasFailed ? 1 : 0;
  }
}

function describe(error: unknown): string[] {
  const lines: string[] = [];
  for (let one: unknown = error; one instanceof Error; one = one.cause)
    lines.push(...(one.stack ?? one.message).split('\n'));
  return lines.length > 0 ? lines : [String(error)];
}
