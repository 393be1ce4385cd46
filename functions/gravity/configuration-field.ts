/** The parameter that gives bodies of the user's own. */
import * as v from 'valibot';

/** Bodies that may be given in a task's parameters. */
export const MAX_GIVEN = 10_000;

function within(from: number, to: number) {
  const message = `must be a number from ${from} to ${to}`;
  return v.pipe(v.number(message), v.minValue(from, message), v.maxValue(to, message));
}

const component = within(-1e9, 1e9);
const vectors = v.array(v.strictTuple([component, component, component], 'must be three numbers'), 'must be an array');
const masses = v.pipe(
  v.array(within(1e-12, 1e12), 'must be an array'),
  v.minLength(2, 'must have at least 2 entries'),
  v.maxLength(MAX_GIVEN, `must have at most ${MAX_GIVEN} entries`),
);

const bodies = v.pipe(
  v.strictObject(
    {
      masses: v.pipe(masses, v.description('Of every body.')),
      positions: v.pipe(vectors, v.description('x, y and z of every body.')),
      velocities: v.pipe(vectors, v.description('The same.')),
    },
    'must be {masses, positions, velocities}',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.issues) return;
    const { value } = dataset;
    const wanted = value.masses.length;
    for (const key of ['positions', 'velocities'] as const) {
      const { length } = value[key];
      if (length === wanted) continue;
      const message = `must have ${wanted} entries, as many as masses has, but has ${length}`;
      addIssue({ message, path: [{ type: 'object', origin: 'value', input: value, key, value: value[key] }] });
    }
  }),
);

/** The field. */
export const configurationField = v.optional(
  v.pipe(
    v.nullable(bodies),
    v.title('Configuration'),
    v.description(`The bodies of the start "given", 2 to ${MAX_GIVEN}; then \`particles\` has no meaning.`),
  ),
  null,
);

/** What the field may be. */
export type ConfigurationField = v.InferOutput<typeof configurationField>;

/** How many bodies there will be. */
export function bodiesIn(given: { readonly particles: number; readonly configuration: ConfigurationField }): number {
  return given.configuration === null ? given.particles : given.configuration.masses.length;
}

/** Two bodies at one place, counted from 0; null when there are none. */
export function findCoincidence({ positions }: NonNullable<ConfigurationField>): readonly [number, number] | null {
  const places = new Map<string, number>();
  for (const [body, position] of positions.entries()) {
    const place = position.join();
    const other = places.get(place);
    if (other !== undefined) return [other, body];
    places.set(place, body);
  }
  return null;
}
