/** The system itself: how it is, what it can run, who may ask, how all of this is described. */
import * as v from 'valibot';
import { defineOperation, json, type Operation, text } from '../../../http/openapi/operation.ts';
import { described } from '../../../wire/described.ts';
import { FunctionListingSchema } from '../../../wire/invocation.ts';
import { MetricsTargetsSchema, StatusSchema } from '../../../wire/orchestrator-api.ts';
import { OverviewSchema } from '../../../wire/overview.ts';
import { SessionSchema } from '../../../wire/session.ts';

const SYSTEM = 'System';
const PAGE = 'Page';

/** `?verbose`. */
const VERBOSE = v.object({
  verbose: v.optional(described(v.string(), 'With it, whatever its value, there is a line for each check.')),
});

export const systemOperations: readonly Operation[] = [
  defineOperation({
    ...{ id: 'getStatus', method: 'get', path: '/status', tag: SYSTEM },
    summary: 'Workers and tasks, counted',
    answers: { 200: json('How many there are of what.', StatusSchema) },
    problems: ['storage_failed'],
  }),
  defineOperation({
    ...{ id: 'getOverview', method: 'get', path: '/overview', tag: SYSTEM },
    summary: 'Everything at a glance',
    description: 'What the page shows first: tasks by state, rate, expected end, workers, runs that go on, alarms.',
    answers: { 200: json('How it is now.', OverviewSchema) },
    problems: ['storage_failed'],
  }),
  defineOperation({
    ...{ id: 'listFunctions', method: 'get', path: '/functions', tag: SYSTEM },
    summary: 'The functions, with JSON Schemas of parameters and results',
    answers: {
      200: json('All that tasks can name as their type.', v.object({ functions: v.array(FunctionListingSchema) })),
    },
  }),
  defineOperation({
    ...{ id: 'getLiveness', method: 'get', path: '/livez', tag: SYSTEM, isOpen: true },
    summary: 'Whether the process answers',
    query: VERBOSE,
    answers: { 200: text('It does.') },
  }),
  defineOperation({
    ...{ id: 'getReadiness', method: 'get', path: '/readyz', tag: SYSTEM },
    summary: 'Whether work is accepted',
    description:
      'Whether the ledger answers and can be written, its disk has room, tasks are sent out, and the process keeps up.',
    query: VERBOSE,
    answers: {
      200: text('It is.'),
      503: text('A line for each check: `[+]disk ok`, `[-]ledger: ` and what is wrong.'),
    },
  }),
  defineOperation({
    ...{ id: 'getMetrics', method: 'get', path: '/metrics', tag: SYSTEM },
    summary: 'Metrics, as Prometheus reads them',
    answers: { 200: text('In the text format of Prometheus.') },
    problems: ['storage_failed'],
  }),
  defineOperation({
    ...{ id: 'listMetricsTargets', method: 'get', path: '/metrics/targets', tag: SYSTEM },
    summary: 'Where the workers tell their metrics, as Prometheus takes it',
    description: 'For `http_sd_configs`; every worker has `/metrics`, too.',
    answers: { 200: json('The workers that are known, those that are away included.', MetricsTargetsSchema) },
  }),
  defineOperation({
    ...{ id: 'getOpenApi', method: 'get', path: '/openapi.json', tag: SYSTEM },
    summary: 'This document',
    answers: { 200: json('The API as OpenAPI 3.1.', v.record(v.string(), v.unknown())) },
  }),
  defineOperation({
    ...{ id: 'signIn', method: 'post', path: '/session', tag: SYSTEM, isOpen: true },
    summary: 'Signs a browser in',
    description:
      'The cookie is good for a week, no script can read it, and no other site can send it. What changes something is then taken from the own page only.',
    body: { description: 'The token.', contents: { 'application/json': { schema: SessionSchema } } },
    answers: {
      204: { description: 'Signed in.', headers: { 'set-cookie': 'What stands for the token from now on.' } },
    },
    problems: ['unauthorized', 'too_many_guesses'],
  }),
  defineOperation({
    ...{ id: 'signOut', method: 'delete', path: '/session', tag: SYSTEM, isOpen: true },
    summary: 'Signs the browser out',
    answers: { 204: { description: 'The cookie is taken away.' } },
  }),
  defineOperation({
    ...{ id: 'getPage', method: 'get', path: '/', tag: PAGE, isOpen: true },
    summary: 'The web page',
    answers: { 200: text('The page.', 'text/html') },
    problems: ['not_found'],
  }),
  defineOperation({
    ...{ id: 'getDocs', method: 'get', path: '/docs', tag: PAGE, isOpen: true },
    summary: 'The API for people',
    answers: { 200: text('The page that shows this document.', 'text/html') },
    problems: ['not_found'],
  }),
  defineOperation({
    ...{ id: 'getAsset', method: 'get', path: '/assets/:name', tag: PAGE, isOpen: true },
    summary: 'What the web page is made of',
    params: {
      name: described(v.string(), 'The name of a script, style sheet or image; it changes with what is in it.'),
    },
    answers: {
      200: { description: 'The file.', contents: { 'text/javascript': {}, 'text/css': {}, 'image/svg+xml': {} } },
    },
    problems: ['not_found'],
  }),
];
