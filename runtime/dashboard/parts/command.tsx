import { useSignal } from '@preact/signals';
import { t } from '../text/text.ts';

/** A command to copy, or lines of a file. */
export function Command({ text }: { text: string }) {
  const isCopied = useSignal(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    isCopied.value = true;
    setTimeout(() => (isCopied.value = false), 2_000);
  };
  const Words = text.includes('\n') ? 'pre' : 'code';
  return (
    <span class={text.includes('\n') ? 'command is-block' : 'command'}>
      {/* What scrolls must be reachable by keyboard. */}
      <Words tabIndex={0}>{text}</Words>
      {/* Only secure pages may write to the clipboard: by plain HTTP from elsewhere the text is to be marked by hand. */}
      {globalThis.isSecureContext && (
        <button type="button" onClick={copy} aria-live="polite">
          {t(isCopied.value ? 'action.copied' : 'action.copy')}
        </button>
      )}
    </span>
  );
}
