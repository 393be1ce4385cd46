import { describe, expect, test } from 'vitest';
import { declarations } from '../../../functions/catalogue.ts';
import { makeApp } from '../testing/orchestrator-app.ts';
import { describeOrchestratorApi } from './openapi.ts';
import { openPaths, operations } from './operations.ts';

const functions = declarations.filter(({ internal }) => !internal);
const document = describeOrchestratorApi({ version: '1.2.3', functions, cookie: 'motes_session' });

/** All objects of a document, with where they stand. */
function* objectsOf(value: unknown, at = '#'): Generator<[at: string, object: Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Record<string, unknown>];
  for (const [key, inner] of Object.entries(value)) yield* objectsOf(inner, `${at}/${key}`);
}

describe('the document of the API', () => {
  test('has an operation for every route, and a route for every operation: describe yours in api/operations/', async () => {
    const { app } = await makeApp();
    const routed = app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`);
    const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(described.sort()).toEqual(routed.sort());
  });

  test('is answered at /openapi.json', async () => {
    const { get } = await makeApp({ guard: { token: 'secret' } });
    const { headers, body } = await get('/openapi.json', { authorization: 'Bearer secret' });
    expect(headers.get('content-type')).toBe('application/json');
    expect(body.paths).toEqual(document.paths);
    expect(body.components.schemas).toEqual(document.components.schemas);
  });

  test('refers to nothing that is not there', () => {
    const references = [...objectsOf(document)].filter(([, { $ref }]) => typeof $ref === 'string');
    expect(references.length).toBeGreaterThan(50);
    for (const [at, { $ref }] of references) {
      const name = /^#\/components\/schemas\/(\w+)$/.exec(String($ref))?.[1] ?? '';
      expect(document.components.schemas, `${at} refers to ${$ref}`).toHaveProperty(name);
    }
  });

  test('gives every operation an id of its own, a known tag, a summary and a good answer', () => {
    const ids = operations.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = (document.tags as { name: string }[]).map(({ name }) => name);
    for (const { id, tag, summary, answers } of operations) {
      expect(tags, id).toContain(tag);
      expect(summary, id).toMatch(/^[A-Z].*[^.]$/);
      expect(
        Object.keys(answers).some((status) => /^[23]/.test(status)),
        id,
      ).toBe(true);
    }
  });

  test('describes every parameter in a sentence', () => {
    const parameters = Object.values(document.paths).flatMap((path) =>
      Object.values(path).flatMap(({ parameters }) => parameters as { name: string; description?: string }[]),
    );
    expect(parameters.length).toBeGreaterThan(20);
    for (const { name, description } of parameters) expect(description, name).toMatch(/^[A-Z`].*\.$/);
  });

  test('names what is open to those without a token, and only that', () => {
    const open = Object.entries(document.paths).filter(([, path]) =>
      Object.values(path).every(({ security }) => Array.isArray(security) && security.length === 0),
    );
    expect(open.map(([path]) => path.replaceAll(/\{(\w+)\}/g, ':$1')).sort()).toEqual([...new Set(openPaths)].sort());
    expect([...new Set(openPaths)].sort()).toEqual(['/', '/assets/:name', '/docs', '/livez', '/session']);
  });

  test('tells a task by its type, under all names of its function', () => {
    const { NewTask, LennardJonesTask, LennardJonesParameters } = document.components.schemas;
    expect(NewTask!.discriminator).toMatchObject({
      propertyName: 'type',
      mapping: { lennard_jones: '#/components/schemas/LennardJonesTask', benchmark_cython: expect.any(String) },
    });
    expect(LennardJonesTask).toMatchObject({ required: ['id', 'type'], additionalProperties: false });
    expect(LennardJonesParameters!.properties).toMatchObject({
      particles: { type: 'integer', minimum: 2 },
      num_particulas: { type: 'integer', minimum: 2 },
    });
  });
});
