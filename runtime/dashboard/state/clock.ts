import { signal } from '@preact/signals';

/** Milliseconds since 1970, renewed each second: for what shows an age. */
export const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 1_000);
