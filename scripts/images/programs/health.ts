/** The images' HEALTHCHECK: exit code 0 when the role in this container answers `/livez`. Loads little, as it runs often. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

const TIMEOUT_MS = 2_000;

const { MOTES_PORT: port, MOTES_TLS_CERT: certificate } = process.env;
// This process calls itself: whose certificate it is need not be proven.
const request = certificate
  ? requestHttps({ port, path: '/livez', timeout: TIMEOUT_MS, rejectUnauthorized: false })
  : requestHttp({ port, path: '/livez', timeout: TIMEOUT_MS });
request.on('response', ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1));
request.on('timeout', () => process.exit(1));
request.on('error', () => process.exit(1));
request.end();
