/** What tasks came to on different engines, and where that differs. */

/** What a task came to on one engine. Digests are SHA-256. */
export interface Outcome {
  readonly name: string;
  readonly type: string;
  readonly result: Readonly<Record<string, unknown>>;
  /** Of the result as JSON. */
  readonly digest: string;
  /** Of all that was written beside it. */
  readonly artifacts: string;
  /** Of the result when it was resumed in the middle; null for one that takes no states. */
  readonly resumed: string | null;
}

/** Outcomes by the name of their engine. */
export type Engines = Readonly<Record<string, readonly Outcome[]>>;

/** What is not as on the first engine, or not the same when resumed, in words; nothing when all bits are equal. */
export function differences(engines: Engines, task: string): string[] {
  const outcomes = Object.entries(engines).map(
    ([engine, all]) => [engine, all.find(({ name }) => name === task)] as const,
  );
  const [, first] = outcomes[0] ?? [];
  if (!first) return ['it was not computed'];
  return outcomes.flatMap(([engine, outcome]) => {
    if (!outcome) return [`${engine}: it was not computed`];
    const faults: string[] = [];
    if (outcome.digest !== first.digest) faults.push(`${engine}: the result differs in ${differing(first, outcome)}`);
    if (outcome.artifacts !== first.artifacts) faults.push(`${engine}: what it wrote differs`);
    if (outcome.resumed !== null && outcome.resumed !== outcome.digest)
      faults.push(`${engine}: resumed in the middle it gives another result`);
    return faults;
  });
}

/** The fields of a result that differ, for whoever has to find out why. */
function differing({ result: a }: Outcome, { result: b }: Outcome): string {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...fields].filter((field) => JSON.stringify(a[field]) !== JSON.stringify(b[field])).join(', ');
}
