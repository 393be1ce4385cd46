/** The command lines of a guide: what stands in its code blocks for a shell. */

/** A command line, and where it stands. */
export interface GuideCommand {
  /** As it is written, without a comment. */
  readonly text: string;
  /** Its words, without quotes; variables set in front of it and `sudo` are left out. */
  readonly words: readonly string[];
  readonly shell: 'sh' | 'bat';
  /** Counted from 1. */
  readonly line: number;
}

const FENCE = /^```(\w*)$/;
/** A quoted part, a substitution or anything without a space. */
const WORD = /(?:"(?:\$\([^)]*\)|[^"])*"|'[^']*'|\$\([^)]*\)|[^\s"'])+/g;
const SETS_VARIABLE = /^[A-Z][A-Z0-9_]*=/;

/** Every command line in the blocks that are marked `sh` or `bat`; `a && b` and `a | b` are two. */
export function commandsIn(guide: string): GuideCommand[] {
  const commands: GuideCommand[] = [];
  let block: string | null = null;
  for (const [index, line] of guide.split('\n').entries()) {
    const fence = FENCE.exec(line);
    if (fence) block = block === null ? fence[1]! : null;
    else if (block === 'sh' || block === 'bat') commands.push(...commandsOfLine(line, block, index + 1));
  }
  return commands;
}

function commandsOfLine(line: string, shell: 'sh' | 'bat', number: number): GuideCommand[] {
  const bare = line.replace(/(^|\s+)#.*$/, '').trim();
  const texts = bare.split(/\s+(?:&&|\|)\s+/).filter((text) => text !== '');
  return texts.map((text) => ({ text, words: wordsOf(text), shell, line: number }));
}

function wordsOf(text: string): string[] {
  const words = (text.match(WORD) ?? []).map((word) => word.replaceAll(/["']/g, ''));
  const redirect = words.indexOf('>');
  const all = redirect < 0 ? words : words.slice(0, redirect);
  const start = all.findIndex((word) => !SETS_VARIABLE.test(word) && word !== 'sudo');
  return start < 0 ? [] : all.slice(start);
}
