import { Validator } from '@cfworker/json-schema';
import { describe, expect, test } from 'vitest';
import { declarations } from '../../../functions/catalogue.ts';
import { describeOrchestratorApi } from '../../orchestrator/api/openapi.ts';
import { type ApiDocument, grouped, isSchema } from './document.ts';
import { curlOf, exampleOf } from './examples.ts';

const functions = declarations.filter(({ internal }) => !internal);
const document = describeOrchestratorApi({ version: '1', functions, cookie: 'c' }) as unknown as ApiDocument;
const all = grouped(document, '').flatMap((group) => group.all);

function curl(id: string): string {
  return curlOf(all.find(({ operation }) => operation.operationId === id)!, document, 'http://localhost:5000');
}

describe('operations', () => {
  test('stand below their headings, each once', () => {
    const ids = all.map(({ operation }) => operation.operationId);
    const documented = Object.values(document.paths).flatMap((path) => Object.values(path));
    expect(ids.sort()).toEqual(documented.map(({ operationId }) => operationId).sort());
  });

  test('are found by all words that are given, in whatever case', () => {
    const found = (words: string) =>
      grouped(document, words).flatMap((group) => group.all.map(({ operation }) => operation.operationId));
    expect(found('delete RUNS')).toEqual(['cancelRun']);
    expect(found('no such thing')).toEqual([]);
  });
});

describe('an example', () => {
  // What is sent: nobody makes up results.
  const sent = Object.entries(document.components.schemas).filter(([name]) =>
    /^(Submission|Registration)$|(Task|Parameters)$/.test(name),
  );
  const schemas = sent.map(([name, schema]) => ({ name, schema }));

  test.each(schemas)('of $name fits it', ({ schema }) => {
    const validator = new Validator({ ...schema, components: document.components } as object, '2020-12', false);
    expect(validator.validate(exampleOf(schema, document)).errors).toEqual([]);
  });
});

describe('a command for curl', () => {
  test.each([
    {
      id: 'getStatus',
      says: 'curl -H "authorization: Bearer $MOTES_TOKEN" http://localhost:5000/status',
    },
    { id: 'getLiveness', says: 'curl http://localhost:5000/livez' },
    {
      id: 'followEvents',
      says: 'curl -N -H "authorization: Bearer $MOTES_TOKEN" http://localhost:5000/events',
    },
    {
      id: 'putBlob',
      says: `curl -X PUT -H "authorization: Bearer $MOTES_TOKEN" -H 'content-type: application/octet-stream' --data-binary @FILE http://localhost:5000/blobs/SHA256`,
    },
    {
      id: 'signIn',
      says: `curl -X POST -H 'content-type: application/json' -d '{"token":"text"}' http://localhost:5000/session`,
    },
  ])('for $id', ({ id, says }) => {
    expect(curl(id)).toBe(says);
  });

  test('for tasks has the example that was written for it', () => {
    expect(curl('executeTasks')).toContain(`"type":"benchmark_wasm"`);
    expect(curl('streamTasks')).toContain(`-d '{"id":"text"`);
  });

  test('leaves nothing to the shell', () => {
    const [placed] = all.filter(({ operation }) => operation.operationId === 'signIn');
    const content = { 'application/json': { schema: {}, example: { token: `it's $HOME` } } };
    const operation = { ...placed!.operation, requestBody: { description: '', required: true, content } };
    expect(curlOf({ ...placed!, operation }, document, '')).toContain(String.raw`-d '{"token":"it'\''s $HOME"}'`);
  });
});

test('what events and lines are is told from one another', () => {
  const items = (path: string, method: string) =>
    JSON.parse(JSON.stringify(document.paths[path]![method])).responses?.['200']?.content?.['text/event-stream']?.[
      'x-items'
    ];
  expect(isSchema(items('/events', 'get'))).toBe(false);
  expect(isSchema({ $ref: '#/components/schemas/NewTask' })).toBe(true);
});
