/** `GET /openapi.json`: what all of this is. */
import type { Hono } from 'hono';
import { type ApiSetting, describeOrchestratorApi } from '../openapi.ts';

export function addOpenApiRoute(app: Hono, setting: ApiSetting): void {
  let document: string | undefined;
  app.get('/openapi.json', (c) => {
    document ??= JSON.stringify(describeOrchestratorApi(setting));
    return c.body(document, 200, { 'content-type': 'application/json', 'cache-control': 'no-cache' });
  });
}
