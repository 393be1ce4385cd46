/** Commands that ask once and print: `status`, `ping`, `workers`, `functions`. */
import { Command } from 'commander';
import type { FunctionListing } from '../../wire/invocation.ts';
import type { PingAll, Status, Worker } from '../../wire/orchestrator-api.ts';
import type { CliContext } from '../context.ts';
import { EXIT, UsageError } from '../failure.ts';
import { counted, formatAgo, printable, shorten, styled } from '../format.ts';
import { addClientOptions, addExamples, type ClientFlags, withClient } from '../options.ts';
import { type Column, renderTable } from '../table.ts';
import { type OutputStream, writeJson, writeLine } from '../terminal.ts';

const VERSION_DIGITS = 12;

/** `motes status`. */
export function statusCommand({ terminal: { stdout } }: CliContext): Command {
  const command = new Command('status')
    .description('Prints which workers are online and how many tasks the ledger holds, by status.')
    .action(async (flags: ClientFlags) => {
      const status = await withClient(flags, (client) => client.status());
      if (flags.json) writeJson(stdout, status);
      else writeLine(stdout, renderStatus(status, stdout));
    });
  return addExamples(addClientOptions(command), {
    'motes status': 'of the orchestrator on this machine',
    'motes status --url http://192.168.1.10:5000': 'of another one',
  });
}

/** `motes ping`. */
export function pingCommand(context: CliContext): Command {
  const { stdout } = context.terminal;
  const command = new Command('ping')
    .description('Has the orchestrator ping every worker now. Exit code 1 when one does not answer.')
    .action(async (flags: ClientFlags) => {
      const ping = await withClient(flags, (client) => client.pingAll());
      if (flags.json) writeJson(stdout, ping);
      else writeLine(stdout, renderPing(ping, stdout));
      if (ping.online_workers < ping.total_workers) context.exit(EXIT.failed);
    });
  return addExamples(addClientOptions(command), { 'motes ping': 'is everybody there?' });
}

/** `motes workers`. */
export function workersCommand({ terminal: { stdout } }: CliContext): Command {
  const command = new Command('workers')
    .description('Lists the workers: where they are, whether they answer, what they run.')
    .action(async (flags: ClientFlags) => {
      const workers = await withClient(flags, (client) => client.workers());
      if (flags.json) writeJson(stdout, workers);
      else writeLine(stdout, renderTable(workerColumns(stdout, Date.now()), byName(workers), stdout));
    });
  return addExamples(addClientOptions(command), {
    'motes workers': 'as a table',
    'motes workers --json': 'with all that is known of them',
  });
}

/** `motes functions`. */
export function functionsCommand({ terminal: { stdout } }: CliContext): Command {
  const command = new Command('functions')
    .description('Lists the functions that tasks can name as their type, or what one of them takes.')
    .argument('[name]', 'a function, to see its parameters')
    .action(async (name: string | undefined, flags: ClientFlags) => {
      const functions = await withClient(flags, (client) => client.functions());
      const named = name === undefined ? undefined : findFunction(functions, name);
      if (flags.json) writeJson(stdout, named ?? { functions });
      else writeLine(stdout, named ? renderFunction(named, stdout) : renderFunctions(functions, stdout));
    });
  return addExamples(addClientOptions(command), {
    'motes functions': 'what there is',
    'motes functions benchmark_wasm': 'its parameters, bounds and defaults',
  });
}

function renderStatus(status: Status, stream: OutputStream): string {
  const workers = byName(status.workers).map(([id, state]) => `  ${printable(id)}  ${online(state, stream)}`);
  const counts = Object.entries(status.tasks).map(([name, count]) => `${count} ${name}`);
  return [
    `workers: ${status.online_workers} of ${status.total_workers} online, ${counted(status.slots, 'slot')}`,
    ...workers,
    `tasks: ${counts.join(', ')}`,
    `task file: ${counted(status.tasks_total, 'task')}`,
  ].join('\n');
}

function renderPing(ping: PingAll, stream: OutputStream): string {
  const lines = byName(ping.status).map(([id, state]) => `${printable(id)}  ${online(state, stream)}`);
  return [...lines, `${ping.online_workers} of ${ping.total_workers} online`].join('\n');
}

/** The columns of a list of workers. */
export function workerColumns(stream: OutputStream, nowMs: number): Column<[id: string, worker: Worker]>[] {
  return [
    { head: 'worker', cell: ([id]) => printable(id) },
    { head: 'status', cell: ([, worker]) => online(worker.status, stream) },
    { head: 'condition', cell: ([, worker]) => (worker.status === 'online' ? printable(conditionOf(worker)) : '') },
    { head: 'url', cell: ([, worker]) => printable(worker.url) },
    { head: 'slots', align: 'right', cell: ([, worker]) => `${worker.running}/${worker.slots}` },
    { head: 'last ping', align: 'right', cell: ([, worker]) => formatAgo(worker.last_ping, nowMs) },
    { head: 'runs', cell: ([, worker]) => shorten(printable(worker.current_tasks.join(', ')), 60) },
  ];
}

function conditionOf({ condition, fault }: Worker): string {
  return fault ? `${condition}: ${fault}` : condition;
}

/** Entries in the order of their names, in which worker10 follows worker9. */
export function byName<T>(values: Readonly<Record<string, T>>): [name: string, value: T][] {
  return Object.entries(values).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
}

function online(status: 'online' | 'offline', stream: OutputStream): string {
  return styled(stream, status === 'online' ? 'green' : 'red', status);
}

function findFunction(functions: readonly FunctionListing[], name: string): FunctionListing {
  const found = functions.find((each) => each.name === name || each.also_named.includes(name));
  if (found) return found;
  const names = functions.flatMap((each) => [each.name, ...each.also_named]);
  throw new UsageError(`there is no function "${name}": the orchestrator has ${names.join(', ')}`);
}

function renderFunctions(functions: readonly FunctionListing[], stream: OutputStream): string {
  const columns: Column<FunctionListing>[] = [
    { head: 'function', cell: (each) => printable(each.name) },
    { head: 'also named', cell: (each) => printable(each.also_named.join(', ')) },
    { head: 'version', cell: (each) => printable(each.version.slice(0, VERSION_DIGITS)) },
    { head: 'what it does', cell: (each) => printable(each.title) },
  ];
  return renderTable(columns, functions, stream);
}

/** What of a parameter's JSON Schema a reader wants to see. */
interface ParameterSchema {
  readonly type?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly description?: string;
}

function renderFunction(listing: FunctionListing, stream: OutputStream): string {
  const properties = (listing.parameters.properties ?? {}) as Record<string, ParameterSchema>;
  const spellingsOf = (name: string): string[] =>
    Object.entries(listing.parameter_spellings).flatMap(([spelling, meant]) => (meant === name ? [spelling] : []));
  const columns: Column<[name: string, schema: ParameterSchema]>[] = [
    { head: 'parameter', cell: ([name]) => [name, ...spellingsOf(name)].map(printable).join(' or ') },
    { head: 'type', cell: ([, schema]) => printable(String(schema.type ?? 'object')) },
    { head: 'allowed', cell: ([, schema]) => printable(allowedBy(schema)) },
    { head: 'default', cell: ([, schema]) => (schema.default === undefined ? '' : JSON.stringify(schema.default)) },
    { head: 'meaning', cell: ([, schema]) => printable(schema.description ?? '') },
  ];
  const names = [listing.name, ...listing.also_named].map(printable).join(', also named ');
  return [
    `${styled(stream, 'bold', names)}  version ${printable(listing.version.slice(0, VERSION_DIGITS))}`,
    printable(listing.description),
    '',
    renderTable(columns, Object.entries(properties), stream),
  ].join('\n');
}

function allowedBy(schema: ParameterSchema): string {
  if (schema.enum) return schema.enum.join(', ');
  const above = schema.exclusiveMinimum === undefined ? schema.minimum : `>${schema.exclusiveMinimum}`;
  const below = schema.exclusiveMaximum === undefined ? schema.maximum : `<${schema.exclusiveMaximum}`;
  return above === undefined && below === undefined ? '' : `${above ?? ''} … ${below ?? ''}`;
}
