import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { FunctionListing } from '../../wire/invocation.ts';
import { get } from '../state/api.ts';

const listings = signal<readonly FunctionListing[]>([]);
let isAsked = false;

/** What is known of a function; undefined until it is. They stay the same as long as the orchestrator does. */
export function useFunction(type: string | undefined): FunctionListing | undefined {
  useEffect(() => {
    if (isAsked) return;
    isAsked = true;
    get<{ functions: FunctionListing[] }>('/functions').then(
      ({ functions }) => {
        listings.value = functions;
      },
      () => {
        isAsked = false;
      },
    );
  }, []);
  return listings.value.find(
    ({ name, also_named }) => type !== undefined && (name === type || also_named.includes(type)),
  );
}
