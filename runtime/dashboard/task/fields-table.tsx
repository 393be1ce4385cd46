import { count, quantity, t } from '../text/text.ts';
import { descriptionOf, type Field, fieldsOf } from './fields.ts';

interface FieldsPanelProps {
  readonly title: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** JSON Schema: what is known of each. */
  readonly schema?: unknown;
  /** Other names of parameters, to those that the schema knows. */
  readonly spellings?: Readonly<Record<string, string>> | undefined;
  readonly hint?: string;
  readonly none?: string;
}

/** Single values with what they mean. */
export function FieldsPanel({ title, fields, schema, spellings = {}, hint, none }: FieldsPanelProps) {
  const rows = fieldsOf(fields);
  return (
    <section class="panel">
      <h2>{title}</h2>
      {hint !== undefined && <p class="faint">{hint}</p>}
      {rows.length === 0 ? (
        <p class="empty">{none ?? t('task.nothing')}</p>
      ) : (
        <table class="field-table">
          <tbody>
            {rows.map(({ name, value }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                  <Description text={descriptionOf(schema, spellings[name] ?? name)} />
                </th>
                <td class={typeof value === 'number' ? 'number' : 'text'}>
                  <Value value={value} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Description({ text }: { text: string | null }) {
  return text === null ? null : <span class="faint description">{text}</span>;
}

/** A value: numbers to six digits, in full where one points at them; texts as they are. */
export function Value({ value }: { value: Field['value'] | undefined }) {
  if (value === undefined) return <span class="faint">–</span>;
  if (typeof value === 'number')
    return <span title={String(value)}>{Number.isInteger(value) ? whole(value) : quantity(value)}</span>;
  if (typeof value === 'object' && value !== null)
    return <span class="faint">{t('task.items', { count: count(value.items) })}</span>;
  return <span class="value">{String(value)}</span>;
}

/** Seeds and the like are names rather than amounts: they are shown to the last digit. */
function whole(value: number): string {
  return Math.abs(value) < 1e15 ? count(value) : quantity(value);
}
