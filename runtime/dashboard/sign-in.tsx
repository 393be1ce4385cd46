import { useSignal } from '@preact/signals';
import { type ApiError, isSignInNeeded, send } from './state/api.ts';
import { t } from './text/text.ts';

/**
 * Asks for the token; the page then has a cookie that no script can read.
 * @param onSignedIn what is to be done then
 */
export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const token = useSignal('');
  const refusal = useSignal<string | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await send('POST', '/session', { token: token.value });
      isSignInNeeded.value = false;
      onSignedIn();
    } catch (error) {
      const { code, detail } = (error as ApiError).problem;
      refusal.value = code === 'unauthorized' ? t('signIn.wrong') : t('error.title', { detail });
    }
  };
  return (
    <main class="sign-in">
      <form class="panel" onSubmit={submit}>
        <h1>{t('signIn.title')}</h1>
        <label>
          {t('signIn.token')}
          <input
            type="password"
            autocomplete="current-password"
            required
            aria-describedby="sign-in-hint"
            value={token.value}
            onInput={(event) => (token.value = event.currentTarget.value)}
          />
        </label>
        <p id="sign-in-hint" class="faint">
          {t('signIn.hint')}
        </p>
        {refusal.value !== null && (
          <p class="error" role="alert">
            {refusal.value}
          </p>
        )}
        <button type="submit">{t('signIn.submit')}</button>
      </form>
    </main>
  );
}
