// What does the trade chart look like now? Axes, candles, trades, the pointer, and the strip with the whole test.
import type { PageSymbol } from '../page-payload.ts';
import type { ChartState } from './chart-state.ts';
import type { Page, PageCanvas } from './page-types.ts';
import type { Colours, Scene } from './scene.ts';
import type { Viewport } from './viewport.ts';

// The page carries these functions as text: they must not refer to anything but each other and what they are handed.

export function drawChart(state: ChartState): void {
  const { kit, parts, chosen } = state;
  const own = state.shown();
  const candles = state.candles();
  const exits = chosen === undefined ? [] : [chosen.stop, chosen.target].filter((price) => price !== null);
  const isInSight = chosen !== undefined && chosen.exitBar >= state.view.from && chosen.entryBar <= state.view.to;
  const prices = kit.priceRange(candles, state.view, isInSight ? exits : []);
  const scene = sceneOn(state, parts.chart, { view: state.view, prices, axis: axisWidth(state), foot: 24 });
  if (scene === undefined) return;
  const { drawing } = scene;
  kit.drawAxes(scene, kit);
  drawing.save();
  drawing.beginPath();
  drawing.rect(0, 0, scene.right, scene.bottom);
  drawing.clip();
  const drawn = kit.drawCandles(scene, kit);
  const trades = kit.drawTrades(scene, state.trades, chosen);
  drawing.restore();
  if (state.hovered !== undefined) kit.drawCrosshair(scene, state.hovered);
  parts.chart.dataset['candles'] = String(drawn);
  parts.chart.dataset['trades'] = String(trades);
  parts.readout.textContent = readoutText(state, own);
  const bars = candles.openTime.length;
  const whole = { from: 0, to: bars };
  const strip = sceneOn(state, parts.overview, {
    view: whole,
    prices: kit.priceRange(candles, whole, []),
    axis: 0,
    foot: 0,
  });
  if (strip !== undefined) kit.drawOverview(strip, state.view);
}

export function axisWidth(state: ChartState): number {
  const { candles, decimals } = state.shown();
  const digits = Math.max(0, Math.floor(Math.log10(Math.max(1, candles.tickSize * 10 ** decimals)))) + decimals;
  return Math.min(96, 54 + 4 * digits);
}

/** The canvas at the size and sharpness it has on the page, cleared; undefined while it has no size. */
export function sceneOn(
  state: ChartState,
  canvas: PageCanvas,
  place: {
    readonly view: Viewport;
    readonly prices: readonly [number, number];
    readonly axis: number;
    readonly foot: number;
  },
): Scene | undefined {
  const { page } = state;
  const { width, height } = canvas.getBoundingClientRect();
  const drawing = canvas.getContext('2d');
  if (drawing === null || !(width > 0) || !(height > 0)) return undefined;
  const ratio = page.devicePixelRatio;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  drawing.setTransform(ratio, 0, 0, ratio, 0, 0);
  drawing.clearRect(0, 0, width, height);
  const { candles, decimals } = state.shown();
  const { view, prices } = place;
  const right = width - place.axis;
  const bottom = height - place.foot;
  return {
    drawing,
    width,
    height,
    right,
    bottom,
    candles: state.candles(),
    tickSize: candles.tickSize,
    decimals,
    view,
    prices,
    colours: readColours(page),
    x: (bar) => ((bar - view.from) / (view.to - view.from)) * right,
    y: (ticks) => bottom - ((ticks - prices[0]) / (prices[1] - prices[0])) * bottom,
  };
}

/** The colours in force, so that the chart is dark where the page is. */
export function readColours(page: Page): Colours {
  const style = page.getComputedStyle(page.document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour('ink'),
    soft: colour('soft'),
    faint: colour('faint'),
    paper: colour('paper'),
    gain: colour('gain'),
    loss: colour('loss'),
    accent: colour('accent'),
    font: style.getPropertyValue('font-family'),
  };
}

/** The candle under the pointer, else the chosen trade, else what to do. */
export function readoutText(state: ChartState, own: PageSymbol): string {
  const { kit, hovered, chosen, trades } = state;
  const { tickSize } = own.candles;
  if (hovered !== undefined) {
    const { openTime, open, high, low, close } = state.candles();
    const price = (column: Float64Array): string => kit.plainText(column[hovered] * tickSize, own.decimals);
    return `${kit.minuteText(openTime[hovered])}   open ${price(open)}   high ${price(high)}   low ${price(low)}   close ${price(close)}`;
  }
  if (chosen !== undefined) {
    return kit.tradeSentence(chosen, { decimals: own.decimals, tickSize, currency: state.payload.currency });
  }
  return `${trades.length} trades. Choose one from the list, or click the chart and scroll to zoom.`;
}
