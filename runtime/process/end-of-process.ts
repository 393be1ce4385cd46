/**
 * Resolves when this process is asked to end: by a signal, or because the parent that forked it has gone, so that a
 * parent which is killed leaves nobody behind.
 */
export function endOfProcess(self: NodeJS.Process): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) self.once(signal, () => resolve(`it was told to (${signal})`));
  if (self.connected) self.once('disconnect', () => resolve('its parent has gone'));
  return promise;
}
