/** The span of time that is brushed on the timeline, as `span=FROM..TO` in the address: it filters everything else. */
export interface TimeSpan {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** Null for what is no span. */
export function toSpan(text: string): TimeSpan | null {
  const match = /^(\d{1,16})\.\.(\d{1,16})$/.exec(text);
  if (!match) return null;
  const [from, to] = [Number(match[1]), Number(match[2])];
  return from < to ? { from, to } : null;
}

/** As it stands in the address, to whole milliseconds. */
export function spanText({ from, to }: TimeSpan): string {
  const first = Math.max(0, Math.floor(from));
  return `${first}..${Math.max(first + 1, Math.ceil(to))}`;
}

/** Whether something was going on in a span. @param end null while it still is */
export function isWithin(span: TimeSpan | null, begin: number, end: number | null): boolean {
  return span === null || (begin <= span.to && (end ?? Number.POSITIVE_INFINITY) >= span.from);
}
