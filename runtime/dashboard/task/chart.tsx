import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { t } from '../text/text.ts';
import { describeRange, plotOptions } from './plot-options.ts';
import { rangeOf } from './plots.ts';

interface Line {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

interface ChartProps {
  readonly name: string;
  readonly xName: string;
  readonly x: readonly number[];
  readonly lines: readonly Line[];
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Lines over a common x. It follows its room and the theme; arrows move the cursor, Escape shows all again. */
export function Chart({ name, xName, x, lines }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  /** Ten thousand points are drawn once, not once more for each who asks. */
  const drawn = useRef<readonly Line[] | null>(null);
  const shape = lines.map((line) => line.name).join('\n');
  useEffect(() => {
    const element = place.current!;
    const make = (): void => {
      plot.current?.destroy();
      plot.current = new uPlot(plotOptions(element, xName, lines), dataOf(x, lines), element);
      drawn.current = lines;
    };
    make();
    const watcher = new ResizeObserver(() => takeRoom(plot.current, element));
    watcher.observe(element);
    dark.addEventListener('change', make);
    return () => {
      watcher.disconnect();
      dark.removeEventListener('change', make);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape, xName]);
  useEffect(() => {
    if (drawn.current === lines) return;
    drawn.current = lines;
    plot.current?.setData(dataOf(x, lines));
  }, [x, lines]);
  const ranges = lines.map((line) => describeRange(line.name, rangeOf(line))).join('; ');
  return (
    <figure class="plot">
      <figcaption>{name}</figcaption>
      <div
        ref={place}
        class="plot-area"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows move the cursor
        tabIndex={0}
        role="img"
        aria-label={t('task.plot', { name, x: xName, ranges })}
        onKeyDown={(event) => plot.current && steer(plot.current, event)}
      />
    </figure>
  );
}

/** Takes the room that there is. */
function takeRoom(plot: uPlot | null, { clientWidth: width }: HTMLElement): void {
  if (plot && width > 0 && width !== plot.width) plot.setSize({ width, height: plot.height });
}

function dataOf(x: readonly number[], lines: readonly Line[]): uPlot.AlignedData {
  return [x, ...lines.map(({ values }) => values)] as unknown as uPlot.AlignedData;
}

function steer(plot: uPlot, event: KeyboardEvent): void {
  const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20 };
  const xs = plot.data[0];
  if (event.key === 'Escape') plot.setScale('x', { min: xs[0]!, max: xs[xs.length - 1]! });
  const step = steps[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const index = Math.min(xs.length - 1, Math.max(0, (plot.cursor.idx ?? (step > 0 ? -1 : xs.length)) + step));
  plot.setCursor({ left: plot.valToPos(xs[index]!, 'x'), top: plot.over.clientHeight / 2 });
}
