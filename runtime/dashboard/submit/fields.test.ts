import { describe, expect, test } from 'vitest';
import { declarations } from '../../../functions/catalogue.ts';
import { listFunctions } from '../../function/listing.ts';
import { fieldsOf } from './fields.ts';

const listings = listFunctions(declarations, {});
const fieldsOfFunction = (name: string) => fieldsOf(listings.find((listing) => listing.name === name)!.parameters);

describe('fields from a JSON Schema', () => {
  test('a number has its bounds, default, title and description', () => {
    const particles = fieldsOfFunction('lennard_jones').find(({ name }) => name === 'particles');
    expect(particles).toMatchObject({
      kind: 'integer',
      least: 2,
      most: 10_000_000,
      defaultValue: 4000,
      title: 'Particles',
    });
    expect(particles!.description).toContain('How many atoms');
  });

  test('a closed set and a boolean are choices', () => {
    const fields = fieldsOfFunction('lennard_jones');
    expect(fields.find(({ name }) => name === 'ensemble')).toMatchObject({ kind: 'choice', choices: ['nve', 'nvt'] });
    expect(fields.find(({ name }) => name === 'tail_correction')).toMatchObject({
      kind: 'choice',
      choices: [true, false],
    });
  });

  test('what has no input of its own is a value; where a blob may stand for it, a file may', () => {
    const configuration = (name: string) => fieldsOfFunction(name).find((field) => field.name === 'configuration');
    expect(configuration('lennard_jones')).toMatchObject({ kind: 'value', takesFile: true, defaultValue: null });
    expect(configuration('gravity')).toMatchObject({ kind: 'value', takesFile: false });
  });

  test('a number that may be null is a number', () => {
    const schema = { properties: { a: { anyOf: [{ type: 'number', minimum: 1 }, { type: 'null' }], default: null } } };
    expect(fieldsOf(schema)).toMatchObject([{ name: 'a', title: 'a', kind: 'number', least: 1 }]);
  });

  test('every parameter of every function has a field with a name and an explanation', () => {
    for (const { name, parameters } of listings) {
      const fields = fieldsOf(parameters);
      expect(fields.map((field) => field.name)).toEqual(Object.keys(parameters.properties as object));
      for (const field of fields) expect(field.title && field.description, `${name}.${field.name}`).toBeTruthy();
    }
  });

  test.each([{}, { properties: 3 }, { properties: { a: null } }, { properties: { a: { enum: 3, anyOf: {} } } }])(
    'a schema that is none of ours (%j) breaks nothing',
    (schema) => {
      for (const field of fieldsOf(schema)) expect(field).toMatchObject({ name: 'a', kind: 'value' });
    },
  );
});
