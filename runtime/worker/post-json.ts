import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type ClientTls, explainTlsFailure } from '../http/tls-client.ts';

const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * Posts JSON and reads JSON, null where the answer is none. A client library would cost a worker start-up time and
 * megabytes for one small request each few seconds.
 * @throws Error when there is no answer in time.
 */
export async function postJson(
  url: string,
  body: unknown,
  options: { readonly token: string | null; readonly tls?: ClientTls; readonly timeoutMs: number },
): Promise<{ status: number; body: unknown }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: unknown }>();
  const send = url.startsWith('https:') ? requestHttps : requestHttp;
  const authorization = options.token === null ? {} : { authorization: `Bearer ${options.token}` };
  const headers = { 'content-type': 'application/json', ...authorization };
  const signal = AbortSignal.timeout(options.timeoutMs);
  const request = send(url, { method: 'POST', headers, signal, ...options.tls }, (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) response.destroy(new Error(`an answer over ${MAX_ANSWER_BYTES} bytes`));
    });
    response.on('error', reject);
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parseOrNull(chunks) }));
  });
  request.on('error', (error) => {
    const tls = explainTlsFailure(error);
    reject(tls === null ? error : new Error(tls, { cause: error }));
  });
  request.end(JSON.stringify(body));
  return promise;
}

function parseOrNull(chunks: readonly Buffer[]): unknown {
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return null;
  }
}
