import { t } from '../text/text.ts';

/** Why something is not shown. */
export function Failure({ error }: { error: Error }) {
  return (
    <p class="error" role="alert">
      {t('error.title', { detail: error.message })}
    </p>
  );
}
