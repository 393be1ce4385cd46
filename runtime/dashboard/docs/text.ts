/** What the page of the API says, beside what its document says. */
import { language } from '../text/text.ts';

const en = {
  title: 'API',
  skip: 'Skip to the operations',
  find: 'Find an operation',
  none: 'No operation has these words.',
  contents: 'Operations',
  document: 'The document',
  loading: 'Loading …',
  failed: 'The document did not come: {detail}',
  parameters: 'Parameters',
  body: 'Body',
  answers: 'Answers',
  headers: 'Headers',
  example: 'Try it',
  schemas: 'Schemas',
  required: 'required',
  optional: 'optional',
  open: 'without a token',
  default: 'default {value}',
  from: 'at least {least}',
  above: 'above {least}',
  to: 'at most {most}',
  below: 'below {most}',
  length: '{least} to {most} characters',
  items: '{least} to {most} of them',
  like: 'like {pattern}',
  listOf: 'list of',
  mapOf: 'by name:',
  or: 'or',
  nothing: 'null',
  anything: 'anything',
  bytes: 'bytes',
  eachLine: 'Each line:',
  eachEvent: 'Events, and their data:',
  path: 'path',
  query: 'query',
  header: 'header',
  object: 'object',
  string: 'text',
  integer: 'integer',
  number: 'number',
  boolean: 'true or false',
  array: 'list',
} as const;

export type DocsText = keyof typeof en;

const es: Readonly<Record<DocsText, string>> = {
  title: 'API',
  skip: 'Ir a las operaciones',
  find: 'Buscar una operación',
  none: 'Ninguna operación tiene esas palabras.',
  contents: 'Operaciones',
  document: 'El documento',
  loading: 'Cargando …',
  failed: 'El documento no llegó: {detail}',
  parameters: 'Parámetros',
  body: 'Cuerpo',
  answers: 'Respuestas',
  headers: 'Cabeceras',
  example: 'Pruébalo',
  schemas: 'Esquemas',
  required: 'obligatorio',
  optional: 'opcional',
  open: 'sin token',
  default: 'por defecto {value}',
  from: 'al menos {least}',
  above: 'más de {least}',
  to: 'como mucho {most}',
  below: 'menos de {most}',
  length: 'de {least} a {most} caracteres',
  items: 'de {least} a {most}',
  like: 'como {pattern}',
  listOf: 'lista de',
  mapOf: 'por nombre:',
  or: 'o',
  nothing: 'null',
  anything: 'cualquier cosa',
  bytes: 'bytes',
  eachLine: 'Cada línea:',
  eachEvent: 'Eventos, y sus datos:',
  path: 'ruta',
  query: 'consulta',
  header: 'cabecera',
  object: 'objeto',
  string: 'texto',
  integer: 'entero',
  number: 'número',
  boolean: 'verdadero o falso',
  array: 'lista',
};

const texts: Readonly<Record<DocsText, string>> = language === 'es' ? es : en;

/** A text with its values filled in. */
export function say(name: DocsText, values: Readonly<Record<string, string | number>> = {}): string {
  return texts[name].replace(/\{(\w+)\}/g, (whole, key: string) => String(values[key] ?? whole));
}

/** The name of a JSON type. */
export function typeName(type: string): string {
  return type in texts ? texts[type as DocsText] : type;
}
