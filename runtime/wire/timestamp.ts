/** Local times as the original system wrote them: without a zone. */

/** `2025-01-07T10:30:00`, from milliseconds since 1970. */
export function localTimestamp(ms: number): string {
  const date = new Date(ms);
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-');
  return `${day}T${[pad(date.getHours()), pad(date.getMinutes()), pad(date.getSeconds())].join(':')}`;
}

/** `20250107_103000`, for file names. */
export function fileTimestamp(ms: number): string {
  return localTimestamp(ms).replaceAll(/[-:]/g, '').replace('T', '_');
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
