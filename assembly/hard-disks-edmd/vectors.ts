/** Vectors of two doubles. */
import { height, width } from './state';

/** The scalar product of two vectors. */
// @ts-ignore: decorator
@inline
export function dot(a: v128, b: v128): f64 {
  const products = f64x2.mul(a, b);
  return f64x2.extract_lane(products, 0) + f64x2.extract_lane(products, 1);
}

/** The shortest of a distance's periodic images. */
export function nearestImage(d: v128): v128 {
  const box = f64x2.replace_lane(f64x2.splat(width), 1, height);
  return f64x2.sub(d, f64x2.mul(box, f64x2.nearest(f64x2.div(d, box))));
}
