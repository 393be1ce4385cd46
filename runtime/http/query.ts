/** Query parameters and headers: texts that stand for values, checked by the schemas that the API's document shows. */
import type { Context } from 'hono';
import * as v from 'valibot';
import { Problem } from '../wire/problem.ts';
import type { TextFields } from './openapi/operation.ts';

/**
 * The query's parameters as what they stand for; those that the schema does not name are passed over.
 * @throws Problem `invalid_query` that says what is allowed and what was given
 */
export function readQuery<Schema extends TextFields>(c: Context, schema: Schema): v.InferOutput<Schema> {
  const given = pick(schema, (name) => c.req.query(name));
  return check(schema, given, (name, message) => {
    const detail = `${name} ${message} (given ${JSON.stringify(given[name])})`;
    return new Problem('invalid_query', detail, { pointer: `/${name}` });
  });
}

/**
 * The request's headers as what they stand for.
 * @throws Problem `invalid_query` that says what is allowed and how much was given
 */
export function readHeaders<Schema extends TextFields>(c: Context, schema: Schema): v.InferOutput<Schema> {
  const given = pick(schema, (name) => c.req.header(name));
  return check(
    schema,
    given,
    (name, message) =>
      new Problem('invalid_query', `the header ${name} ${message} (given ${given[name]?.length ?? 0} characters)`),
  );
}

function pick(schema: TextFields, textOf: (name: string) => string | undefined): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(schema.entries).map((name) => [name, textOf(name)]));
}

function check<Schema extends TextFields>(
  schema: Schema,
  given: unknown,
  refusal: (name: string, message: string) => Problem,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, given);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw refusal(String(issue.path?.[0]?.key), issue.input === undefined ? 'is missing' : issue.message);
}

/** An integer in decimal digits. */
export function integerText(least: number, most: number) {
  return wholeNumber(least, most, `should be an integer from ${least} to ${most}`);
}

/** @param message what is said to whoever gives something else */
export function wholeNumber(least: number, most: number, message: string) {
  return v.pipe(
    v.string(message),
    v.regex(/^\d+$/, message),
    v.transform(Number),
    v.number(),
    v.integer(),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}

/** A number, fractions allowed. */
export function numberText(least: number, most: number, what = 'a number') {
  const message = `should be ${what} from ${least} to ${most}`;
  return v.pipe(
    v.string(message),
    v.regex(/\S/, message),
    v.transform(Number),
    v.number(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}

/** One of a closed set. */
export function choiceText<const Choices extends readonly string[]>(choices: Choices) {
  return v.picklist(choices, `should be one of ${choices.join(', ')}`);
}

/** Some of a closed set, separated by commas. */
export function choicesText<const Choices extends readonly string[]>(choices: Choices) {
  const message = `should be some of ${choices.join(', ')}, separated by commas`;
  return v.pipe(
    v.string(message),
    v.transform((text) => text.split(',')),
    v.array(v.picklist(choices, message)),
    v.minLength(1, message),
  );
}
