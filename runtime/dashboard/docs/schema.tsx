/** JSON Schemas in words: named ones by a link, fields as a list. */
import type { ComponentChildren } from 'preact';
import { nameIn, type Schema } from './document.ts';
import { Phrase } from './prose.tsx';
import { say, typeName } from './text.ts';

/** What a value may be, in a line. */
export function TypeWords({ schema }: { schema: Schema }): ComponentChildren {
  if (schema.$ref !== undefined) return <a href={`#schema-${nameIn(schema.$ref)}`}>{nameIn(schema.$ref)}</a>;
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return <Choices choices={choices} />;
  if (schema.allOf) return <TypeWords schema={schema.allOf[0]!} />;
  if (schema.const !== undefined) return <code>{JSON.stringify(schema.const)}</code>;
  if (schema.enum) return <Values values={schema.enum} />;
  return <Plain schema={schema} />;
}

function Choices({ choices }: { choices: readonly Schema[] }) {
  return (
    <>
      {choices.map((choice, index) => (
        <span key={`${index}`}>
          {index > 0 && ` ${say('or')} `}
          <TypeWords schema={choice} />
        </span>
      ))}
    </>
  );
}

function Values({ values }: { values: readonly unknown[] }) {
  return (
    <>
      {values.map((value, index) => (
        <span key={`${index}`}>
          {index > 0 && ', '}
          <code>{String(value)}</code>
        </span>
      ))}
    </>
  );
}

function Plain({ schema }: { schema: Schema }) {
  if (schema.type === 'array' && schema.items)
    return (
      <>
        {say('listOf')} <TypeWords schema={schema.items} />
        {boundsOf(schema)}
      </>
    );
  if (typeof schema.additionalProperties === 'object' && !schema.properties)
    return (
      <>
        {say('mapOf')} <TypeWords schema={schema.additionalProperties} />
      </>
    );
  const type = Array.isArray(schema.type) ? schema.type.map(typeName).join(` ${say('or')} `) : schema.type;
  return (
    <>
      {typeof type === 'string' ? typeName(type) : say('anything')}
      {boundsOf(schema)}
    </>
  );
}

/** Bounds behind a type, each after a comma. */
function boundsOf(schema: Schema): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, maxLength, minItems, maxItems } = schema;
  const words = [
    minimum !== undefined && say('from', { least: minimum }),
    exclusiveMinimum !== undefined && say('above', { least: exclusiveMinimum }),
    maximum !== undefined && say('to', { most: maximum }),
    exclusiveMaximum !== undefined && say('below', { most: exclusiveMaximum }),
    (minLength ?? maxLength) !== undefined && say('length', { least: minLength ?? 0, most: maxLength ?? '∞' }),
    (minItems ?? maxItems) !== undefined && say('items', { least: minItems ?? 0, most: maxItems ?? '∞' }),
    schema.format,
    schema.pattern !== undefined && say('like', { pattern: schema.pattern }),
  ];
  return words
    .filter((word) => typeof word === 'string')
    .map((word) => `, ${word}`)
    .join('');
}

/** The fields of an object, and of those in it that have no name of their own. */
export function Fields({ schema }: { schema: Schema }) {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return null;
  return (
    <dl class="said">
      {fields.map(([name, field]) => (
        <Field key={name} name={name} schema={field} required={schema.required?.includes(name) ?? false} />
      ))}
    </dl>
  );
}

interface FieldProps {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
  readonly description?: string | undefined;
  /** Where it stands: path, query, header. */
  readonly place?: string;
}

/** A field or a parameter. */
export function Field({ name, schema, required, description = schema.description, place }: FieldProps) {
  return (
    <>
      <dt>
        <code>{name}</code>{' '}
        <span class="faint">
          {place !== undefined && `${place}, `}
          {say(required ? 'required' : 'optional')} · <TypeWords schema={schema} />
          {schema.default !== undefined && ` · ${say('default', { value: JSON.stringify(schema.default) })}`}
        </span>
      </dt>
      <dd>
        {description !== undefined && <Phrase text={description} />}
        {inlineObjects(schema).map((inner, index) => (
          <Fields key={`${index}`} schema={inner} />
        ))}
      </dd>
    </>
  );
}

/** Objects inside of a schema that are described nowhere else. */
function inlineObjects(schema: Schema): Schema[] {
  if (schema.properties) return [schema];
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.items ? [schema.items] : [])];
  return inner.flatMap(inlineObjects);
}
