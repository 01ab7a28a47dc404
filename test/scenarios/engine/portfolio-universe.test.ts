// Does an account over many symbols hold the dead with the living? A coin that collapses and is delisted while held, and a late listing. (R15)
import { describe, expect, it } from 'vitest';
import { sliceSeries, type CandleSeries } from '../../../src/domain/candle.ts';
import { ledgerEquity } from '../../../src/domain/ledger.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import type { RoundTrip } from '../../../src/engine/round-trip.ts';
import type { Rebalance } from '../../../src/portfolio/rebalance.ts';
import { portfolioParams } from '../portfolio-market.ts';
import { marketOf, prove, type Proof, type TestMarket } from './random-backtest.ts';
import { paramsOf } from './scripted-bot.ts';

const LIVING = 'ALPHAUSDT';
const DOOMED = 'BRAVOUSDT';
const LATE = 'CHARLIEUSDT';
const BARS = 600;
const CRASH = 470;
const DEATH = 480;
const LISTED = 300;
const AGE_DAYS = 3;

const fallen = (column: Float64Array): Float64Array =>
  column.map((value, bar) => (bar < CRASH ? value : Number((value * 0.96 ** (bar - CRASH + 1)).toFixed(2))));

/** `whole`, with every bar from `CRASH` on 4 % lower than the one before, and nothing after `DEATH`. */
function doomed(whole: CandleSeries): CandleSeries {
  const { open, high, low, close } = whole;
  const prices = { open: fallen(open), high: fallen(high), low: fallen(low), close: fallen(close) };
  return sliceSeries({ ...whole, ...prices }, 0, DEATH);
}

const parts: Readonly<Record<string, (whole: CandleSeries) => CandleSeries>> = {
  [DOOMED]: doomed,
  [LATE]: (whole) => sliceSeries(whole, LISTED, BARS),
};
const history = marketOf([LIVING, DOOMED, LATE], 5_000, 5_000 + BARS);
const START = history.series[0].openTime[0];
const closeOf = (bar: number): number => START + (bar + 1) * HOUR_MS;

/** The market with the symbols that have a part of their own; the others go on as they are. */
const marketWith = (names: readonly string[]): TestMarket => ({
  ...history,
  series: history.series.map((whole) => (names.includes(whole.symbol) ? parts[whole.symbol](whole) : whole)),
});

/** Wants to be long all the time, for two days, with stops far away. */
const run = (market: TestMarket): Proof =>
  prove({
    market,
    script: () => ({ signal: 1 }),
    params: {
      ...paramsOf({
        risk: { maxOpenPositions: 3, maxLeverage: 1 },
        exits: { stopFraction: 0.9, targetFraction: undefined, maxHoldBars: 48 },
        universe: { minListingAgeDays: AGE_DAYS },
      }),
      portfolio: portfolioParams({
        crossSectional: { topK: 2, rebalanceIntervalHours: 12, allocation: 'inverse_volatility' },
        ageDays: AGE_DAYS,
      }),
    },
  });

const rebalancesOf = ({ result }: Proof): Rebalance[] =>
  result.notes.flatMap((note) => (note.kind === 'rebalance' ? [note.rebalance] : []));
const refusalOf = ({ ranking }: Rebalance, name: string) => ranking.find(({ symbol }) => symbol === name)?.refusal;
const tripsOf = ({ result }: Proof, name: string): RoundTrip[] =>
  result.state.roundTrips.filter(({ symbol }) => symbol === name);

const eventsBefore = (time: number, proof: Proof) => proof.result.venueEvents.filter((event) => event.time < time);

describe('a coin that dies while it is held', () => {
  const dying = run(marketWith([DOOMED]));
  const living = run(marketWith([]));

  it('was selected, is closed at its last price with costs, and its loss is in the results', () => {
    const selected = rebalancesOf(dying).filter((rebalance) => rebalance.selected.includes(DOOMED));
    expect(selected.length).toBeGreaterThan(5);
    expect(selected.at(-1)?.time).toBeGreaterThan(closeOf(CRASH - 48));
    const last = tripsOf(dying, DOOMED).at(-1);
    const series = parts[DOOMED](history.series[1]);
    const lastClose = series.close[DEATH - 1];
    expect(last).toMatchObject({ reason: 'delisting', exitTime: closeOf(DEATH - 1) });
    expect(last?.exitPrice).toBeLessThan(lastClose);
    expect(last?.exitPrice).toBeGreaterThan(lastClose * 0.99);
    expect(last?.fees).toBeGreaterThan(0);
    expect(last?.netPnl).toBeLessThan(-1_000);
    const { ledger, roundTrips } = dying.result.state;
    const netPnl = roundTrips.reduce((sum, trade) => sum + trade.netPnl, 0);
    expect(ledgerEquity(ledger)).toBeCloseTo(100_000 + netPnl, 6);
    expect(ledgerEquity(ledger)).toBeLessThan(ledgerEquity(living.result.state.ledger) - 1_000);
    const { time, equity } = dying.result.curve;
    const at = (moment: number): number => equity[time.indexOf(moment)];
    expect(at(closeOf(DEATH)) - at(closeOf(CRASH - 1))).toBeLessThan(-1_000);
  });

  it('is never selected again, for it has no candle', () => {
    const later = rebalancesOf(dying).filter(({ time }) => time > closeOf(DEATH - 1));
    expect(later.length).toBeGreaterThan(5);
    for (const rebalance of later) {
      expect(rebalance.selected).not.toContain(DOOMED);
      expect(refusalOf(rebalance, DOOMED)).toBe('no-candle');
    }
    expect(Math.max(...tripsOf(dying, DOOMED).map(({ entryTime }) => entryTime))).toBeLessThan(closeOf(DEATH - 1));
  });

  it('is treated until it falls as if it lived on', () => {
    const until = closeOf(CRASH - 1);
    const before = (proof: Proof) => ({
      rebalances: rebalancesOf(proof).filter(({ time }) => time <= until),
      events: eventsBefore(until, proof),
    });
    expect(before(dying)).toEqual(before(living));
    expect(before(dying).events.length).toBeGreaterThan(30);
  });
});

describe('a late listing', () => {
  const late = run(marketWith([LATE]));
  const known = closeOf(LISTED);

  it('is not listed, then too young, then selected and entered', () => {
    const rebalances = rebalancesOf(late);
    const old = START + LISTED * HOUR_MS + AGE_DAYS * DAY_MS;
    const phases = rebalances.map((rebalance) => [rebalance.time, refusalOf(rebalance, LATE)] as const);
    const reasonsOf = (from: number, to: number) =>
      new Set(phases.filter(([time]) => time >= from && time < to).map(([, reason]) => reason));
    expect(reasonsOf(0, known)).toEqual(new Set(['not-listed']));
    expect(reasonsOf(known, old)).toEqual(new Set(['too-young']));
    const first = rebalances.find(({ selected }) => selected.includes(LATE));
    expect(first?.time).toBeGreaterThanOrEqual(old);
    expect(first?.entered).toContain(LATE);
    const trips = tripsOf(late, LATE);
    expect(trips.length).toBeGreaterThan(1);
    expect(Math.min(...trips.map(({ decidedAt }) => decidedAt))).toBeGreaterThanOrEqual(first?.time ?? NaN);
  });

  it('changes nothing before it is listed', () => {
    const without = run({
      instruments: history.instruments.slice(0, 2),
      series: history.series.slice(0, 2),
      funding: history.funding.slice(0, 2),
    });
    expect(eventsBefore(known, late)).toEqual(eventsBefore(known, without));
    expect(eventsBefore(known, late).length).toBeGreaterThan(20);
  });
});
