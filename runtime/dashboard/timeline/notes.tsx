import type { ReadonlySignal } from '@preact/signals';
import { now } from '../state/clock.ts';
import { count, moment, t } from '../text/text.ts';
import type { Feed } from './feed.ts';

/** What the picture does not show, in words. */
export function Notes({ feed, version }: { feed: Feed; version: ReadonlySignal<number> }) {
  version.value;
  now.value;
  const { density, known, missingBefore, extent } = feed;
  if (!feed.isThere) return <p class="empty">{feed.error ? '' : t('loading')}</p>;
  return (
    <>
      {extent === null && <p class="empty">{t('timeline.none')}</p>}
      {density && (
        <p class="faint">{t(known ? 'timeline.partly' : 'timeline.dense', { count: count(density.total) })}</p>
      )}
      {missingBefore !== null && <p class="faint">{t('timeline.missing', { time: moment(missingBefore) })}</p>}
    </>
  );
}
