import type { ReadonlySignal } from '@preact/signals';
import { part } from '../state/url.ts';
import { type TextName, t, word } from '../text/text.ts';
import type { Stage } from './stage.ts';

const STATUSES = ['running', 'succeeded', 'failed', 'cancelled', 'superseded'] as const;
const MARKS = ['retry', 'copy', 'checkpoint', 'resume', 'lost', 'density', 'fold'] as const;

/** What colours and shapes mean. */
export function Legend({ stage, version }: { stage: ReadonlySignal<Stage | null>; version: ReadonlySignal<number> }) {
  version.value;
  const types = part('paint') === 'type' ? (stage.value?.types.types ?? []) : null;
  return (
    <ul class="timeline-legend" aria-label={t('timeline.legend')}>
      {types
        ? types.map((type) => (
            <li key={type}>
              <span class={`bar-swatch is-${stage.value!.types.of(type)}`} aria-hidden="true" /> {type}
            </li>
          ))
        : STATUSES.map((status) => (
            <li key={status}>
              <span class={`bar-swatch is-${status}`} aria-hidden="true" /> {word('status', status)}
            </li>
          ))}
      {MARKS.map((mark) => (
        <li key={mark}>
          <span class={`bar-mark is-${mark}`} aria-hidden="true" /> {t(`timeline.mark.${mark}` as TextName)}
        </li>
      ))}
    </ul>
  );
}
