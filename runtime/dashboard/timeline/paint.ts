/** Colours of the page, as a canvas takes them. */
import type { AttemptStatus } from '../../wire/task.ts';

export const COLOURS = [
  ...['text', 'faint', 'line', 'panel', 'ground', 'accent', 'queued', 'running', 'succeeded', 'failed', 'cancelled'],
  ...['type-1', 'type-2', 'type-3', 'type-4', 'type-5', 'type-6', 'type-7', 'type-8'],
] as const;
export type Colours = Readonly<Record<string, string>>;
const TYPE_COLOURS = 8;

/** Which colour a status has: as everywhere on the page. */
export const COLOUR_OF_STATUS: Readonly<Record<AttemptStatus, string>> = {
  running: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  timed_out: 'failed',
  lost: 'failed',
  cancelled: 'cancelled',
  released: 'queued',
  superseded: 'queued',
};

export function isFailure(status: AttemptStatus): boolean {
  return COLOUR_OF_STATUS[status] === 'failed';
}

/** The colour of a type: the same for as long as the page is open. */
export class TypeColours {
  readonly #numbers = new Map<string, number>();

  of(type: string): string {
    let number = this.#numbers.get(type);
    if (number === undefined) {
      number = this.#numbers.size % TYPE_COLOURS;
      this.#numbers.set(type, number);
    }
    return `type-${number + 1}`;
  }

  get types(): string[] {
    return [...this.#numbers.keys()];
  }
}

/** Reads the colours as they are now: `light-dark()` is for the browser to resolve, so each is put on and read back. */
export function readColours(within: HTMLElement): Colours {
  const probe = document.createElement('span');
  within.append(probe);
  const colours = COLOURS.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(colours);
}
