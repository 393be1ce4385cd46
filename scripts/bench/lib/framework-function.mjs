/** The no-op as a function of @google-cloud/functions-framework: the same request, the same answer. */
import { http } from '@google-cloud/functions-framework';

http('noop', (request, response) => {
  if (request.body?.type !== 'noop') response.status(422);
  response.json({ result: { ok: true } });
});
