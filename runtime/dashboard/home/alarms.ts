import type { Overview } from '../../wire/overview.ts';
import type { TextName } from '../text/text.ts';

/** Something that somebody should look at. */
export interface Alarm {
  readonly name: TextName;
  readonly values: Readonly<Record<string, string | number>>;
  /** The search that shows the tasks; null where it is about no tasks. */
  readonly query: string | null;
}

const NAMED = 4;

/** What is wrong now, the worst first. */
export function alarmsOf({ workers, divergences, suspects }: Overview): Alarm[] {
  const offline = workers.filter(({ status }) => status === 'offline').map(({ id }) => id);
  const inCondition = (wanted: string): string[] =>
    workers.filter(({ status, condition }) => status === 'online' && condition === wanted).map(({ id }) => id);
  const [quarantined, faulty] = [inCondition('quarantined'), inCondition('faulty')];
  const alarms: (Alarm | false)[] = [
    divergences > 0 && { name: 'alarm.divergences', values: { count: divergences }, query: null },
    faulty.length > 0 && { name: 'alarm.faulty', values: { names: listed(faulty) }, query: null },
    quarantined.length > 0 && { name: 'alarm.quarantined', values: { names: listed(quarantined) }, query: null },
    offline.length > 0 && {
      name: offline.length === 1 ? 'alarm.offline' : 'alarm.offlines',
      values: { count: offline.length, names: listed(offline) },
      query: null,
    },
    suspects > 0 && { name: 'alarm.suspects', values: { count: suspects }, query: 'suspect:yes' },
  ];
  return alarms.filter((alarm) => alarm !== false);
}

function listed(names: readonly string[]): string {
  return names.length <= NAMED ? names.join(', ') : `${names.slice(0, NAMED).join(', ')} … (${names.length})`;
}
