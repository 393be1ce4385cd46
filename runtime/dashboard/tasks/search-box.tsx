/** Where a search is typed: read as it is typed, with what may come next, and what is wrong with it. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { type Fault, SearchError } from '../../search/fault.ts';
import { parseSearch } from '../../search/parse.ts';
import { choose, part } from '../state/url.ts';
import { type TextName, t } from '../text/text.ts';
import { type Known, type Suggestions, suggest } from './suggestions.ts';

/** A search is asked for when nobody has typed for so long. */
const PAUSE_MS = 300;

/** Why a text is no search; null where it is one. */
export function faultOf(text: string, parameters: readonly string[] | null): Fault | null {
  try {
    parseSearch(text, parameters);
    return null;
  } catch (error) {
    if (error instanceof SearchError) return error.fault;
    throw error;
  }
}

/** A fault in the reader's language. */
export function sayFault({ reason, values }: Fault): string {
  const expected =
    values.expected === undefined ? {} : { expected: t(`search.expected.${values.expected}` as TextName) };
  return t(`search.${reason}`, { ...values, ...expected });
}

export function SearchBox({ known }: { known: Known }) {
  const draft = useSignal(part('q'));
  const open = useSignal<Suggestions | null>(null);
  const active = useSignal(-1);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const asked = useRef(part('q'));
  // Another address than the one that was written from here: its search takes the place of what was typed.
  useSignalEffect(() => {
    const q = part('q');
    if (q === asked.current) return;
    clearTimeout(timer.current);
    asked.current = q;
    draft.value = q;
  });
  // Whoever leaves asks for nothing more: another view has its own address.
  useEffect(() => () => clearTimeout(timer.current), []);
  const parameters = known.parameters.length === 0 ? null : known.parameters;
  const fault = faultOf(draft.value, parameters);
  const ask = (): void => {
    clearTimeout(timer.current);
    if (faultOf(draft.value, parameters)) return;
    asked.current = draft.value;
    choose({ q: draft.value });
  };
  const type = (text: string): void => {
    draft.value = text;
    active.value = -1;
    open.value = suggest(text, input.current?.selectionStart ?? text.length, known);
    clearTimeout(timer.current);
    timer.current = setTimeout(ask, PAUSE_MS);
  };
  const take = (index: number): void => {
    const { start, end, texts } = open.value!;
    const text = draft.value.slice(0, start) + texts[index]! + draft.value.slice(end);
    const caret = start + texts[index]!.length;
    type(text);
    open.value = suggest(text, caret, known);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(caret, caret);
    });
  };
  const onKey = (event: KeyboardEvent): void => {
    const count = open.value?.texts.length ?? 0;
    if (event.key === 'ArrowDown' && count > 0) active.value = (active.value + 1) % count;
    else if (event.key === 'ArrowUp' && count > 0) active.value = ((active.value + count) % (count + 1)) - 1;
    else if ((event.key === 'Enter' || event.key === 'Tab') && active.value >= 0) take(active.value);
    else if (event.key === 'Escape' && count > 0) open.value = null;
    else {
      if (event.key === 'Enter') ask();
      return;
    }
    event.preventDefault();
  };
  const texts = open.value?.texts ?? [];
  return (
    <search class="search">
      <div class="search-label">
        <label for="search-input">{t('search.label')}</label>
        <FaultLine text={draft.value} fault={fault} />
      </div>
      <div class="search-field">
        <input
          id="search-input"
          ref={input}
          type="text"
          role="combobox"
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          placeholder={t('search.example')}
          value={draft.value}
          aria-invalid={fault !== null}
          aria-expanded={texts.length > 0}
          aria-controls="search-options"
          aria-activedescendant={active.value >= 0 ? `search-option-${active.value}` : undefined}
          aria-describedby="search-fault"
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={onKey}
          onBlur={() => (open.value = null)}
        />
        <div
          id="search-options"
          role="listbox"
          aria-label={t('search.options')}
          class={texts.length > 0 ? 'is-open' : ''}
        >
          {texts.map((text, index) => (
            <div
              key={text}
              id={`search-option-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active.value}
              onMouseDown={(event) => {
                event.preventDefault();
                take(index);
              }}
            >
              {text}
            </div>
          ))}
        </div>
      </div>
    </search>
  );
}

/** What is wrong and where. */
function FaultLine({ text, fault }: { text: string; fault: Fault | null }) {
  return (
    <p id="search-fault" class="error" role="status">
      {fault && (
        <>
          <span aria-hidden="true">✕</span> {t('search.column', { column: fault.start + 1 })}{' '}
          {fault.end > fault.start && <mark>{text.slice(fault.start, fault.end)}</mark>} {sayFault(fault)}
        </>
      )}
    </p>
  );
}
