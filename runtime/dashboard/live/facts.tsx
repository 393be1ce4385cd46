/** The numbers beside the picture. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { Progress } from '../../wire/events.ts';
import { nameOf, progress } from '../state/store.ts';
import { count, quantity, span, t } from '../text/text.ts';
import { ObservableHistory, pathOf } from './history.ts';
import type { LiveState } from './live.tsx';
import { summaryOf } from './scene.ts';

const TICK_MS = 250;
/** The rate is that of so many milliseconds. */
const RATE_MS = 2_000;
const LINE = { width: 120, height: 24 };

export function Facts({ state, run, id }: { state: LiveState; run: string; id: string }) {
  const { shot } = state;
  const reported = useLastProgress(run, id);
  const { now, rate } = usePulse(state);
  const view = shot.value?.view;
  const step = view?.step ?? reported.progress?.done;
  return (
    <div class="live-facts">
      <dl>
        <Fact name={t('live.step')}>
          {step === undefined ? '–' : count(step)}
          {reported.progress && <span class="faint"> / {count(reported.progress.total)}</span>}
        </Fact>
        <Fact name={t('live.time')}>{view ? quantity(view.time) : '–'}</Fact>
        <Fact name={t('live.age')}>
          {shot.value ? t('live.ago', { age: age(Math.max(0, now - shot.value.madeAt)) }) : '–'}
        </Fact>
        <Fact name={t('live.rate')}>{rate === null ? '–' : t('live.perSecond', { rate: quantity(rate) })}</Fact>
      </dl>
      <Observables {...reported} />
      {view && <Statistics view={view} />}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** To a tenth of a second where that says something. */
function age(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : span(ms / 1000);
}

interface Reported {
  /** What the task said last, also after its end. */
  readonly progress: Progress | null;
  readonly history: ObservableHistory;
}

function useLastProgress(run: string, id: string): Reported {
  const last = useSignal<Progress | null>(null);
  const history = useMemo(() => new ObservableHistory(), [run, id]);
  useEffect(() => {
    last.value = null;
    return progress.subscribe((all) => {
      const next = all.get(nameOf({ run_id: run, id }));
      if (!next || next === last.peek()) return;
      if (next.observables) history.add(next.observables);
      last.value = next;
    });
  }, [run, id]);
  return { progress: last.value, history };
}

/** The time four times a second, and how many frames have come lately; null before that can be said. */
function usePulse({ shot }: LiveState): { now: number; rate: number | null } {
  const pulse = useSignal<{ now: number; rate: number | null }>({ now: Date.now(), rate: null });
  useEffect(() => {
    let times: number[] = [];
    const stop = shot.subscribe((next) => {
      if (next) times.push(performance.now());
    });
    const timer = setInterval(() => {
      const from = performance.now() - RATE_MS;
      times = times.filter((time) => time >= from);
      pulse.value = { now: Date.now(), rate: times.length > 1 ? (times.length * 1000) / RATE_MS : null };
    }, TICK_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, []);
  return pulse.value;
}

function Observables({ progress: last, history }: Reported) {
  const observables = Object.entries(last?.observables ?? {});
  if (observables.length === 0) return null;
  return (
    <table class="live-observables">
      <caption class="unseen">{t('live.observables')}</caption>
      <tbody>
        {observables.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name.replaceAll('_', ' ')}</th>
            <td>
              <svg aria-hidden="true" viewBox={`0 -2 ${LINE.width} ${LINE.height + 4}`} preserveAspectRatio="none">
                <path d={pathOf(history.of(name), LINE.width, LINE.height)} />
              </svg>
            </td>
            <td class="number">{quantity(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What the picture shows, for those who do not see it. */
function Statistics({ view }: { view: Parameters<typeof summaryOf>[0] }) {
  const { shown, particles, meanSpeed, greatestSpeed, lengths } = summaryOf(view);
  const rows: [string, string][] = [
    [
      t('live.particles'),
      shown === particles ? count(particles) : t('live.shownOf', { shown: count(shown), particles: count(particles) }),
    ],
  ];
  if (meanSpeed !== null) rows.push([t('live.meanSpeed'), quantity(Number(meanSpeed.toPrecision(3)))]);
  if (greatestSpeed !== null) rows.push([t('live.greatestSpeed'), quantity(Number(greatestSpeed.toPrecision(3)))]);
  rows.push([
    t(view.hasBox ? 'live.box' : 'live.extent'),
    lengths.map((length) => quantity(Number(length.toPrecision(4)))).join(' × '),
  ]);
  return (
    <table class="live-statistics">
      <caption>{t('live.statistics')}</caption>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="number">{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
