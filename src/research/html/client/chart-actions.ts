// What can a reader do with the trade chart? Choose what is shown, jump to a trade, move and zoom.
import type { ChartState } from './chart-state.ts';
import type { PageTrade } from './scene.ts';
import type { Viewport } from './viewport.ts';

// The page carries these functions as text: they must not refer to anything but each other and what they are handed.

/** Another symbol: all of it is shown. */
export function showSymbol(state: ChartState): void {
  state.view = { from: 0, to: state.candles().openTime.length };
  showTrades(state);
}

/** Another list of trades: none is chosen. */
export function showTrades(state: ChartState): void {
  const { kit, parts } = state;
  const { candles, trades, decimals } = state.shown();
  const { tickSize } = candles;
  const all = kit.readTrades(trades[state.level] ?? [], {
    candles: state.candles(),
    tickSize,
    barAtTime: kit.barAtTime,
  });
  state.trades = all.filter((trade) => kit.isListed(trade, state.filter));
  state.chosen = undefined;
  kit.fillTradeList(state.page.document, parts.list, {
    trades: state.trades,
    decimals,
    tickSize,
    choose: (trade) => chooseTrade(state, trade),
  });
  state.redraw();
}

/** Jumps to a trade. */
export function chooseTrade(state: ChartState, trade: PageTrade): void {
  const { kit, parts } = state;
  state.chosen = trade;
  state.hovered = undefined;
  state.view = kit.viewportAround(trade.entryBar, trade.exitBar, state.candles().openTime.length);
  kit.markTrade(parts.list, trade);
  parts.chart.scrollIntoView({ block: 'nearest' });
  state.redraw();
}

/** The trade after or before the chosen one, from end to end. */
export function stepTrade(state: ChartState, step: number): void {
  const { trades, chosen } = state;
  if (trades.length === 0) return;
  const at = chosen === undefined ? (step > 0 ? -1 : 0) : trades.indexOf(chosen);
  chooseTrade(state, trades[(at + step + trades.length) % trades.length]);
}

export function setView(state: ChartState, view: Viewport): void {
  state.view = state.kit.clampViewport(view, state.candles().openTime.length);
  state.redraw();
}

/** Zooms about `anchor`, or about the middle. */
export function zoom(state: ChartState, factor: number, anchor = (state.view.from + state.view.to) / 2): void {
  state.view = state.kit.zoomViewport(state.view, { factor, anchor }, state.candles().openTime.length);
  state.redraw();
}

export function hover(state: ChartState, bar: number | undefined): void {
  if (state.hovered === bar) return;
  state.hovered = bar;
  state.redraw();
}
