import { lazy } from '../parts/lazy.tsx';
import { t } from '../text/text.ts';
import { Runs } from './runs.tsx';
import { Workers } from './workers.tsx';

/** What it needs comes after the rest is there. */
const Timeline = lazy<{ run?: string }>(async () => (await import('../timeline/timeline.tsx')).Timeline);

/** The fleet: who works, on what, and what is to be done. */
export function Home() {
  return (
    <>
      <h1 class="unseen">{t('nav.home')}</h1>
      <Timeline />
      <div class="columns">
        <Workers />
        <Runs />
      </div>
    </>
  );
}
