import type { WorkerGlance } from '../../wire/overview.ts';
import { Action } from '../parts/action.tsx';
import { Badge } from '../parts/badge.tsx';
import { Command } from '../parts/command.tsx';
import { Scroll } from '../parts/scroll.tsx';
import { send } from '../state/api.ts';
import { now } from '../state/clock.ts';
import { overview } from '../state/store.ts';
import { ago, count, quantity, t } from '../text/text.ts';

/** worker2 before worker10. */
const byName = new Intl.Collator(undefined, { numeric: true });

/** The workers, with what they do. */
export function Workers() {
  const workers = (overview.value?.workers ?? []).toSorted((a, b) => byName.compare(a.id, b.id));
  return (
    <section class="panel" aria-labelledby="workers-title">
      <h2 id="workers-title">{t('workers.title')}</h2>
      {workers.length === 0 ? (
        <p class="empty">
          {t('workers.none')} <Command text={`motes worker --orchestrator ${location.origin}`} />
        </p>
      ) : (
        <Scroll label={t('workers.title')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('workers.id')}</th>
                <th scope="col">{t('workers.state')}</th>
                <th scope="col">{t('workers.load')}</th>
                <th scope="col" class="number">
                  {t('workers.speed')}
                </th>
                <th scope="col">{t('workers.seen')}</th>
                <th scope="col">
                  <span class="unseen">{t('workers.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {workers.map((worker) => (
                <WorkerRow key={worker.id} worker={worker} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function WorkerRow({ worker }: { worker: WorkerGlance }) {
  const { id, status, condition, fault, slots, running, waiting, speed, last_seen } = worker;
  const isOnline = status === 'online';
  return (
    <tr>
      <th scope="row">{id}</th>
      <td title={fault ?? undefined}>
        {isOnline && condition !== 'ready' ? <Badge kind="condition" state={condition} /> : <Badge state={status} />}
        {fault !== null && <div class="error">{fault}</div>}
      </td>
      <td>
        <meter min={0} max={Math.max(1, slots)} value={Math.min(running, slots)} aria-label={`${running} / ${slots}`} />{' '}
        {count(running)} / {count(slots)}
        {waiting > 0 && <span class="faint"> +{count(waiting)}</span>}
      </td>
      <td class="number">{speed === null ? '–' : `${quantity(speed)} ×`}</td>
      <td>{last_seen === null ? t('workers.never') : ago(now.value - last_seen)}</td>
      <td>
        {isOnline && condition !== 'draining' && (
          <Action
            what={t('action.drain')}
            label={t('workers.drain', { id })}
            confirm
            run={() => send('POST', `/workers/${encodeURIComponent(id)}/drain`)}
          />
        )}
      </td>
    </tr>
  );
}
