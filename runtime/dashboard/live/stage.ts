/** The canvas: draws the newest frame at most once a screen refresh, as large, sharp, dark or light as the page has it. */
import type { FrameView } from '../../wire/frame.ts';
import { FIRST_POSE, type Pose, radiusOf, type Size } from './camera.ts';
import { rampOf } from './colours.ts';
import { type Colour, Renderer } from './renderer.ts';
import { fastColour, particleRadius, type Scene, sceneOf } from './scene.ts';

export interface StageOptions {
  /** The scale of colours is another one. */
  readonly onScale: (scale: Scale) => void;
  /** The graphics card is gone, or came back. */
  readonly onLost: (isLost: boolean) => void;
}

/** What colours mean: from speed 0 to `fast`, null where there are no speeds. */
export interface Scale {
  readonly fast: number | null;
  readonly ramp: Uint8Array;
}

/** More pixels than this for each of the page are not seen. */
const MOST_RATIO = 2;

export class Stage {
  readonly #canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  readonly #options: StageOptions;
  readonly #end = new AbortController();
  readonly #sizes: ResizeObserver;
  #renderer: Renderer | null;
  #look: { ground: Colour; plain: Colour; line: Colour; ramp: Uint8Array };
  #view: FrameView | null = null;
  #scene: Scene | null = null;
  #fast: number | null = null;
  #pose = FIRST_POSE;
  #grown = 1;
  #planned = 0;

  /** @returns null where the browser has no WebGL2 */
  static on(canvas: HTMLCanvasElement, options: StageOptions): Stage | null {
    const gl = canvas.getContext('webgl2', { alpha: false, antialias: true });
    return gl && new Stage(canvas, gl, options);
  }

  private constructor(canvas: HTMLCanvasElement, gl: WebGL2RenderingContext, options: StageOptions) {
    this.#canvas = canvas;
    this.#gl = gl;
    this.#options = options;
    this.#renderer = new Renderer(gl);
    this.#look = lookOf(canvas);
    this.#relook();
    const { signal } = this.#end;
    canvas.addEventListener('webglcontextlost', (event) => this.#lost(event), { signal });
    canvas.addEventListener('webglcontextrestored', () => this.#restored(), { signal });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#relook(), { signal });
    this.#sizes = new ResizeObserver(() => this.#resize());
    this.#sizes.observe(canvas);
  }

  /** In pixels of the page. */
  get size(): Size {
    return { width: this.#canvas.clientWidth, height: this.#canvas.clientHeight };
  }

  /** Of what is shown, in pixels of the page, before any zoom. */
  get radius(): number {
    return radiusOf(this.size, this.#scene?.fit ?? [1, 1]);
  }

  get isFlat(): boolean {
    return this.#scene?.isFlat ?? false;
  }

  show(view: FrameView): void {
    this.#view = view;
    this.#scene = sceneOf(view, this.#scene);
    const fast = fastColour(view, this.#fast);
    if (fast !== this.#fast) {
      this.#fast = fast;
      this.#options.onScale({ fast, ramp: this.#look.ramp });
    }
    this.#redraw();
  }

  /** Looks from elsewhere; particles as large as they are, times `grown`. */
  lookFrom(pose: Pose, grown: number): void {
    this.#pose = pose;
    this.#grown = grown;
    this.#redraw();
  }

  /** Lays the picture out anew: what flies apart has a new middle. */
  refit(): void {
    this.#scene = this.#view && sceneOf(this.#view, null);
    this.#redraw();
  }

  /** Gives back everything. */
  free(): void {
    this.#end.abort();
    this.#sizes.disconnect();
    cancelAnimationFrame(this.#planned);
    this.#renderer?.free();
    this.#renderer = null;
    // Browsers allow few contexts at once, and collect garbage late.
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  #redraw(): void {
    if (this.#planned === 0) this.#planned = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#planned = 0;
    const [view, scene] = [this.#view, this.#scene];
    if (!this.#renderer || !view || !scene) return;
    const radius = particleRadius(view, scene) * this.#grown;
    this.#renderer.draw({ view, scene, radius, pose: this.#pose, fast: this.#fast, ...this.#look });
  }

  #resize(): void {
    const ratio = Math.min(MOST_RATIO, devicePixelRatio);
    const { width, height } = this.size;
    this.#canvas.width = Math.max(1, Math.round(width * ratio));
    this.#canvas.height = Math.max(1, Math.round(height * ratio));
    // At once: a canvas is empty after it got another size.
    cancelAnimationFrame(this.#planned);
    this.#draw();
  }

  #relook(): void {
    this.#look = lookOf(this.#canvas);
    this.#renderer?.setRamp(this.#look.ramp);
    this.#options.onScale({ fast: this.#fast, ramp: this.#look.ramp });
    this.#redraw();
  }

  #lost(event: Event): void {
    // Without this the browser would not give it back.
    event.preventDefault();
    this.#renderer = null;
    this.#options.onLost(true);
  }

  #restored(): void {
    this.#renderer = new Renderer(this.#gl);
    this.#options.onLost(false);
    this.#relook();
  }
}

/** The page's colours, as the style sheet gives them to the canvas. */
function lookOf(canvas: HTMLCanvasElement) {
  const { backgroundColor, color, borderTopColor } = getComputedStyle(canvas);
  const ground = colourOf(backgroundColor);
  const [red, green, blue] = ground;
  const isDark = 0.3 * red + 0.6 * green + 0.1 * blue < 0.5;
  return {
    ...{ ground, plain: colourOf(color), line: colourOf(borderTopColor) },
    ramp: rampOf(isDark ? 'dark' : 'light'),
  };
}

/** `rgb(1, 2, 3)` in parts. */
function colourOf(css: string): Colour {
  const [red = 0, green = 0, blue = 0] = (css.match(/[\d.]+/g) ?? []).map((part) => Number(part) / 255);
  return [red, green, blue];
}
