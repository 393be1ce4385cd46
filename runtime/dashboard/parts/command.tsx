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
  return (
    <span class={text.includes('\n') ? 'command is-block' : 'command'}>
      {text.includes('\n') ? <pre>{text}</pre> : <code>{text}</code>}
      {/* Only secure pages may write to the clipboard: by plain HTTP from elsewhere the text is to be marked by hand. */}
      {globalThis.isSecureContext && (
        <button type="button" onClick={copy} aria-live="polite">
          {t(isCopied.value ? 'action.copied' : 'action.copy')}
        </button>
      )}
    </span>
  );
}
