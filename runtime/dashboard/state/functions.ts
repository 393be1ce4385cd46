/** The functions that the orchestrator knows: asked for once, for they stay the same as long as it does. */
import { signal, useSignalEffect } from '@preact/signals';
import type { FunctionListing } from '../../wire/invocation.ts';
import { get } from './api.ts';
import type { Asked } from './asked.ts';
import { isLive } from './store.ts';

type Functions = readonly FunctionListing[];

const asked = signal<Asked<Functions>>({ answer: null, error: null });
let isOnItsWay = false;

/** What functions there are; until they are here, asked for again whenever the orchestrator is found. */
export function useFunctions(): Asked<Functions> {
  useSignalEffect(() => {
    if (isLive.value && !isOnItsWay && asked.peek().answer === null) void ask();
  });
  return asked.value;
}

async function ask(): Promise<void> {
  isOnItsWay = true;
  try {
    const { functions } = await get<{ functions: Functions }>('/functions');
    asked.value = { answer: functions, error: null };
  } catch (error) {
    asked.value = { answer: null, error: error as Error };
  } finally {
    isOnItsWay = false;
  }
}

/** The function that a task's type names, by its own name or another of its names. */
export function functionNamed<Known extends Pick<FunctionListing, 'name' | 'also_named'>>(
  functions: readonly Known[],
  type: string,
): Known | undefined {
  return functions.find(({ name, also_named }) => name === type || also_named.includes(type));
}
