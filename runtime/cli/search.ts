/** Searches on the command line: how they are given, shown when they are wrong, and confirmed. */
import { Problem } from '../wire/problem.ts';
import { UsageError } from './failure.ts';
import type { Terminal } from './terminal.ts';

export const QUERY_OPTION = '-q, --query <search>';
export const QUERY_HELP = "a search, as 'type:lennard_jones particles>1000 status:failed'; of all runs, or of the RUN";

/** Runs an action with a search; where that cannot be read, shows it with a mark below what is wrong. */
export async function withSearchShown<T>(query: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.pointer !== '/q' || !thrown.position) throw thrown;
    const { start, end } = thrown.position;
    const mark = ' '.repeat(start) + '^'.repeat(Math.max(1, end - start));
    throw new UsageError(`${thrown.message}\n  ${query.replaceAll(/\s/g, ' ')}\n  ${mark}`, { cause: thrown });
  }
}

/**
 * Asks on a terminal; only a `y` or `yes` is one.
 * @throws UsageError where nobody can be asked
 */
export async function isConfirmed({ stdin, stderr }: Terminal, question: string): Promise<boolean> {
  if (!stderr.isTTY) throw new UsageError(`${question}? There is nobody to ask - add --yes to do it`);
  stderr.write(`${question}? [y/N] `);
  for await (const chunk of stdin) return /^\s*y(es)?\s*$/i.test(String(chunk).split('\n')[0]!);
  return false;
}
