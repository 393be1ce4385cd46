import { expect, test } from 'vitest';
import { seededRandom } from './random.ts';

/** `numpy.random.seed(seed)`, then what the 1st, 2nd, 3rd, 312th, 313th, 1000th and 2000th `random()` answer. */
const numpy = [
  {
    seed: 0,
    drawn: [
      0.5488135039273248, 0.7151893663724195, 0.6027633760716439, 0.14694664540037505, 0.07952208258675575,
      0.6771411441114241, 0.5017731306999452,
    ],
  },
  {
    seed: 42,
    drawn: [
      0.3745401188473625, 0.9507143064099162, 0.7319939418114051, 0.07845638134226596, 0.02535074341545751,
      0.44600577295795574, 0.28218707469320015,
    ],
  },
  {
    seed: 4294967295,
    drawn: [
      0.0976320289940138, 0.9123828453026218, 0.78903530185164, 0.2845819535787153, 0.89887815082878, 0.556626859384112,
      0.17947030169391298,
    ],
  },
];

test.each(numpy)('draws what numpy draws from the seed $seed', ({ seed, drawn }) => {
  const uniform = seededRandom(seed);
  const first = Array.from({ length: 2000 }, uniform);
  expect([0, 1, 2, 311, 312, 999, 1999].map((index) => first[index])).toEqual(drawn);
});
