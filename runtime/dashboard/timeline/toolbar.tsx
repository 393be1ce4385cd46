import type { ReadonlySignal } from '@preact/signals';
import { Link } from '../parts/link.tsx';
import { toSpan } from '../state/span.ts';
import { addressOf, choose, part } from '../state/url.ts';
import { span as lengthText, moment, t } from '../text/text.ts';
import type { Stage } from './stage.ts';

const ZOOM = 2;

/** What can be done with the timeline by buttons: all that hands and keys can, too. */
export function Toolbar({ stage }: { stage: ReadonlySignal<Stage | null> }) {
  const made = stage.value;
  const isFollowing = made?.mode.value === 'follow';
  const isBrushing = made?.isBrushing.value ?? false;
  return (
    <div class="timeline-tools" role="toolbar" aria-label={t('timeline.tools')}>
      <button type="button" onClick={() => made?.whole()} aria-pressed={made?.mode.value === 'fit'}>
        {t('timeline.whole')}
      </button>
      <button type="button" role="switch" aria-checked={isFollowing} onClick={() => made?.follow(!isFollowing)}>
        {t('timeline.follow')}
      </button>
      <button
        type="button"
        aria-pressed={isBrushing}
        title={t('timeline.brushHint')}
        onClick={() => {
          if (made) made.isBrushing.value = !isBrushing;
        }}
      >
        {t('timeline.brush')}
      </button>
      <button type="button" aria-label={t('timeline.in')} onClick={() => made?.zoomBy(ZOOM)}>
        +
      </button>
      <button type="button" aria-label={t('timeline.out')} onClick={() => made?.zoomBy(1 / ZOOM)}>
        −
      </button>
      <label>
        {t('timeline.paint')}{' '}
        <select
          value={part('paint') === 'type' ? 'type' : 'status'}
          onChange={(event) => choose({ paint: event.currentTarget.value === 'type' ? 'type' : null })}
        >
          <option value="status">{t('timeline.byStatus')}</option>
          <option value="type">{t('timeline.byType')}</option>
        </select>
      </label>
      <Brushed stage={made} />
    </div>
  );
}

/** The brushed span, with the way to what is in it and the way out. */
function Brushed({ stage }: { stage: Stage | null }) {
  const span = toSpan(part('span'));
  if (!span) return null;
  const text = t('timeline.brushed', { from: moment(span.from), length: lengthText((span.to - span.from) / 1000) });
  const run = part('view') === 'run' ? `run:${part('run')} ` : '';
  return (
    <span class="span-chip">
      <span>{text}</span>
      <button type="button" onClick={() => stage?.show(span)}>
        {t('timeline.toSpan')}
      </button>
      <Link to={addressOf('tasks', { q: `${run}during:${span.from}..${span.to}` })}>{t('timeline.tasksIn')}</Link>
      <button type="button" aria-label={t('timeline.unbrush')} onClick={() => choose({ span: null })}>
        ✕
      </button>
    </span>
  );
}
