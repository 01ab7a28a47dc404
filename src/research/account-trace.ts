// What does one account over many symbols decide and do, close by close? Ranking, selection, weights, orders, fills and equity as columns.
import { COMPONENTS } from '../portfolio/portfolio-params.ts';
import type { OrderIntent } from '../domain/order.ts';
import type { Rebalance } from '../portfolio/rebalance.ts';
import type { NamedColumns } from './look-ahead.ts';
import { rebalancesOf } from './portfolio-figures.ts';
import { simulatePortfolio, type PortfolioSimulation } from './simulate-portfolio.ts';

/** Closes that a trace holds: the first, their distance, and how many. */
export interface TraceSpan {
  /** Epoch milliseconds. */
  readonly firstClose: number;
  readonly intervalMs: number;
  readonly closes: number;
}

/** Columns named `<stage> <name>`, one entry per close of the span; NaN: nothing of the kind then. */
export interface AccountTrace {
  /** Decided at a close. */
  readonly decided: NamedColumns;
  /** Happened up to and at a close; at the last close of the candles only what their end brings. */
  readonly happened: NamedColumns;
  readonly orders: number;
}

export type TracedAccount = Omit<PortfolioSimulation, 'ambiguity' | 'delayBars' | 'onOrder'>;

/** Simulates the account and writes everything down that falls into `span`. */
export function traceAccount(account: TracedAccount, span: TraceSpan): AccountTrace {
  const decided = createColumns(span);
  const happened = createColumns(span);
  let orders = 0;
  const onOrder = (order: OrderIntent): void => {
    orders += 1;
    const signed = order.side === 'buy' ? order.quantity : -order.quantity;
    decided.add(order.decidedAt, `order ${order.symbol}`, signed);
  };
  const { notes, venueEvents, curve } = simulatePortfolio({ ...account, ambiguity: 'worst', onOrder });
  const firstCloses = new Map(
    account.symbols.flatMap(({ market: { symbol, series } }) =>
      series.length === 0 ? [] : [[symbol, series.openTime[0] + series.intervalMs] as const],
    ),
  );
  for (const rebalance of rebalancesOf(notes)) noteRebalance(decided, rebalance, firstCloses);
  for (const event of venueEvents) {
    if (event.kind !== 'fill') continue;
    const signed = event.side === 'buy' ? event.quantity : -event.quantity;
    happened.add(event.time, `account fills ${event.symbol}`, signed * event.price);
  }
  curve.time.forEach((time, point) => happened.add(time, 'account equity', curve.equity[point]));
  return { decided: decided.columns, happened: happened.columns, orders };
}

/** Everything that a rebalance tells of each symbol that has a candle by then; of others nothing can be known. */
function noteRebalance(
  columns: Columns,
  { time, ranking, selected, weights, riskContributions }: Rebalance,
  firstCloses: ReadonlyMap<string, number>,
): void {
  for (const { symbol, rank, score, values, components, tradedValue24h, eligible } of ranking) {
    if (!((firstCloses.get(symbol) ?? Infinity) <= time)) continue;
    for (const name of COMPONENTS) {
      columns.add(time, `ranking ${name} of ${symbol}`, values[name]);
      columns.add(time, `ranking ${name} score of ${symbol}`, components[name]);
    }
    columns.add(time, `ranking traded value of ${symbol}`, tradedValue24h);
    columns.add(time, `ranking score of ${symbol}`, score);
    columns.add(time, `selection rank of ${symbol}`, rank);
    columns.add(time, `selection eligible ${symbol}`, Number(eligible));
    const place = selected.indexOf(symbol);
    columns.add(time, `selection selected ${symbol}`, Number(place >= 0));
    if (place < 0) continue;
    columns.add(time, `weight weight of ${symbol}`, weights[place]);
    columns.add(time, `weight risk of ${symbol}`, riskContributions?.[place]);
  }
}

interface Columns {
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** Adds `value` to what is there; undefined and times outside the span change nothing. */
  add(time: number, name: string, value: number | undefined): void;
}

function createColumns({ firstClose, intervalMs, closes }: TraceSpan): Columns {
  const columns: Record<string, Float64Array> = {};
  return {
    columns,
    add(time, name, value) {
      if (value === undefined || time < firstClose) return;
      // What happens inside a candle is known at its close.
      const at = Math.ceil((time - firstClose) / intervalMs);
      if (at >= closes) return;
      columns[name] ??= new Float64Array(closes).fill(NaN);
      const before = columns[name][at];
      columns[name][at] = Number.isNaN(before) ? value : before + value;
    },
  };
}
