/** What a browser sends to sign in. */
import * as v from 'valibot';

const TOKEN = 'must be a text of 1 to 4096 characters';

/** `POST /session`. */
export const SessionSchema = v.object({
  token: v.pipe(
    v.string(TOKEN),
    v.minLength(1, TOKEN),
    v.maxLength(4_096, TOKEN),
    v.description('What MOTES_TOKEN holds on the orchestrator.'),
  ),
});
