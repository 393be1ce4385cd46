import { toJsonSchema } from '@valibot/to-json-schema';
import type { FunctionListing } from '../wire/invocation.ts';
import type { FieldsSchema, FunctionDeclaration } from './declaration.ts';

/**
 * Functions as `/functions` lists them for users, internal ones left out. `versions` maps names to versions; a
 * function without one is `unbuilt`.
 */
export function listFunctions(
  declarations: readonly FunctionDeclaration[],
  versions: Readonly<Record<string, string>>,
): FunctionListing[] {
  return declarations.filter(({ internal }) => !internal).map((declaration) => listFunction(declaration, versions));
}

function listFunction(declaration: FunctionDeclaration, versions: Readonly<Record<string, string>>): FunctionListing {
  return {
    name: declaration.name,
    also_named: [...declaration.alsoNamed],
    title: declaration.title,
    description: declaration.description,
    version: versions[declaration.name] ?? 'unbuilt',
    cost_unit: declaration.costUnit,
    parameters: jsonSchema(declaration.parameters, 'input'),
    result: jsonSchema(declaration.result, 'output'),
    parameter_spellings: { ...declaration.parameterSpellings },
  };
}

/** What JSON Schema cannot say (a check in code) is left out of it: the schema is for reading and forms. */
function jsonSchema(schema: FieldsSchema, typeMode: 'input' | 'output'): Record<string, unknown> {
  return toJsonSchema(schema, { typeMode, errorMode: 'ignore' }) as Record<string, unknown>;
}
