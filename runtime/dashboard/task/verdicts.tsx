import * as v from 'valibot';
import { CheckSchema } from '../../wire/check.ts';
import { Scroll } from '../parts/scroll.tsx';
import { quantity, t } from '../text/text.ts';

/** What ought to hold of a result, and whether it does. */
export function Verdicts({ result }: { result: Readonly<Record<string, unknown>> }) {
  const checks = (Array.isArray(result.checks) ? result.checks : []).filter((check) => v.is(CheckSchema, check));
  if (checks.length === 0) return null;
  return (
    <section class="panel" id="checks">
      <h2>{t('task.checks')}</h2>
      <Scroll label={t('task.checks')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('task.check')}</th>
              <th scope="col" class="number">
                {t('task.found')}
              </th>
              <th scope="col" class="number">
                {t('task.bound')}
              </th>
              <th scope="col">{t('task.verdict')}</th>
            </tr>
          </thead>
          <tbody>
            {checks.map(({ name, value, bound, ok }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td class="number" title={String(value)}>
                  {quantity(value)}
                </td>
                <td class="number" title={String(bound)}>
                  ≤ {quantity(bound)}
                </td>
                <td>
                  <span class={`badge is-${ok ? 'succeeded' : 'failed'}`}>
                    <span aria-hidden="true">{ok ? '✓' : '✕'}</span> {t(ok ? 'task.holds' : 'task.fails')}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
