/** `GET /tasks/RUN/ID/artifacts` and `…/artifacts/NAME`: what functions wrote beside their results. */
import { Readable } from 'node:stream';
import type { Hono } from 'hono';
import type { ArtifactList } from '../../../wire/orchestrator-api.ts';
import { Problem } from '../../../wire/problem.ts';
import type { OrchestratorDependencies } from '../dependencies.ts';

/** By the ending of a name; anything else is bytes. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  json: 'application/json',
  txt: 'text/plain',
  xyz: 'chemical/x-xyz',
};

export function addArtifactRoutes(app: Hono, { ledger, artifacts }: OrchestratorDependencies): void {
  app.get('/tasks/:run/:task/artifacts', async (c) => {
    const { detail } = await ledger.task(c.req.param('run'), c.req.param('task'));
    const list = await artifacts.list({ runId: detail.run_id, taskId: detail.id });
    const isComplete = detail.status !== 'queued' && detail.status !== 'running';
    return c.json({
      ...{ run_id: detail.run_id, id: detail.id, is_complete: isComplete },
      artifacts: list.map(({ name, bytes }) => ({ name, bytes, media_type: mediaTypeOf(name) })),
    } satisfies ArtifactList);
  });
  app.get('/tasks/:run/:task/artifacts/:name', async (c) => {
    const { detail } = await ledger.task(c.req.param('run'), c.req.param('task'));
    const name = c.req.param('name');
    const found = await artifacts.read({ runId: detail.run_id, taskId: detail.id, name });
    if (!found)
      throw new Problem(
        'unknown_artifact',
        `${detail.run_id}/${detail.id} has no artifact "${name}" - see …/artifacts`,
      );
    // Nobody's browser is to run what a function wrote.
    const headers = {
      'content-type': mediaTypeOf(name),
      'content-disposition': `attachment; filename="${name}"`,
      'x-content-type-options': 'nosniff',
      'content-length': String(found.bytes),
    };
    if (found.bytes === 0) found.content.destroy();
    return c.body(found.bytes === 0 ? '' : (Readable.toWeb(found.content) as ReadableStream), 200, headers);
  });
}

function mediaTypeOf(name: string): string {
  return MEDIA_TYPES[name.split('.').at(-1)!] ?? 'application/octet-stream';
}
