/** Small scripts for machines that have Docker and nothing else: written once as steps, rendered for both shells. */

/** One thing that a script does; a step that fails ends the script with what to do. */
export type Step =
  /** Shows a line. */
  | { readonly kind: 'say'; readonly text: string }
  /** Takes a value from the script's argument of that number, or asks for it. */
  | { readonly kind: 'ask'; readonly variable: string; readonly argument: number; readonly question: string }
  /** Compares a file with the digest in `FILE.sha256`. */
  | { readonly kind: 'checksum'; readonly file: string; readonly otherwise: string }
  /** Writes `NAME=value` lines of variables. */
  | { readonly kind: 'save'; readonly file: string; readonly variables: readonly string[] }
  /** Runs a program; quietly where only its success counts. */
  | {
      readonly kind: 'run';
      readonly command: readonly string[];
      readonly isQuiet?: boolean;
      readonly otherwise?: string;
    }
  /** Runs compose, the plugin or the older program; with the script's own arguments where they are passed on. */
  | { readonly kind: 'compose'; readonly command: readonly string[]; readonly passesArguments?: boolean };

/** A shell's way to say a step. */
type Dialect = { readonly [Kind in Step['kind']]: (step: Extract<Step, { kind: Kind }>) => readonly string[] };

/** Words that mean the same in both shells as they stand; anything else would need quoting that differs. */
const PLAIN_WORD = /^[A-Za-z0-9_./:@=-]+$/;
/** Lines that both shells show as they stand. */
const PLAIN_TEXT = /^[A-Za-z0-9_./:,;=()' -]*$/;

const COMPOSE_IN_SH = [
  'if docker compose version >/dev/null 2>&1; then COMPOSE="docker compose"; else COMPOSE="docker-compose"; fi',
];
const COMPOSE_IN_BATCH = [
  'set "COMPOSE=docker compose"',
  'docker compose version >nul 2>&1 || set "COMPOSE=docker-compose"',
];

const SH: Dialect = {
  say: ({ text }) => [`echo "${text}"`],
  ask: ({ variable, argument, question }) => [
    `${variable}="\${${argument}-}"`,
    `if [ $# -eq 0 ]; then printf '%s' "${question}: "; read -r ${variable} || true; fi`,
  ],
  checksum: ({ file, otherwise }) => [
    `if command -v sha256sum >/dev/null; then SUM=$(sha256sum "${file}"); else SUM=$(shasum -a 256 "${file}"); fi`,
    `if [ "\${SUM%% *}" != "$(cut -d ' ' -f 1 "${file}.sha256")" ]; then echo "${otherwise}" >&2; exit 1; fi`,
  ],
  save: ({ file, variables }) => [
    ...variables.map((name, index) => `printf '%s\\n' "${name}=\${${name}}" ${index === 0 ? '>' : '>>'} "${file}"`),
  ],
  run: ({ command, isQuiet, otherwise }) => [
    `${command.join(' ')}${isQuiet ? ' >/dev/null 2>&1' : ''}${otherwise ? ` || { echo "${otherwise}" >&2; exit 1; }` : ''}`,
  ],
  compose: ({ command, passesArguments }) => [`$COMPOSE ${command.join(' ')}${passesArguments ? ' "$@"' : ''}`],
};

const BATCH: Dialect = {
  say: ({ text }) => [`echo ${text.replaceAll(/[()]/g, '^$&')}`],
  ask: ({ variable, argument, question }) => [
    `set "${variable}=%~${argument}"`,
    `if "%~1"=="" set /p "${variable}=${question}: "`,
  ],
  checksum: ({ file, otherwise }) => [
    'set "SUM="',
    `for /f "skip=1 delims=" %%h in ('certutil -hashfile "${file}" SHA256') do if not defined SUM set "SUM=%%h"`,
    `for /f "usebackq tokens=1" %%e in ("${file}.sha256") do set "EXPECTED=%%e"`,
    `if /i not "%SUM: =%"=="%EXPECTED%" (echo ${batchInBlock(otherwise)}>&2 & exit /b 1)`,
  ],
  save: ({ file, variables }) => [
    ...variables.map((name, index) => `${index === 0 ? '>' : '>>'}"${file}" echo ${name}=%${name}%`),
  ],
  run: ({ command, isQuiet, otherwise }) => [
    `${command.join(' ')}${isQuiet ? ' >nul 2>&1' : ''} || ${otherwise ? `(echo ${batchInBlock(otherwise)}>&2 & exit /b 1)` : 'exit /b 1'}`,
  ],
  compose: ({ command, passesArguments }) => [
    `%COMPOSE% ${command.join(' ')}${passesArguments ? ' %*' : ''} || exit /b 1`,
  ],
};

function batchInBlock(text: string): string {
  return text.replaceAll(/[()]/g, '^$&');
}

/** For Linux and macOS. @throws Error when a step cannot be said in both shells */
export function renderShell(steps: readonly Step[]): string {
  const needsCompose = steps.some(({ kind }) => kind === 'compose');
  const start = ['#!/bin/sh', 'set -eu', 'cd "$(dirname "$0")"', ...(needsCompose ? COMPOSE_IN_SH : [])];
  return `${[...start, ...linesOf(steps, SH)].join('\n')}\n`;
}

/** For Windows, with its line ends. @throws Error when a step cannot be said in both shells */
export function renderBatch(steps: readonly Step[]): string {
  const needsCompose = steps.some(({ kind }) => kind === 'compose');
  const start = ['@echo off', 'setlocal', 'cd /d "%~dp0"', ...(needsCompose ? COMPOSE_IN_BATCH : [])];
  return `${[...start, ...linesOf(steps, BATCH)].join('\r\n')}\r\n`;
}

function linesOf(steps: readonly Step[], dialect: Dialect): string[] {
  return steps.flatMap((step) => {
    requirePlain(step);
    const render = dialect[step.kind] as (step: Step) => readonly string[];
    return render(step);
  });
}

function requirePlain(step: Step): void {
  const words = 'command' in step ? step.command : [];
  const texts = [
    ...('text' in step ? [step.text] : []),
    ...('question' in step ? [step.question] : []),
    ...('otherwise' in step && step.otherwise !== undefined ? [step.otherwise] : []),
  ];
  const wrong = words.find((word) => !PLAIN_WORD.test(word)) ?? texts.find((text) => !PLAIN_TEXT.test(text));
  if (wrong !== undefined) throw new Error(`"${wrong}" would not mean the same in sh and in cmd`);
}
