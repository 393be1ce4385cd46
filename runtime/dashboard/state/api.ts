/** Requests to the orchestrator that served this page. */
import { signal } from '@preact/signals';
import type { ProblemDocument } from '../../wire/problem.ts';

/** True once the orchestrator asks who this is. */
export const isSignInNeeded = signal(false);

/** What the orchestrator refused, or that it was not reached (code `unavailable`). */
export class ApiError extends Error {
  readonly problem: Pick<ProblemDocument, 'code' | 'detail'> & Partial<ProblemDocument>;

  constructor(problem: ApiError['problem'], cause?: unknown) {
    super(problem.detail, { cause });
    this.problem = problem;
  }
}

/** The answer as JSON. @throws ApiError */
export async function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return (await (await ask(path, signal ? { signal } : {})).json()) as Answer;
}

/** Sends something, as JSON unless it is text. @throws ApiError */
export async function send<Answer>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  contentType = 'application/json',
): Promise<Answer> {
  const content = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await ask(path, {
    method,
    ...(body !== undefined && { body: content, headers: { 'content-type': contentType } }),
  });
  const text = await response.text();
  return (text === '' ? null : JSON.parse(text)) as Answer;
}

/** The answer, if it is a good one. @throws ApiError */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin' });
  } catch (cause) {
    if ((cause as Error).name === 'AbortError') throw cause;
    throw new ApiError({ code: 'unavailable', detail: 'the orchestrator does not answer' }, cause);
  }
  if (response.ok) return response;
  if (response.status === 401) isSignInNeeded.value = true;
  throw new ApiError(await problemOf(response));
}

async function problemOf(response: Response): Promise<ApiError['problem']> {
  const text = await response.text();
  try {
    return JSON.parse(text) as ProblemDocument;
  } catch {
    return { code: 'internal', detail: `the orchestrator answered ${response.status}` };
  }
}

/** The path of a run, or of a task of it. */
export function pathOf(run: string, task?: string): string {
  return task === undefined
    ? `/runs/${encodeURIComponent(run)}`
    : `/tasks/${encodeURIComponent(run)}/${encodeURIComponent(task)}`;
}
