/** Times on the axis: as exact as the step between them needs. */
import { language } from '../text/text.ts';

const formats = {
  day: new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric' }),
  minute: new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  second: new Intl.DateTimeFormat(language, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }),
  fraction: new Intl.DateTimeFormat(language, { minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 }),
};

export function axisTime(time: number, stepMs: number): string {
  if (stepMs >= 86_400_000) return formats.day.format(time);
  // Midnight is where the day changes: there it is named.
  if (stepMs >= 60_000) return isMidnight(time) ? formats.day.format(time) : formats.minute.format(time);
  return (stepMs >= 1_000 ? formats.second : formats.fraction).format(time);
}

function isMidnight(time: number): boolean {
  const date = new Date(time);
  return date.getHours() === 0 && date.getMinutes() === 0;
}
