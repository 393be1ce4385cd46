import { useSignal } from '@preact/signals';
import { isLive } from '../state/store.ts';
import { t } from '../text/text.ts';

interface ActionProps {
  readonly what: string;
  /** Said to those who cannot see where the button stands. */
  readonly label?: string;
  /** Asked before it is done; without it, it is done at once. */
  readonly confirm?: boolean;
  readonly disabled?: boolean;
  readonly run: () => Promise<unknown>;
}

/** A button that does something at the orchestrator: confirmed where it cannot be undone, off while disconnected. */
export function Action({ what, label, confirm = false, disabled = false, run }: ActionProps) {
  const state = useSignal<'idle' | 'asking' | 'busy'>('idle');
  const error = useSignal<string | null>(null);
  const act = async (): Promise<void> => {
    state.value = 'busy';
    error.value = null;
    await run().catch((cause: Error) => {
      error.value = cause.message;
    });
    state.value = 'idle';
  };
  const ask = (): void => {
    state.value = 'asking';
  };
  const isOff = disabled || !isLive.value || state.value === 'busy';
  if (state.value === 'asking')
    return (
      <fieldset class="action">
        <legend class="unseen">{label ?? what}</legend>
        <button type="button" class="is-danger" disabled={isOff} onClick={act} ref={focus}>
          {t('action.confirm', { what: what.toLowerCase() })}
        </button>
        <button type="button" onClick={() => (state.value = 'idle')}>
          {t('action.dismiss')}
        </button>
      </fieldset>
    );
  return (
    <span class="action">
      <button
        type="button"
        aria-label={label}
        disabled={isOff}
        title={isLive.value ? undefined : t('action.offline')}
        onClick={confirm ? ask : act}
      >
        {what}
      </button>
      {error.value !== null && (
        <span class="error" role="alert">
          {t('error.title', { detail: error.value })}
        </span>
      )}
    </span>
  );
}

/** Outside of the part, so that it is the same each time: else the focus would jump back whenever the page changes. */
function focus(button: HTMLButtonElement | null): void {
  button?.focus();
}
