// What does the whole engine decide with the portfolio layer on? One run over many symbols, read out as everything that was decided and done.
import { createRandom } from '../../src/domain/random.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import type { VenueEvent } from '../../src/domain/fill.ts';
import type { FundingSeries } from '../../src/domain/funding.ts';
import type { OrderIntent } from '../../src/domain/order.ts';
import type { EngineEvent } from '../../src/engine/event.ts';
import type { EngineParams } from '../../src/engine/state.ts';
import type { Note } from '../../src/engine/step.ts';
import { runBacktest } from '../../src/simulation/run-backtest.ts';
import { createSimulatedVenue } from '../../src/simulation/simulated-venue.ts';
import type { CostParams } from '../../src/simulation/cost-model.ts';
import { firstBarAtOrAfter, sliceSeries, type CandleSeries } from '../../src/domain/candle.ts';
import type { SymbolMarket } from '../../src/research/market.ts';
import type { Strategy } from '../../src/strategy/strategy.ts';
import { fundingUntil } from './decision-chain.ts';

export interface PortfolioRun {
  readonly markets: readonly SymbolMarket[];
  readonly params: EngineParams;
  readonly costs: CostParams;
  readonly strategy: Strategy;
  readonly schedule: readonly EngineEvent[];
}

/** Everything that was decided and done, each with its time; equal texts mean equal in every bit. */
export interface Told {
  readonly time: number;
  readonly what: 'rebalance' | 'order' | 'venue' | 'note' | 'equity';
  readonly text: string;
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'number' && !Number.isFinite(inner) ? String(inner) : inner,
  );

/**
 * Runs to the end of the candles, deciding at the last close too. Left out is what only the end itself brings: the closing of what
 * is held then.
 */
export function toldBy({ markets, params, costs, strategy, schedule }: PortfolioRun): Told[] {
  const told: Told[] = [];
  const venue = createSimulatedVenue({
    instruments: markets.map(({ instrument }) => instrument),
    costs,
    funding: new Map(
      markets.flatMap(({ symbol, funding }) => (funding === undefined ? [] : [[symbol, funding] as const])),
    ),
    ambiguity: 'worst',
  });
  const listed = markets.filter(({ series }) => series.length > 0);
  const from = Math.min(...listed.map(({ series }) => series.openTime[0]));
  const end = Math.max(...listed.map(({ series }) => series.openTime[series.length - 1])) + HOUR_MS;
  const { notes, venueEvents, curve } = runBacktest({
    setup: {
      barMs: HOUR_MS,
      initialEquity: 100_000,
      params,
      strategy,
      symbols: markets.map(({ instrument, funding }) => ({ instrument, hasFunding: funding !== undefined })),
    },
    venue: {
      ...venue,
      place(order: OrderIntent) {
        told.push({ time: order.decidedAt, what: 'order', text: textOf(order) });
        venue.place(order);
      },
    },
    series: markets.map(({ series }) => series),
    funding: markets.map(({ funding }) => funding),
    schedule,
    from,
    recordFrom: from,
    until: end + 1,
  });
  for (const note of notes) told.push(toldOf(note));
  for (const event of venueEvents) {
    if (!isOfTheEnd(event)) told.push({ time: event.time, what: 'venue', text: textOf(event) });
  }
  curve.time.forEach((time, at) => told.push({ time, what: 'equity', text: String(curve.equity[at]) }));
  return told;
}

function toldOf(note: Note): Told {
  return { time: note.time, what: note.kind === 'rebalance' ? 'rebalance' : 'note', text: textOf(note) };
}

const isOfTheEnd = (event: VenueEvent): boolean => event.kind === 'fill' && event.reason === 'end-of-data';

/**
 * What is known at `time`: rebalances and orders decided up to it, and all that happened before it. What fills at the open that is
 * the same moment belongs to the next candle.
 */
export function knownAt(told: readonly Told[], time: number): Told[] {
  return told.filter((each) =>
    each.what === 'venue' || each.what === 'equity' ? each.time < time : each.time <= time,
  );
}

/** The candles that close up to `time` and what funding is known by then; a symbol without any is left without candles. */
export function cutAt(market: SymbolMarket, time: number): SymbolMarket {
  const { series, funding } = market;
  const cut = sliceSeries(series, 0, firstBarAtOrAfter(series, time));
  return { ...market, series: cut, funding: funding === undefined ? undefined : knownFunding(cut, funding, time) };
}

function knownFunding(series: CandleSeries, funding: FundingSeries, time: number): FundingSeries {
  if (series.length > 0) return fundingUntil(series, funding);
  const length = funding.time.filter((stamp) => stamp <= time).length;
  return { ...funding, length, time: funding.time.slice(0, length), rate: funding.rate.slice(0, length) };
}

/** The same candles up to `time`, and another history after it, at the same hours. */
export function otherwiseAfter(market: SymbolMarket, time: number, seed: string): SymbolMarket {
  const { series } = market;
  const random = createRandom(`${seed}/${market.symbol}`);
  const first = firstBarAtOrAfter(series, time);
  const columns = { open: series.open, high: series.high, low: series.low, close: series.close };
  const changed = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.slice()]));
  const volume = series.volume.slice();
  for (let bar = first; bar < series.length; bar += 1) {
    const factor = Math.exp(0.05 * random.normal());
    for (const column of Object.values(changed)) column[bar] *= factor;
    volume[bar] *= random.next();
  }
  return { ...market, series: { ...series, ...changed, volume } };
}
