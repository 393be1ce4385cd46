/** What the names in a search mean here: parameters in all their spellings, with their defaults, and functions. */
import * as v from 'valibot';
import type { FunctionDeclaration } from '../../function/declaration.ts';
import type { Order, Search, Subject, Term } from '../../search/query.ts';
import type { Filter, FilterSubject } from '../ledger/search-sql.ts';

/** A parameter as the functions that have it take it. */
interface Meaning {
  readonly spellings: ReadonlySet<string>;
  readonly defaults: readonly (readonly [functionName: string, value: string | number])[];
}

/** Turns what a user wrote into what the ledger keeps. */
export class Vocabulary {
  readonly #meanings: ReadonlyMap<string, Meaning>;
  readonly #functions: ReadonlyMap<string, string>;

  constructor(declarations: readonly FunctionDeclaration[]) {
    this.#meanings = meaningsOf(declarations);
    this.#functions = new Map(
      declarations.flatMap(({ name, alsoNamed }) => alsoNamed.map((other) => [other, name] as const)),
    );
  }

  /** All parameters in all spellings. */
  get parameters(): string[] {
    return [...this.#meanings.keys()];
  }

  filterOf({ terms }: Search): Filter {
    return { terms: terms.map((term) => this.#term(term)) };
  }

  orderOf({ subject }: Order): FilterSubject {
    return this.#subject(subject);
  }

  #term(term: Term): Filter['terms'][number] {
    const { isNegated, subject, anyOf } = term;
    const isType = subject.kind === 'field' && subject.name === 'type';
    return { isNegated, subject: this.#subject(subject), anyOf: isType ? anyOf.map((one) => this.#named(one)) : anyOf };
  }

  /** A function by its own name. */
  #named(alternative: Term['anyOf'][number]): Term['anyOf'][number] {
    if (alternative.kind !== 'is') return alternative;
    return { ...alternative, text: this.#functions.get(alternative.text) ?? alternative.text };
  }

  #subject(subject: Subject): FilterSubject {
    if (subject.kind === 'field') return subject;
    const { path } = subject;
    if (subject.kind === 'result') return { kind: 'json', column: 'result', paths: [path], defaults: [] };
    const [first = '', ...rest] = path;
    const { spellings, defaults } = this.#meanings.get(first) ?? { spellings: new Set([first]), defaults: [] };
    const paths = [...spellings].map((spelling) => [spelling, ...rest]);
    return { kind: 'json', column: 'parameters', paths, defaults: rest.length === 0 ? defaults : [] };
  }
}

/** Every spelling, and the parameter that it means: the same one in all functions that have it. */
function spellingsOf(declarations: readonly FunctionDeclaration[]): [spelling: string, name: string][] {
  return declarations.flatMap(({ parameters, parameterSpellings }) => [
    ...Object.keys(parameters.entries).map((name): [string, string] => [name, name]),
    ...Object.entries(parameterSpellings),
  ]);
}

function meaningsOf(declarations: readonly FunctionDeclaration[]): Map<string, Meaning> {
  const spellings = spellingsOf(declarations);
  const meaningOf = (name: string): Meaning => ({
    spellings: new Set(spellings.filter(([, meant]) => meant === name).map(([spelling]) => spelling)),
    defaults: declarations.flatMap((declaration) => defaultOf(declaration, name)),
  });
  return new Map(spellings.map(([spelling, name]) => [spelling, meaningOf(name)]));
}

function defaultOf({ name: functionName, parameters }: FunctionDeclaration, name: string): Meaning['defaults'] {
  if (!Object.hasOwn(parameters.entries, name)) return [];
  const value = scalar(v.getDefault(parameters.entries[name] as v.GenericSchema));
  return value === null ? [] : [[functionName, value]];
}

/** As SQLite has values of JSON; null for what is no single value. */
function scalar(value: unknown): string | number | null {
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}
