/** The address holds everything that was chosen: what is sent to a colleague shows him the same. */
import { computed, signal } from '@preact/signals';

export const VIEWS = ['home', 'tasks', 'run', 'task', 'compare', 'submit'] as const;
export type View = (typeof VIEWS)[number];

const address = signal(new URLSearchParams(location.search));
addEventListener('popstate', () => {
  address.value = new URLSearchParams(location.search);
});

/** A part of the address; the empty text where it is absent. */
export function part(name: string): string {
  return address.value.get(name) ?? '';
}

export const view = computed<View>(() => VIEWS.find((known) => known === part('view')) ?? 'home');

/** The address with some parts changed; null or the empty text takes one away. */
export function addressWith(change: Readonly<Record<string, string | null>>, from = address.value): string {
  const next = new URLSearchParams(from);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === '') next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  return text === '' ? '/' : `/?${text}`;
}

/** The address of another view: only what is given, nothing of what was chosen here. */
export function addressOf(view: View, parts: Readonly<Record<string, string | null>> = {}): string {
  return addressWith({ view: view === 'home' ? null : view, ...parts }, new URLSearchParams());
}

/** Goes to an address of this page. `replace`: the one before is not worth coming back to. */
export function go(to: string, replace = false): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  address.value = new URLSearchParams(location.search);
}

/** Changes parts of the address in place. */
export function choose(change: Readonly<Record<string, string | null>>): void {
  go(addressWith(change), true);
}
