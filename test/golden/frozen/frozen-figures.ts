// Which figures of a run are frozen? Statistics, exact money, counts, and hashes over orders, trades and data.
import { contentHashOf } from '../../../src/domain/content-hash.ts';
import type { CandleSeries } from '../../../src/domain/candle.ts';
import type { VenueEvent } from '../../../src/domain/fill.ts';
import type { FundingSeries } from '../../../src/domain/funding.ts';
import { exactEquity, ledgerTotals } from '../../../src/domain/ledger.ts';
import { ATOM_DECIMALS, type Atoms } from '../../../src/domain/money.ts';
import type { OrderIntent } from '../../../src/domain/order.ts';
import { sha256Hex } from '../../../src/domain/sha256.ts';
import type { RoundTrip } from '../../../src/engine/round-trip.ts';
import { performance } from '../../../src/research/statistics/performance.ts';
import type { BacktestResult } from '../../../src/simulation/run-backtest.ts';

/** A number as JSON can hold it: undefined is null, and what JSON has no word for (NaN, infinities, -0) is its name. */
export type Leaf = number | string | null;
/** Figures by name; counts by reason or stage are figures of their own, such as `funnel ALPHAUSDT signals`. */
export type Figures = Readonly<Record<string, Leaf>>;

/** What a run leaves behind. */
export interface FinishedRun {
  readonly result: BacktestResult;
  /** The orders as the venue was given them; none where the run keeps no record of them: their answers are always there. */
  readonly orders: readonly OrderIntent[];
  readonly data: readonly { readonly series: CandleSeries; readonly funding: FundingSeries | undefined }[];
}

/** Everything that is compared of a run. */
export function figuresOf({ result, orders, data }: FinishedRun): Figures {
  const { state, curve, notes, venueEvents } = result;
  const trades = state.roundTrips;
  const totals = ledgerTotals(state.ledger);
  const tradedNotional = trades.flatMap((trade) => [
    trade.entryPrice * trade.quantity,
    trade.exitPrice * trade.quantity,
  ]);
  const whole = performance({ ...curve, trades, positionNotional: curve.notional, tradedNotional });
  const noted = (kind: string): number => notes.filter((note) => note.kind === kind).length;
  return {
    trades: trades.length,
    totalReturn: leafOf(whole.totalReturn),
    sharpe: leafOf(whole.sharpeDaily),
    sharpeCautious: leafOf(whole.sharpeCautious),
    profitFactor: leafOf(whole.profitFactor),
    maxDrawdown: leafOf(whole.maxDrawdown),
    winRate: leafOf(whole.winRate),
    expectancyR: leafOf(whole.expectancyR),
    exposure: leafOf(whole.exposureTime),
    exposureGross: leafOf(whole.exposureGross),
    turnover: leafOf(whole.turnoverAnnual),
    fees: decimalOf(totals.fees),
    slippage: decimalOf(totals.slippage),
    funding: decimalOf(totals.funding),
    finalEquity: decimalOf(exactEquity(state.ledger)),
    ambiguousTrades: trades.filter(({ ambiguous }) => ambiguous).length,
    guardChanges: noted('guard'),
    limitsReached: noted('limit'),
    models: [...new Set(trades.map(({ modelId }) => modelId))].sort().join(' '),
    ...countsOf(result),
    fills: venueEvents.filter(({ kind }) => kind === 'fill').length,
    refusals: venueEvents.filter(({ kind }) => kind === 'order-refused').length,
    missingFundingStamps: venueEvents.filter(
      (event) => event.kind === 'funding' && event.source === 'charged-for-missing',
    ).length,
    ordersHash: hashOfLines([...orders.map(orderLine), ...venueEvents.map(eventLine)]),
    tradesHash: hashOfLines(trades.map(tradeLine)),
    dataHash: hashOfLines(data.map(({ series, funding }) => contentHashOf(series, funding))),
  };
}

/** Stages of every symbol's funnel, and how trades ended; refusals and exits that never happened are left out. */
function countsOf({ state }: BacktestResult): Figures {
  const counts: Record<string, number> = {};
  for (const { instrument, funnel } of state.symbols) {
    const { refused, ...stages } = funnel;
    for (const [stage, count] of Object.entries(stages)) counts[`funnel ${instrument.symbol} ${stage}`] = count;
    for (const [reason, count] of Object.entries(refused)) {
      if (count > 0) counts[`refused ${instrument.symbol} ${reason}`] = count;
    }
  }
  for (const reason of state.roundTrips.map((trade) => trade.reason).sort()) {
    counts[`exit ${reason}`] = (counts[`exit ${reason}`] ?? 0) + 1;
  }
  return counts;
}

/** `undefined` is null; JSON keeps every other double but these. */
export function leafOf(value: number | undefined): Leaf {
  if (value === undefined) return null;
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

/** Atoms as the exact decimal they are, without trailing zeros beyond the point. */
export function decimalOf(atoms: Atoms): string {
  const digits = String(atoms < 0n ? -atoms : atoms).padStart(ATOM_DECIMALS + 1, '0');
  const decimal = `${digits.slice(0, -ATOM_DECIMALS)}.${digits.slice(-ATOM_DECIMALS)}`.replace(/\.?0+$/, '');
  return atoms < 0n ? `-${decimal}` : decimal;
}

/** Numbers are written in their shortest exact form, so that two lines are equal only if every bit is. */
const lineOf = (fields: readonly unknown[]): string => fields.map(textOf).join(' ');
const textOf = (field: unknown): string => (Object.is(field, -0) ? '-0' : String(field));

function hashOfLines(lines: readonly string[]): string {
  return sha256Hex([new TextEncoder().encode(lines.join('\n'))]);
}

function orderLine(order: OrderIntent): string {
  const { clientOrderId, symbol, side, quantity, reduceOnly, leverage, reason, protection } = order;
  const { stopFraction, targetFraction, trailingFraction } = protection ?? {};
  const distances = [stopFraction, targetFraction, trailingFraction];
  const decided = [order.decidedAt, order.decisionPrice];
  return lineOf([
    'order',
    clientOrderId,
    symbol,
    side,
    quantity,
    reduceOnly,
    leverage,
    reason,
    ...decided,
    ...distances,
  ]);
}

function eventLine(event: VenueEvent): string {
  const { kind, time, symbol } = event;
  if (event.kind === 'funding') {
    return lineOf([kind, time, symbol, event.rate, event.markPrice, event.payment, event.source]);
  }
  if (event.kind === 'order-refused') return lineOf([kind, time, symbol, event.clientOrderId, event.reason]);
  const { clientOrderId, side, quantity, price, fee, slippage, liquidity, reason, ambiguous } = event;
  const exits = [event.stopPrice, event.targetPrice, event.liquidationPrice];
  const what = [clientOrderId, side, quantity, price, fee, slippage, liquidity, reason];
  return lineOf([kind, time, symbol, ...what, ...exits, ambiguous]);
}

function tradeLine(trade: RoundTrip): string {
  const { symbol, direction, decidedAt, entryTime, exitTime, entryPrice, exitPrice, quantity, leverage } = trade;
  const { grossPnl, fees, slippage, funding, netPnl, initialRisk, reason, ambiguous } = trade;
  const { base, confidence, volatility, regime, guard, final } = trade.sizing;
  const positions = [symbol, direction, decidedAt, entryTime, exitTime, entryPrice, exitPrice, quantity, leverage];
  const money = [grossPnl, fees, slippage, funding, netPnl, initialRisk, reason, ambiguous];
  const decision = [trade.probability, trade.confidence, trade.regime, trade.modelId];
  const sizing = [base, confidence, volatility, regime, guard, final];
  return lineOf([...positions, ...money, ...decision, ...sizing]);
}
