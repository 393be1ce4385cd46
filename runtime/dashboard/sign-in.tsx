import { useSignal } from '@preact/signals';
import { isSignInNeeded, send } from './state/api.ts';
import { connect } from './state/connection.ts';
import { t } from './text/text.ts';

/** Asks for the token; the page then has a cookie that no script can read. */
export function SignIn() {
  const token = useSignal('');
  const isWrong = useSignal(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await send('POST', '/session', { token: token.value });
      isSignInNeeded.value = false;
      connect();
    } catch {
      isWrong.value = true;
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
        {isWrong.value && (
          <p class="error" role="alert">
            {t('signIn.wrong')}
          </p>
        )}
        <button type="submit">{t('signIn.submit')}</button>
      </form>
    </main>
  );
}
