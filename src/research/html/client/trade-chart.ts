// How does the trade chart come to life? Its state is made, its ears are opened, and the first symbol is shown.
import type { UnpackedCandles } from '../candle-code.ts';
import type { PagePayload, PageSymbol } from '../page-payload.ts';
import type { drawChart } from './chart-drawing.ts';
import type { ChartActions, listenToChart, listenToChoices, listenToOverview } from './chart-input.ts';
import type { ChartKit, ChartParts, ChartState } from './chart-state.ts';
import type { Page, PageElement } from './page-types.ts';

// The page carries these functions as text: they must not refer to anything but each other and what they are handed.

export interface StartKit extends ChartKit, ChartActions {
  readonly drawChart: typeof drawChart;
  readonly listenToChoices: typeof listenToChoices;
  readonly listenToChart: typeof listenToChart;
  readonly listenToOverview: typeof listenToOverview;
}

/** Brings the chart of the page to life; does nothing on a page without one. */
export function startTradeChart(page: Page, payload: PagePayload, kit: StartKit): void {
  const parts = partsOf(page.document.querySelector('#trade-chart'));
  if (parts === undefined || payload.symbols.length === 0) return;
  const state = createChartState({ page, payload, kit }, parts);
  kit.listenToChoices(state, kit);
  kit.listenToChart(state, kit);
  kit.listenToOverview(state, kit);
  kit.showSymbol(state);
  new page.ResizeObserver(state.redraw).observe(parts.root);
  // Paper does not wait for the next frame.
  page.matchMedia('print').addEventListener('change', () => kit.drawChart(state));
  page.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', state.redraw);
}

/** The parts of the page that the chart needs; undefined where one is missing. */
export function partsOf(root: PageElement | null): ChartParts | undefined {
  const chart = root?.querySelector('canvas.candles');
  const overview = root?.querySelector('canvas.overview');
  const readout = root?.querySelector('.readout');
  const list = root?.querySelector('.trade-list tbody');
  if (!root || !chart || !overview || !readout || !list) return undefined;
  return { root, chart, overview, readout, list };
}

export function createChartState(
  given: { readonly page: Page; readonly payload: PagePayload; readonly kit: StartKit },
  parts: ChartParts,
): ChartState {
  const { page, payload, kit } = given;
  /** Unpacked when first shown. */
  const unpacked: (UnpackedCandles | undefined)[] = [];
  let isDue = false;
  const shown = (): PageSymbol => payload.symbols[state.symbol];
  const state: ChartState = {
    ...given,
    parts,
    symbol: 0,
    level: 0,
    filter: 0,
    view: { from: 0, to: 1 },
    trades: [],
    chosen: undefined,
    hovered: undefined,
    shown,
    candles: () => {
      const candles = unpacked[state.symbol] ?? kit.unpackCandles(shown().candles);
      unpacked[state.symbol] = candles;
      return candles;
    },
    redraw: () => {
      if (isDue) return;
      isDue = true;
      page.requestAnimationFrame(() => {
        isDue = false;
        kit.drawChart(state);
      });
    },
  };
  return state;
}
