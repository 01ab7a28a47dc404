// What does the bot do in a rehearsal, and what does research say it would have done? The same markets, settings and models through both.
import { setTimeout as pause } from 'node:timers/promises';
import { composeRehearsal, type ComposedRehearsal, type RehearsalOptions } from '../../src/cli/compose-rehearsal.ts';
import { createCandleView, firstBarAtOrAfter, loadCandle } from '../../src/domain/candle.ts';
import type { Candle, CandleSeries } from '../../src/domain/candle.ts';
import { toExactJson } from '../../src/domain/exact-json.ts';
import { exactEquity, ledgerTotals } from '../../src/domain/ledger.ts';
import type { OrderIntent } from '../../src/domain/order.ts';
import type { MarketSlice } from '../../src/engine/event.ts';
import type { RoundTrip } from '../../src/engine/round-trip.ts';
import type { EngineState } from '../../src/engine/state.ts';
import type { Note } from '../../src/engine/step.ts';
import { rehearse } from '../../src/live/rehearsal/rehearse.ts';
import { decisionsOf } from '../../src/live/record/decisions.ts';
import { recordFromText } from '../../src/live/record/engine-record.ts';
import type { Incident } from '../../src/live/session/session-setup.ts';
import type { FoldWindow } from '../../src/research/outcome.ts';
import { simulatePortfolio } from '../../src/research/simulate-portfolio.ts';

/** What one side did, each part as texts that are equal only when every digit is. */
export interface Account {
  /** Per close and symbol: verdict, signal, regime and the row that the meta-model saw. */
  readonly decisions: readonly string[];
  /** Order intents as they were decided. */
  readonly orders: readonly string[];
  readonly trades: readonly string[];
  /** Guard, limits, rebalances. */
  readonly notes: readonly string[];
  /** Money at the end, in atoms, and what is still open. */
  readonly end: string;
}

export interface Comparison {
  readonly rehearsal: Account;
  readonly backtest: Account;
  readonly incidents: readonly Incident[];
  /** Ledgers of bot and exchange, atoms. */
  readonly wallet: { readonly bot: bigint; readonly exchange: bigint };
  readonly rebalances: number;
  readonly selectionChanges: number;
  readonly increases: number;
  readonly models: number;
  readonly seconds: number;
}

const PATIENCE_MS = 5_000;

/**
 * Ends an hour before the last day does: a venue charges the funding that is due at the very end, and research does not.
 * @throws whatever breaks inside the bot
 */
export async function rehearseAndBacktest(options: RehearsalOptions): Promise<Comparison> {
  const startedAt = performance.now();
  const shorter = { ...options, days: options.days - 1 / 24 };
  const composed = await composeRehearsal(shorter, new AbortController().signal);
  try {
    await Promise.race([drive(composed), composed.fatal]);
    const { engine, exchange, incidents, models } = composed;
    const { account: rehearsal, notes } = rehearsed(composed);
    const rebalances = notes.flatMap((note) => (note.kind === 'rebalance' ? [note.rebalance] : []));
    return {
      rehearsal,
      backtest: backtested(composed),
      incidents,
      wallet: { bot: engine.state.ledger.wallet, exchange: exchange.ledger.wallet },
      rebalances: rebalances.length,
      selectionChanges: rebalances.filter(({ entered, left }) => entered.length + left.length > 0).length,
      increases: rehearsal.orders.filter((text) => /^{"clientOrderId":"[^"]*-increase"/.test(text)).length,
      models: models.filter(({ trained }) => trained !== undefined).length,
      seconds: (performance.now() - startedAt) / 1_000,
    };
  } finally {
    await composed.close();
  }
}

const patience = (): Promise<void> => pause(PATIENCE_MS, undefined, { ref: false });

async function drive({ session, clock, pace }: ComposedRehearsal): Promise<void> {
  await session.start();
  await rehearse({ session, clock, pace, patience, executionsBefore: 0 });
}

function rehearsed({ journal, engine, from, until }: ComposedRehearsal): { account: Account; notes: readonly Note[] } {
  const decisions: string[] = [];
  const orders: string[] = [];
  const notes: Note[] = [];
  for (const { payload } of journal.read({ stream: 'event' })) {
    const record = recordFromText(payload);
    // At the very end research decides nothing, since no order could fill.
    if (record.input.kind === 'slice' && record.input.time >= until) continue;
    for (const decision of record.decisions) decisions.push(toExactJson([record.input.time, decision]));
    for (const command of record.commands) if (command.kind === 'place') orders.push(toExactJson(command.order));
    notes.push(...record.notes);
  }
  return { account: { decisions, orders, notes: textsOf(notes, from, until), ...moneyOf(engine.state, until) }, notes };
}

/** Research's own account over the same span: one window that begins at the first close and ends with the market. */
function backtested({ markets, settings, strategy, models, from, until, engine }: ComposedRehearsal): Account {
  const window: FoldWindow = { index: 0, trainStart: from, testStart: from + engine.state.barMs, testEnd: until };
  const decisions: string[] = [];
  const orders: OrderIntent[] = [];
  const series = new Map(markets.map((market) => [market.symbol, market.series]));
  let end: Pick<Account, 'trades' | 'end'> | undefined;
  const { notes } = simulatePortfolio({
    symbols: markets.map((market) => {
      const trained = models.find(({ symbol }) => symbol === market.symbol)?.trained;
      return { market, folds: [{ window, model: trained?.model }] };
    }),
    settings,
    strategy,
    calendar: [window],
    ambiguity: 'worst',
    onOrder: (order) => void orders.push(order),
    observe(state, time) {
      if (time === until) end = moneyOf(state, until);
      if (time < window.testStart || time >= until) return;
      const candles = state.symbols.map(({ instrument }) => candleThat(series.get(instrument.symbol), time));
      const slice: MarketSlice = { kind: 'slice', time, candles, funding: [] };
      for (const decision of decisionsOf(state, slice)) decisions.push(toExactJson([time, decision]));
    },
  });
  if (end === undefined) throw new Error('research never came to the end of the span');
  return { decisions, orders: orders.map(toExactJson), notes: textsOf(notes, from, until), ...end };
}

/** Models are promoted before the first close on both sides, and nothing can be selected without one; the rest is the same. */
function textsOf(notes: readonly Note[], from: number, until: number): readonly string[] {
  return notes.filter(({ kind, time }) => kind !== 'model' && time > from && time < until).map(toExactJson);
}

function candleThat(series: CandleSeries | undefined, closeTime: number): Candle | undefined {
  if (series === undefined) return undefined;
  const bar = firstBarAtOrAfter(series, closeTime - series.intervalMs);
  if (series.openTime[bar] !== closeTime - series.intervalMs) return undefined;
  const view = createCandleView();
  loadCandle(view, series, bar);
  return view;
}

function moneyOf({ ledger, roundTrips, symbols, guard }: EngineState, until: number): Pick<Account, 'trades' | 'end'> {
  const open = symbols.flatMap(({ instrument, trade }) =>
    trade === undefined ? [] : [{ symbol: instrument.symbol, ...withoutGuesses(trade) }],
  );
  const { fees, funding } = ledgerTotals(ledger);
  return {
    trades: roundTrips.filter(({ exitTime }) => exitTime < until).map((trip) => toExactJson(withoutGuesses(trip))),
    end: toExactJson({ wallet: ledger.wallet, equity: exactEquity(ledger), fees, funding, open, guard: guard.mode }),
  };
}

/** Slippage is measured against other prices at a venue, and no venue knows what was ambiguous. */
function withoutGuesses<Trade extends Pick<RoundTrip, 'slippage' | 'ambiguous'>>(
  trade: Trade,
): Omit<Trade, 'slippage' | 'ambiguous'> {
  const { slippage: _slippage, ambiguous: _ambiguous, ...rest } = trade;
  return rest;
}
