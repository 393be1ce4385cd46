/** Parameters by their own names, with what holds where none was given. */
import * as v from 'valibot';
import type { FunctionDeclaration } from '../../function/declaration.ts';
import type { Scalar } from '../../wire/run-summary.ts';
import type { SurveyedTask } from '../ledger/survey.ts';

export type FindFunction = (name: string) => FunctionDeclaration | undefined;

interface Meanings {
  readonly spellings: Readonly<Record<string, string>>;
  readonly defaults: Readonly<Record<string, Scalar>>;
}

/** Remembers what it was told of a function: a run has few of them and many tasks. */
export class ParameterMeanings {
  readonly #findFunction: FindFunction;
  readonly #known = new Map<string, Meanings>();

  constructor(findFunction: FindFunction) {
    this.#findFunction = findFunction;
  }

  /** A task's parameters by their own names, only those that were given. */
  given({ function: name, parameters }: Pick<SurveyedTask, 'function' | 'parameters'>): [string, Scalar][] {
    const { spellings } = this.#of(name);
    return Object.entries(parameters).map(([spelled, value]) => [spellings[spelled] ?? spelled, value]);
  }

  /** What a function takes where a parameter is not given; undefined where that is no single value. */
  byDefault(functionName: string, parameter: string): Scalar | undefined {
    const { defaults } = this.#of(functionName);
    return Object.hasOwn(defaults, parameter) ? defaults[parameter] : undefined;
  }

  /** Every way to write a parameter, whatever the function. */
  spellingsOf(functions: Iterable<string>, parameter: string): string[] {
    const others = [...functions].flatMap((name) =>
      Object.entries(this.#of(name).spellings).flatMap(([spelled, meant]) => (meant === parameter ? [spelled] : [])),
    );
    return [...new Set([parameter, ...others])];
  }

  #of(name: string): Meanings {
    let known = this.#known.get(name);
    if (!known) {
      const declaration = this.#findFunction(name);
      known = {
        spellings: declaration?.parameterSpellings ?? {},
        defaults: declaration ? defaultsOf(declaration) : {},
      };
      this.#known.set(name, known);
    }
    return known;
  }
}

function defaultsOf({ parameters }: FunctionDeclaration): Record<string, Scalar> {
  const defaults = Object.entries(parameters.entries).map(
    ([name, schema]) => [name, v.getDefault(schema) as unknown] as const,
  );
  return Object.fromEntries(
    defaults.filter((entry): entry is readonly [string, Scalar] =>
      ['number', 'string', 'boolean'].includes(typeof entry[1]),
    ),
  );
}
