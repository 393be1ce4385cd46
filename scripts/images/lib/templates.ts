import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../templates/', import.meta.url));

/**
 * A file of `templates/` with its `{{names}}` replaced.
 * @throws Error when it names a value that is not given
 */
export function fillTemplate(name: string, values: Readonly<Record<string, string | number>>): string {
  const template = readFileSync(`${FOLDER}${name}`, 'utf8').replaceAll('\r\n', '\n');
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`the template ${name} needs a value for ${key}`);
    return String(value);
  });
}
