/** The parameter that gives a start of the user's own, instead of a lattice. */
import * as v from 'valibot';

const FORMS = 'must be {box, positions} with three numbers each, or {blob, format, particles} of an uploaded file';

const coordinate = v.pipe(v.number(), v.minValue(-1e6), v.maxValue(1e6));
const vectors = v.array(v.tuple([coordinate, coordinate, coordinate]));
const edge = v.pipe(v.number(), v.gtValue(0), v.maxValue(1e6));

const inline = v.pipe(
  v.strictObject({
    box: v.pipe(v.tuple([edge, edge, edge]), v.description('Edges of the box.')),
    positions: v.pipe(vectors, v.minLength(1), v.description('x, y and z of every atom; images are as good.')),
    velocities: v.pipe(v.optional(vectors), v.description('The same; drawn at the temperature where not given.')),
  }),
  v.check(
    ({ positions, velocities }) => velocities === undefined || velocities.length === positions.length,
    'must have as many velocities as positions',
  ),
);

const uploaded = v.strictObject({
  blob: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/), v.description('SHA-256 of the uploaded file.')),
  format: v.pipe(v.picklist(['nist', 'xyz']), v.description("NIST's layout, or extended XYZ.")),
  particles: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.description('How many atoms the file has: it is not read before the task runs, its memory is reserved before.'),
  ),
});

/** Positions as they are given, or where they are to be found. */
export const configurationField = v.optional(
  v.pipe(
    v.nullable(v.union([inline, uploaded], FORMS)),
    v.title('Configuration'),
    v.description('Atoms to start from, instead of a lattice: given here, or in an uploaded file.'),
  ),
  null,
);

/** What the field may be. */
export type ConfigurationField = v.InferOutput<typeof configurationField>;

/** How many atoms there will be. */
export function particlesIn(given: { readonly particles: number; readonly configuration: ConfigurationField }): number {
  if (given.configuration === null) return given.particles;
  return 'blob' in given.configuration ? given.configuration.particles : given.configuration.positions.length;
}
