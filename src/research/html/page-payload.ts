// What does the page's script need to draw the trades? Packed candles, and every trade as one short row.
import { decimalsOf } from '../../domain/instrument.ts';
import { packCandles, type PackedCandles } from './candle-code.ts';
import { known } from './number-text.ts';
import type { CandleColumns, ReportTrade } from './report-data.ts';
import { curvesOf, type ReportView } from './report-view.ts';
import { joinedCandles } from './series/joined-candles.ts';
import { multipleOf } from './series/trade-multiple.ts';

/** Candles shown before the first test and after the last. */
const LEAD_BARS = 100;
/** Candles of all symbols together, each a few bytes: with more of them the page would be slow to open. */
const MOST_CANDLES = 240_000;
/** Ticks below this are no price steps of any contract. */
const FINEST_TICK = 1e-9;

export interface PagePayload {
  readonly currency: string;
  readonly levels: readonly string[];
  readonly symbols: readonly PageSymbol[];
}

export interface PageSymbol {
  readonly candles: PackedCandles;
  /** Decimals of a price. */
  readonly decimals: number;
  /** One list per risk level. */
  readonly trades: readonly (readonly TradeRow[])[];
}

/** A trade; null: undefined. Times in epoch milliseconds, prices in quote currency. */
export type TradeRow = readonly [
  direction: number,
  entryTime: number,
  exitTime: number,
  entryPrice: number,
  exitPrice: number,
  stopPrice: number | null,
  targetPrice: number | null,
  reason: string,
  probability: number | null,
  regime: string,
  multiple: number | null,
  netPnl: number,
  ambiguous: 0 | 1,
];

/** What is embedded; symbols without candles are left out. */
export function pagePayload(view: ReportView): PagePayload {
  const { data, symbols, levels, span } = view;
  const factor = candlesJoined(view);
  const shown = symbols.flatMap((symbol) => {
    const columns = data.candles.find((candles) => candles.symbol === symbol);
    if (columns === undefined || span === undefined) return [];
    return [symbolPayload(view, joinedCandles(columns, factor))];
  });
  return { currency: data.currency, levels, symbols: shown };
}

/** How many candles are shown as one; 1 unless there are many symbols. */
export function candlesJoined({ data, span }: ReportView): number {
  if (span === undefined) return 1;
  const count = data.candles.reduce((sum, { intervalMs }) => sum + (span.to - span.from) / intervalMs, 0);
  return Math.max(1, Math.ceil(count / MOST_CANDLES));
}

function symbolPayload(view: ReportView, columns: CandleColumns): PageSymbol {
  const { levels, span } = view;
  const lead = LEAD_BARS * columns.intervalMs;
  const tickSize = usableTick(columns);
  const from = (span?.from ?? 0) - lead;
  const to = (span?.to ?? 0) + lead;
  const curves = curvesOf(view, columns.symbol);
  return {
    candles: packCandles({ ...columns, tickSize }, from, to),
    decimals: Math.min(12, decimalsOf(tickSize)),
    trades: levels.map((riskLevel) =>
      (curves.find((curve) => curve.riskLevel === riskLevel)?.trades ?? []).map((trade) => tradeRow(trade)),
    ),
  };
}

/** The contract's tick where it is a positive number, and a fine one otherwise. */
function usableTick({ tickSize, close }: CandleColumns): number {
  if (tickSize >= FINEST_TICK && Number.isFinite(tickSize)) return tickSize;
  const price = Math.abs(close[0]);
  return price > 0 ? 10 ** (Math.floor(Math.log10(price)) - 5) : 0.01;
}

function tradeRow(trade: ReportTrade): TradeRow {
  return [
    trade.direction,
    trade.entryTime,
    trade.exitTime,
    Number(trade.entryPrice.toPrecision(12)),
    Number(trade.exitPrice.toPrecision(12)),
    short(trade.stopPrice, 12),
    short(trade.targetPrice, 12),
    trade.reason,
    short(trade.probability, 4),
    trade.regime,
    short(multipleOf(trade), 4),
    short(trade.netPnl, 6) ?? 0,
    trade.ambiguous ? 1 : 0,
  ];
}

/** The value with so many significant digits; null where it is undefined. */
function short(value: number | null | undefined, digits: number): number | null {
  const finite = known(value);
  return finite === undefined ? null : Number(finite.toPrecision(digits));
}
