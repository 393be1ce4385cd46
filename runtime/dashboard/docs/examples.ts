/** Examples of values and requests, made of an OpenAPI document. */
import { type ApiDocument, type Content, nameIn, type Parameter, type Placed, type Schema } from './document.ts';

/** Schemas may refer to themselves. */
const DEEPEST = 6;

/** A value that fits a schema: only what must be there. */
export function exampleOf(schema: Schema, document: ApiDocument, depth = 0): unknown {
  if (depth > DEEPEST) return null;
  const deeper = (inner: Schema): unknown => exampleOf(inner, document, depth + 1);
  if (schema.$ref !== undefined) return deeper(document.components.schemas[nameIn(schema.$ref)] ?? {});
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const [choice] = schema.oneOf ?? schema.anyOf ?? schema.allOf ?? [];
  if (choice) return deeper(choice);
  if (schema.properties) return exampleObject(schema, deeper);
  if (schema.prefixItems) return schema.prefixItems.map(deeper);
  if (schema.type === 'array') return schema.items && (schema.minItems ?? 0) > 0 ? [deeper(schema.items)] : [];
  if (schema.type === 'object') return {};
  return examplePrimitive(schema);
}

function exampleObject({ properties = {}, required = [] }: Schema, deeper: (inner: Schema) => unknown): unknown {
  const shown = Object.entries(properties).filter(([name]) => required.includes(name));
  return Object.fromEntries(shown.map(([name, inner]) => [name, deeper(inner)]));
}

function examplePrimitive({ type, minimum, exclusiveMinimum, maximum, format }: Schema): unknown {
  if (type === 'integer' || type === 'number') return minimum ?? exclusiveMinimum ?? Math.min(1, maximum ?? 1);
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  return format === 'uuid' ? '00000000-0000-4000-8000-000000000000' : 'text';
}

/** A request as a command for curl. @param origin of the orchestrator, without a slash at its end */
export function curlOf({ method, path, operation, isOpen }: Placed, document: ApiDocument, origin: string): string {
  const { parameters, requestBody, responses } = operation;
  const required = parameters.filter((parameter) => parameter.required);
  const target = required.filter((one) => one.in === 'path').reduce(fillIn, path);
  const query = required.filter((one) => one.in === 'query').map(({ name }) => `${name}=${name.toUpperCase()}`);
  const [type, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const answers = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1].content ?? {};
  const parts = [
    'curl',
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...('text/event-stream' in answers ? ['-N'] : []),
    ...('application/octet-stream' in answers ? ['-o FILE'] : []),
    ...(isOpen || document.security.length === 0 ? [] : ['-H "authorization: Bearer $MOTES_TOKEN"']),
    ...(type === undefined ? [] : [`-H ${quote(`content-type: ${type}`)}`, bodyOf(content!, document)]),
    quote(`${origin}${target}${query.length > 0 ? `?${query.join('&')}` : ''}`),
  ];
  return parts.join(' ');
}

function fillIn(path: string, { name }: Parameter): string {
  return path.replace(`{${name}}`, name.toUpperCase());
}

function bodyOf({ schema, example, 'x-items': items }: Content, document: ApiDocument): string {
  const shown = items ? (items as Schema) : schema;
  if (!shown) return '--data-binary @FILE';
  return `-d ${quote(JSON.stringify(example ?? exampleOf(shown, document)))}`;
}

/** As a shell takes it for one word. */
function quote(text: string): string {
  return /^[\w:/.=@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
