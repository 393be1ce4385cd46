/** Draws frames with WebGL2. */

import type { FrameView } from '../../wire/frame.ts';
import { distanceOf, type Matrix, type Pose, perspectiveOf, planeOf, radiusOf, type Size, viewOf } from './camera.ts';
import { COLOURS } from './colours.ts';
import type { Scene } from './scene.ts';
import { DISKS, LINES, SPHERES } from './shaders.ts';

/** Red, green, blue, 0 … 1. */
export type Colour = readonly [number, number, number];

/** What is drawn, and how it looks. */
export interface Picture {
  readonly view: FrameView;
  readonly scene: Scene;
  readonly pose: Pose;
  /** Half of how wide a particle is, where the scene's radius is 1. */
  readonly radius: number;
  /** The speed that has the last colour; null: all have the one of `plain`. */
  readonly fast: number | null;
  readonly ground: Colour;
  readonly plain: Colour;
  readonly line: Colour;
}

/** No particle is smaller than this, in pixels. */
const LEAST_RADIUS = 0.9;
const CORNERS = 4;

/** The twelve edges of a cube, two corners each; the first four are those of its ground. */
const EDGES = new Float32Array(
  [0b000, 0b001, 0b001, 0b011, 0b011, 0b010, 0b010, 0b000]
    .concat([0b100, 0b101, 0b101, 0b111, 0b111, 0b110, 0b110, 0b100])
    .concat([0b000, 0b100, 0b001, 0b101, 0b011, 0b111, 0b010, 0b110])
    .flatMap((corner) => [corner & 1, (corner >> 1) & 1, corner >> 2]),
);

export class Renderer {
  readonly #gl: WebGL2RenderingContext;
  readonly #spheres: Program;
  readonly #disks: Program;
  readonly #lines: Program;
  readonly #places: WebGLBuffer;
  readonly #speeds: WebGLBuffer;
  readonly #edges: WebGLBuffer;
  readonly #ramp: WebGLTexture;
  #uploaded: FrameView | null = null;

  /** @throws Error where a program is refused, as by a graphics card that is gone */
  constructor(gl: WebGL2RenderingContext) {
    this.#gl = gl;
    this.#spheres = new Program(gl, SPHERES);
    this.#disks = new Program(gl, DISKS);
    this.#lines = new Program(gl, LINES);
    this.#places = gl.createBuffer();
    this.#speeds = gl.createBuffer();
    this.#edges = gl.createBuffer();
    this.#ramp = gl.createTexture();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#edges);
    gl.bufferData(gl.ARRAY_BUFFER, EDGES, gl.STATIC_DRAW);
  }

  /** Takes other colours, as `rampOf` makes them. */
  setRamp(pixels: Uint8Array): void {
    const gl = this.#gl;
    gl.bindTexture(gl.TEXTURE_2D, this.#ramp);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, COLOURS, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
      gl.texParameteri(gl.TEXTURE_2D, filter, gl.LINEAR);
    for (const wrap of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, wrap, gl.CLAMP_TO_EDGE);
  }

  draw(picture: Picture): void {
    const gl = this.#gl;
    const size = { width: gl.drawingBufferWidth, height: gl.drawingBufferHeight };
    this.#upload(picture.view);
    gl.viewport(0, 0, size.width, size.height);
    gl.clearColor(...picture.ground, 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (picture.scene.isFlat) this.#drawFlat(picture, size);
    else this.#drawSpace(picture, size);
  }

  /** Gives back what the graphics card holds. */
  free(): void {
    const gl = this.#gl;
    for (const program of [this.#spheres, this.#disks, this.#lines]) program.free();
    for (const buffer of [this.#places, this.#speeds, this.#edges]) gl.deleteBuffer(buffer);
    gl.deleteTexture(this.#ramp);
    this.#uploaded = null;
  }

  #upload(view: FrameView): void {
    if (view === this.#uploaded) return;
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#places);
    gl.bufferData(gl.ARRAY_BUFFER, view.positions, gl.STREAM_DRAW);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#speeds);
    gl.bufferData(gl.ARRAY_BUFFER, view.speeds ?? new Uint8Array(1), gl.STREAM_DRAW);
    this.#uploaded = view;
  }

  #drawSpace(picture: Picture, size: Size): void {
    const gl = this.#gl;
    const view = viewOf(picture.pose);
    const projection = perspectiveOf(size, picture.pose.zoom);
    gl.enable(gl.DEPTH_TEST);
    gl.disable(gl.BLEND);
    // Smooth rims without sorting the particles by depth.
    gl.enable(gl.SAMPLE_ALPHA_TO_COVERAGE);
    const program = this.#spheres;
    program.use();
    const distance = distanceOf(picture.pose.zoom);
    program.matrix('view', view);
    program.vector('haze', [distance - 0.6, distance + 2.2]);
    program.vector('ground', picture.ground);
    // A pixel, as a part of the distance.
    program.number('leastRadius', (2 * LEAST_RADIUS) / (projection[5]! * size.height));
    this.#drawParticles(program, picture, projection);
    gl.disable(gl.SAMPLE_ALPHA_TO_COVERAGE);
    if (picture.scene.hasBox) this.#drawBox(picture, view, projection, EDGES.length / 3);
  }

  #drawFlat(picture: Picture, size: Size): void {
    const gl = this.#gl;
    const projection = planeOf(picture.pose, size, radiusOf(size, picture.scene.fit));
    gl.disable(gl.DEPTH_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const aPixel = 2 / (projection[5]! * size.height);
    this.#disks.use();
    const radius = Math.max(picture.radius, LEAST_RADIUS * aPixel);
    this.#drawParticles(this.#disks, { ...picture, radius }, projection);
    if (picture.scene.hasBox) this.#drawBox(picture, UNTURNED, projection, 8);
  }

  #drawParticles(program: Program, picture: Picture, projection: Matrix): void {
    const gl = this.#gl;
    const { view, fast, plain, radius } = picture;
    program.matrix('projection', projection);
    this.#placeBox(program, picture);
    program.number('radius', radius);
    program.number('tones', fast === null || !(view.greatestSpeed > 0) ? 0 : view.greatestSpeed / fast);
    program.vector('plain', [...plain, fast === null ? 1 : 0]);
    gl.bindTexture(gl.TEXTURE_2D, this.#ramp);
    program.column('place', this.#places, view.dimensions, gl.UNSIGNED_SHORT);
    if (view.speeds) program.column('speed', this.#speeds, 1, gl.UNSIGNED_BYTE);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, CORNERS, view.positions.length / view.dimensions);
    program.done();
  }

  #drawBox(picture: Picture, view: Matrix, projection: Matrix, corners: number): void {
    const gl = this.#gl;
    const program = this.#lines;
    program.use();
    program.matrix('view', view);
    program.matrix('projection', projection);
    this.#placeBox(program, picture);
    program.vector('plain', [...picture.line, 1]);
    program.column('place', this.#edges, 3, gl.FLOAT, 0);
    gl.drawArrays(gl.LINES, 0, corners);
    program.done();
  }

  /** Around the scene's middle, in units of its radius. */
  #placeBox(program: Program, { view, scene }: Picture): void {
    const inScene = (axis: number): boolean => axis < view.dimensions;
    const of = (length: number): number => (Number.isFinite(length) ? length / scene.radius : 0);
    program.vector(
      'low',
      view.low.map((low, axis) => (inScene(axis) ? of(low - scene.centre[axis]!) : 0)),
    );
    program.vector(
      'edges',
      view.edges.map((edge, axis) => (inScene(axis) ? of(edge) : 0)),
    );
  }
}

const UNTURNED: Matrix = new Float32Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);

/** A program of the graphics card, with its values by name. */
class Program {
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;
  readonly #places = new Map<string, WebGLUniformLocation | null>();
  #columns: number[] = [];

  constructor(gl: WebGL2RenderingContext, { vertex, fragment }: { vertex: string; fragment: string }) {
    this.#gl = gl;
    this.#program = gl.createProgram();
    const shaders = [
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragment],
    ] as const;
    for (const [kind, source] of shaders) {
      const shader = gl.createShader(kind)!;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(this.#program, shader);
      // It goes with the program.
      gl.deleteShader(shader);
    }
    gl.linkProgram(this.#program);
    if (!gl.getProgramParameter(this.#program, gl.LINK_STATUS) && !gl.isContextLost())
      throw new Error(`the graphics card refuses a program: ${gl.getProgramInfoLog(this.#program)}`);
  }

  use(): void {
    this.#gl.useProgram(this.#program);
  }

  number(name: string, value: number): void {
    this.#gl.uniform1f(this.#place(name), value);
  }

  /** Two, three or four numbers. */
  vector(name: string, values: readonly number[]): void {
    const place = this.#place(name);
    if (values.length === 2) this.#gl.uniform2fv(place, values);
    else if (values.length === 3) this.#gl.uniform3fv(place, values);
    else this.#gl.uniform4fv(place, values);
  }

  matrix(name: string, value: Matrix): void {
    this.#gl.uniformMatrix4fv(this.#place(name), false, value);
  }

  /** What differs from corner to corner, or with `every` 1 from particle to particle; whole numbers become 0 … 1. */
  column(name: string, buffer: WebGLBuffer, numbers: number, type: number, every = 1): void {
    const gl = this.#gl;
    const index = gl.getAttribLocation(this.#program, name);
    if (index < 0) return;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(index);
    gl.vertexAttribPointer(index, numbers, type, type !== gl.FLOAT, 0, 0);
    gl.vertexAttribDivisor(index, every);
    this.#columns.push(index);
  }

  /** Lets go of the columns: another program numbers its own. */
  done(): void {
    for (const index of this.#columns) {
      this.#gl.disableVertexAttribArray(index);
      this.#gl.vertexAttribDivisor(index, 0);
    }
    this.#columns = [];
  }

  free(): void {
    this.#gl.deleteProgram(this.#program);
  }

  #place(name: string): WebGLUniformLocation | null {
    if (!this.#places.has(name)) this.#places.set(name, this.#gl.getUniformLocation(this.#program, name));
    return this.#places.get(name)!;
  }
}
