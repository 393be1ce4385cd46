/** What a role logs, as people read it. Roles write JSON lines when nobody reads them on a terminal. */

/** Written by the logger for machines; a reader knows them already or does not care. */
const UNTOLD_FIELDS = new Set(['level', 'time', 'name', 'msg', 'pid', 'hostname', 'err']);

/** A log line as its message and the fields beside it, `task started  task=a attempt=1`; any other line as it is. */
export function readableLogLine(line: string): string {
  const entry = parseEntry(line);
  if (!entry) return line;
  const fields = Object.entries(entry)
    .filter(([name]) => !UNTOLD_FIELDS.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const error = (entry.err as { message?: unknown } | undefined)?.message;
  return [
    `${entry.msg}${error === undefined ? '' : `: ${error}`}`,
    ...(fields.length > 0 ? [fields.join(' ')] : []),
  ].join('  ');
}

function parseEntry(line: string): (Record<string, unknown> & { msg: string }) | null {
  if (!line.startsWith('{')) return null;
  try {
    const entry = JSON.parse(line);
    return typeof entry.msg === 'string' ? entry : null;
  } catch {
    return null;
  }
}
