import { t } from '../text/text.ts';
import { Runs } from './runs.tsx';
import { Workers } from './workers.tsx';

/** The fleet: who works, on what, and what is to be done. */
export function Home() {
  return (
    <>
      <h1 class="unseen">{t('nav.home')}</h1>
      <div class="columns">
        <Workers />
        <Runs />
      </div>
    </>
  );
}
