// Is a whole backtest true to the last atom, and does nothing in it know the future? Random trading, checked by other code.
import { describe, expect, it } from 'vitest';
import {
  FULL_COSTS,
  marketOf,
  prove,
  randomScript,
  withHoles,
  wholeMarketOf,
  type Proof,
  type ProofSetup,
  type TestMarket,
} from '../../test/scenarios/engine/random-backtest.ts';
import { FLAG_FILLED, sliceSeries, type CandleSeries } from '../domain/candle.ts';
import type { Fill } from '../domain/fill.ts';
import { exactEquity, exactUnrealised, heldQuantity, ledgerEquity } from '../domain/ledger.ts';
import { atomsToNumber, productAtoms, toAtoms } from '../domain/money.ts';
import { createRandom } from '../domain/random.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';

const SYMBOLS = ['ALPHAUSDT', 'DELTAUSDT'];
/** Busy and leveraged: every kind of exit happens, liquidation included. */
const BUSY: Omit<ProofSetup, 'market' | 'script'> = {
  risk: { maxLeverage: 40, basePositionFraction: 0.05, maxPositionFraction: 0.05 },
  exits: {
    stopFraction: 0.018,
    targetFraction: 0.02,
    maxHoldBars: 12,
    trailingFraction: 0.015,
    exitOnOppositeSignal: true,
  },
};
const fillsOf = ({ result }: Proof): Fill[] => result.venueEvents.filter((event) => event.kind === 'fill');

function randomProof(seed: number, more: Partial<ProofSetup> = {}): Proof {
  const from = 200 * seed;
  const market = withHoles(marketOf(SYMBOLS, from, from + 700), createRandom(`holes/${seed}`));
  return prove({ ...BUSY, market, script: randomScript(`backtest/${seed}`, 6), ...more });
}

describe('the ledger of a backtest (R4)', () => {
  it.each([1, 2, 3, 4, 5, 6])('accounts for every atom after every slice, seed %i', (seed) => {
    let slices = 0;
    const proof = randomProof(seed, {
      check: ({ ledger, symbols }, venue) => {
        slices += 1;
        const lines = ledger.lines.reduce((sum, { amount }) => sum + amount, 0n);
        const unrealised = symbols.reduce(
          (sum, { instrument }) => sum + exactUnrealised(ledger, instrument.symbol),
          0n,
        );
        expect(exactEquity(ledger)).toBe(ledger.start + lines + unrealised);
        for (const line of ledger.lines.slice(-3)) expect(line.amount).toBe(line.realised - line.fee - line.funding);
        for (const { index, instrument, trade } of symbols) {
          const held = heldQuantity(ledger, instrument.symbol);
          expect(venue.position(index)?.quantity ?? 0).toBe(held);
          expect(trade === undefined ? 0 : trade.direction * trade.quantity).toBeCloseTo(held, 9);
        }
      },
    });
    expect(slices).toBe(proof.result.curve.time.length);
    expect(proof.result.state.roundTrips.length).toBeGreaterThan(50);
  });

  it('is reproduced by plain cash flows from the venue reports and the candles alone', () => {
    // Without holes: funding that falls due in one is known with the first candle after it.
    const proof = randomProof(7, { market: marketOf(SYMBOLS, 3000, 3700) });
    const { curve, venueEvents } = proof.result;
    const { series, setup } = proof.input;
    let cash = toAtoms(setup.initialEquity);
    const lots = [0n, 0n];
    const indexOf = (symbol: string): number => SYMBOLS.indexOf(symbol);
    let next = 0;
    let compared = 0;
    for (let point = 0; point < curve.time.length - 1; point += 1) {
      const now = curve.time[point];
      const marks = series.map((each) => lastCloseAt(each, now));
      // What happens at the very instant of a close, at the next open, belongs to it.
      for (; next < venueEvents.length && venueEvents[next].time <= now; next += 1) {
        const event = venueEvents[next];
        if (event.kind === 'funding') cash -= toAtoms(event.payment);
        if (event.kind !== 'fill') continue;
        const sign = event.side === 'buy' ? 1n : -1n;
        cash -= sign * productAtoms(event.quantity, event.price) + toAtoms(event.fee);
        lots[indexOf(event.symbol)] += sign * toAtoms(event.quantity);
        if (event.time === now) marks[indexOf(event.symbol)] = event.price;
      }
      const value = lots.reduce((sum, held, index) => sum + productAtoms(atomsToNumber(held), marks[index]), cash);
      expect(curve.equity[point]).toBeCloseTo(atomsToNumber(value), 6);
      if (lots.some((held) => held !== 0n)) compared += 1;
    }
    expect(compared).toBeGreaterThan(300);
    // The last point is the account after everything was closed.
    expect(curve.equity.at(-1)).toBe(ledgerEquity(proof.result.state.ledger));
  });

  it('changes by the sum of the round trips, which hold every fee, payment and slippage', () => {
    for (const seed of [8, 9, 10]) {
      const { result, input } = randomProof(seed);
      const { roundTrips, ledger } = result.state;
      const sum = (pick: (trade: (typeof roundTrips)[number]) => number): number =>
        roundTrips.reduce((total, trade) => total + pick(trade), 0);
      expect(ledgerEquity(ledger) - input.setup.initialEquity).toBeCloseTo(
        sum(({ netPnl }) => netPnl),
        6,
      );
      const lines = (pick: (line: (typeof ledger.lines)[number]) => bigint): number =>
        atomsToNumber(ledger.lines.reduce((total, line) => total + pick(line), 0n));
      expect(sum(({ fees }) => fees)).toBeCloseTo(
        lines(({ fee }) => fee),
        6,
      );
      expect(sum(({ funding }) => funding)).toBeCloseTo(
        lines(({ funding }) => funding),
        6,
      );
      expect(sum(({ slippage }) => slippage)).toBeCloseTo(
        lines(({ slippage }) => slippage),
        6,
      );
      expect(ledger.lines.filter(({ kind }) => kind === 'fill' || kind === 'liquidation')).toHaveLength(
        2 * roundTrips.length,
      );
      expect(result.state.symbols.map(({ instrument }) => heldQuantity(ledger, instrument.symbol))).toEqual([0, 0]);
    }
  });

  it('stands in time order over all symbols', () => {
    const market = marketOf(SYMBOLS, 2000, 2700);
    const times = randomProof(11, { market }).result.state.ledger.lines.map(({ time }) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

function lastCloseAt({ openTime, close, length }: CandleSeries, time: number): number {
  let index = length - 1;
  while (openTime[index] + HOUR_MS > time) index -= 1;
  return close[index];
}

/** The bar of `series` that holds `time`. */
function barAt({ openTime }: CandleSeries, time: number): number {
  return openTime.findIndex((open) => open <= time && time < open + HOUR_MS);
}

describe('every fill', () => {
  const proofs = [12, 13, 14, 15].map((seed) => randomProof(seed));
  const largest = (FULL_COSTS.slippageBps * FULL_COSTS.slippageMaxFactor) / 10_000;
  const smallest = (FULL_COSTS.slippageBps * FULL_COSTS.slippageMinFactor) / 10_000;

  it('of an order is at the first traded open at or after its decision, at that price made worse', () => {
    let checked = 0;
    for (const proof of proofs) {
      for (const fill of fillsOf(proof)) {
        const order = proof.orders.get(fill.clientOrderId);
        if (order === undefined) continue;
        const index = SYMBOLS.indexOf(fill.symbol);
        const series = proof.input.series[index];
        const first = series.openTime.findIndex(
          (time, bar) => time >= order.decidedAt && (series.flags[bar] & FLAG_FILLED) === 0,
        );
        expect(fill.time).toBe(series.openTime[first]);
        expect(fill.quantity).toBe(order.quantity);
        const sign = fill.side === 'buy' ? 1 : -1;
        const worse = (sign * (fill.price - series.open[first])) / series.open[first];
        const tick = proof.input.setup.symbols[index].instrument.tickSize / series.open[first];
        expect(worse).toBeGreaterThanOrEqual(smallest - 1e-12);
        expect(worse).toBeLessThanOrEqual(largest + tick * (1 + 1e-9));
        checked += 1;
      }
    }
    expect(checked).toBeGreaterThan(300);
  });

  it('of a resting exit lies inside the bar it happened in, at a price that was there', () => {
    const reasons = new Set<string>();
    for (const proof of proofs) {
      for (const fill of fillsOf(proof)) {
        const isAtTheEnd = fill.reason === 'end-of-data' || fill.reason === 'delisting';
        if (proof.orders.has(fill.clientOrderId) || isAtTheEnd) continue;
        reasons.add(fill.reason);
        const series = proof.input.series[SYMBOLS.indexOf(fill.symbol)];
        const bar = barAt(series, fill.time);
        expect(bar).toBeGreaterThanOrEqual(0);
        expect(series.flags[bar] & FLAG_FILLED).toBe(0);
        if (fill.reason === 'liquidation') continue;
        const sign = fill.side === 'buy' ? 1 : -1;
        const quoted = fill.price - (sign * fill.slippage) / fill.quantity;
        // A target keeps its price when the bar opens beyond it, so it may be worse than the bar, never better.
        const isTarget = fill.reason === 'target';
        if (!isTarget || sign === 1) expect(quoted).toBeGreaterThanOrEqual(series.low[bar] * (1 - 1e-9));
        if (!isTarget || sign === -1) expect(quoted).toBeLessThanOrEqual(series.high[bar] * (1 + 1e-9));
      }
    }
    expect([...reasons].toSorted()).toEqual(['liquidation', 'stop', 'target', 'trailing-stop']);
  });

  it('of an entry was decided at the close of a bar that traded (R16)', () => {
    for (const proof of proofs) {
      for (const order of proof.orders.values()) {
        if (order.reason !== 'entry') continue;
        const series = proof.input.series[SYMBOLS.indexOf(order.symbol)];
        const bar = barAt(series, order.decidedAt - 1);
        expect(series.flags[bar] & FLAG_FILLED).toBe(0);
        expect(order.decisionPrice).toBe(series.close[bar]);
      }
    }
  });
});

const joined = (series: CandleSeries): CandleSeries => {
  const rows = Array.from({ length: series.length }, (_, index) => index).filter((index) => index < 10 || index > 17);
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (index) => column[index]);
  const { openTime, open, high, low, close, volume } = series;
  const columns = {
    openTime: pick(openTime),
    open: pick(open),
    high: pick(high),
    low: pick(low),
    close: pick(close),
  };
  const flags = Uint8Array.from(rows, (index) => series.flags[index]);
  return { ...series, ...columns, volume: pick(volume), flags, length: rows.length };
};

describe('a hole', () => {
  /** 30 bars with bars 10 to 17 missing. */
  const whole = marketOf(['ALPHAUSDT'], 1000, 1030);
  const market: TestMarket = { ...whole, series: whole.series.map(joined) };
  const wide = { stopFraction: 0.5, targetFraction: undefined };
  const risk = { maxLeverage: 1 };

  it('is held across, and a time exit that fell into it is made up for at once', () => {
    const { result } = prove({
      market,
      script: (bar) => ({ signal: bar === 5 ? 1 : 0 }),
      risk,
      exits: { ...wide, maxHoldBars: 6 },
    });
    const [trade] = result.state.roundTrips;
    const start = whole.series[0].openTime[0];
    expect(trade).toMatchObject({ entryTime: start + 6 * HOUR_MS, reason: 'time-exit' });
    // The first close after the hole is that of bar 18; the order fills at the open of bar 19.
    expect(trade.exitTime).toBe(start + 19 * HOUR_MS);
  });

  it('keeps an order waiting until the first bar after it', () => {
    const { result } = prove({
      market,
      script: (bar) => ({ signal: bar === 9 ? 1 : 0 }),
      risk,
      exits: { ...wide, maxHoldBars: 6 },
    });
    expect(result.state.roundTrips[0].entryTime).toBe(whole.series[0].openTime[18]);
  });
});

it('an order that is cancelled while it waits is confirmed, and the symbol trades again', () => {
  const calm = marketOf(['ALPHAUSDT'], 1000, 1030);
  const [series] = calm.series;
  const flags = series.flags.map((flag, bar) => (bar === 11 ? flag | FLAG_FILLED : flag));
  const { result } = prove({
    market: { ...calm, series: [{ ...series, flags }] },
    script: (bar) => ({ signal: bar === 10 || bar === 13 ? 1 : 0 }),
    schedule: [{ kind: 'flatten', time: series.openTime[12], reason: 'operator' }],
  });
  const refusal = { kind: 'order-refused', time: series.openTime[12], reason: 'cancelled' };
  expect(result.venueEvents[0]).toMatchObject(refusal);
  expect(result.state.roundTrips.map(({ entryTime }) => entryTime)).toEqual([series.openTime[14]]);
});

describe('two symbols', () => {
  it('start and end when their candles do: listed late, and delisted at the last price', () => {
    const market = wholeMarketOf(['ECHOUSDT', 'FOXTROTUSDT']);
    const [listed, delisted] = market.series;
    const lastClose = delisted.openTime[delisted.length - 1] + HOUR_MS;
    expect(listed.openTime[0]).toBeGreaterThan(delisted.openTime[0] + 100 * DAY_MS);
    expect(lastClose).toBeLessThan(listed.openTime[listed.length - 1]);
    const holding = { stopFraction: 0.9, targetFraction: undefined, maxHoldBars: 1_000_000 };
    let openAfter = 0;
    const proof = prove({
      market,
      // The second symbol is held to its end, the first wants to trade all the time and may not while the slot is taken.
      script: (bar, symbol) => ({ signal: symbol === 1 ? (bar > 100 ? 1 : 0) : -1 }),
      risk: { maxOpenPositions: 1, maxLeverage: 1, drawdownLimit: 1, dailyLossLimit: 1, basePositionFraction: 0.01 },
      exits: holding,
      check: (state, _, time) => {
        if (time >= lastClose)
          openAfter += state.symbols[1].trade === undefined && state.symbols[1].pending === undefined ? 0 : 1;
      },
    });
    const { roundTrips, symbols, ledger } = proof.result.state;
    const end = roundTrips.find(({ reason }) => reason === 'delisting');
    expect(end).toMatchObject({ symbol: 'FOXTROTUSDT', exitTime: lastClose, direction: 1 });
    const price = delisted.close[delisted.length - 1];
    expect(end?.exitPrice).toBeLessThanOrEqual(price);
    expect(end?.exitPrice).toBeGreaterThan(price * 0.998);
    expect(openAfter).toBe(0);
    const first = roundTrips.find(({ symbol }) => symbol === 'ECHOUSDT');
    expect(first?.decidedAt).toBeGreaterThanOrEqual(lastClose);
    expect(first?.reason).toBe('end-of-data');
    expect(symbols[0].funnel.refused['max-open-positions']).toBeGreaterThan(0);
    expect(heldQuantity(ledger, 'FOXTROTUSDT')).toBe(0);
  });

  it('that is delisted with an order under way leaves no order behind', () => {
    const market = marketOf(['ALPHAUSDT', 'DELTAUSDT'], 0, 40);
    const short = { ...market, series: [market.series[0], sliceSeries(market.series[1], 0, 20)] };
    const proof = prove({ market: short, script: (bar, symbol) => ({ signal: symbol === 1 && bar === 19 ? 1 : 0 }) });
    expect(proof.result.state.symbols[1]).toMatchObject({ pending: undefined, trade: undefined });
    expect(proof.result.venueEvents).toMatchObject([{ kind: 'order-refused', reason: 'delisted' }]);
    expect(proof.venue.cancelAll()).toEqual([]);
  });
});

describe('the borders of a run', () => {
  const market = marketOf(['ALPHAUSDT'], 0, 50);
  const [series] = market.series;

  it('decide nothing at the end, and close what is held there with costs', () => {
    const proof = prove({ market, script: () => ({ signal: 1 }), exits: { maxHoldBars: 3 } });
    const end = series.openTime[series.length - 1] + HOUR_MS;
    expect([...proof.orders.values()].every(({ decidedAt }) => decidedAt < end)).toBe(true);
    expect(proof.result.state.symbols[0]).toMatchObject({ trade: undefined });
    const sum = proof.result.state.roundTrips.reduce((total, { netPnl }) => total + netPnl, 100_000);
    expect(proof.result.curve.equity.at(-1)).toBeCloseTo(sum, 6);
    expect(proof.result.curve.notional.at(-1)).toBe(0);
  });

  it('deliver scheduled events just before the slice of their time', () => {
    const at = series.openTime[20];
    const proof = prove({
      market,
      script: (bar) => ({ signal: bar === 10 ? 1 : 0 }),
      risk: { maxLeverage: 1 },
      exits: { stopFraction: 0.5, targetFraction: undefined, maxHoldBars: 100 },
      schedule: [
        { kind: 'flatten', time: at, reason: 'fold-end' },
        { kind: 'flatten', time: at + 1000 * DAY_MS, reason: 'operator' },
      ],
    });
    expect(proof.result.state.roundTrips).toMatchObject([{ reason: 'fold-end', exitTime: at }]);
  });

  it('feed and record only what lies inside them', () => {
    const until = series.openTime[30];
    const { curve } = prove({ market, script: () => ({}), until }).result;
    expect(curve.time).toHaveLength(30);
    expect(curve.time.at(-1)).toBe(until);
    expect(Array.from(curve.equity)).toEqual(Array.from({ length: 30 }, () => 100_000));
  });

  it('show the strategy the funding known at each close, and none that comes later', () => {
    const [funding] = market.funding;
    const seen: { closeTime: number; rate: number; previousRate: number; time: number }[] = [];
    prove({
      market,
      script: (_bar, _symbol, { closeTime }, view) => {
        seen.push({ closeTime, ...view });
        return {};
      },
    });
    expect(seen.length).toBeGreaterThan(40);
    for (const { closeTime, ...view } of seen) {
      const last = funding?.time.findLastIndex((time) => time <= closeTime) ?? -1;
      const rateAt = (stamp: number): number => (stamp < 0 ? NaN : (funding?.rate[stamp] ?? NaN));
      expect(view).toEqual({ time: funding?.time[last] ?? NaN, rate: rateAt(last), previousRate: rateAt(last - 1) });
    }
    expect(new Set(seen.map(({ time }) => time)).size).toBeGreaterThan(4);
  });

  it('refuse series of another interval', () => {
    const other = { ...market, series: [{ ...series, intervalMs: HOUR_MS / 4 }] };
    expect(() => prove({ market: other, script: () => ({}) })).toThrow(/interval/);
  });

  it('give the same result twice, and the same past whatever comes after (prefix)', () => {
    const long = withHoles(marketOf(SYMBOLS, 0, 600), createRandom('prefix'));
    const run = (bars: number): Proof => {
      const cut = { ...long, series: long.series.map((each) => sliceSeries(each, 0, Math.min(bars, each.length))) };
      return prove({ ...BUSY, market: cut, script: randomScript('prefix', 6) });
    };
    const whole = run(600);
    expect(run(600).result.state.roundTrips).toEqual(whole.result.state.roundTrips);
    for (const bars of [150, 333, 480]) {
      const part = run(bars);
      const until = Math.min(...part.input.series.map((each) => each.openTime[each.length - 1]));
      const before = ({ result }: Proof): unknown[] => result.venueEvents.filter(({ time }) => time < until);
      expect(before(part).length).toBeGreaterThan(20);
      expect(before(part)).toEqual(before(whole));
    }
  });
});

it.each([1, 2, 3])(
  'what happens at one moment does not depend on the order in which symbols were given, market %i',
  (seed) => {
    const names = ['ALPHAUSDT', 'BRAVOUSDT', 'DELTAUSDT'];
    const eventsOf = (symbols: readonly string[]): readonly unknown[] => {
      const market = marketOf(symbols, 300 * seed, 300 * seed + 500);
      // By the name of the symbol alone, with a good share of common entries and exits.
      const script: ProofSetup['script'] = (bar, index) => {
        const phase = (bar * 13 + names.indexOf(symbols[index]) * 5 + seed) % 11;
        return { signal: phase < 3 ? 1 : phase < 6 ? -1 : 0 };
      };
      const risk = { ...BUSY.risk, maxLeverage: 5, maxOpenPositions: 3, dailyLossLimit: 1, drawdownLimit: 1 };
      const { result } = prove({ ...BUSY, risk, market, script, guard: { enabled: false } });
      // At the very end what is open is closed in the order given.
      const { roundTrips } = result.state;
      return roundTrips
        .filter(({ reason }) => reason !== 'end-of-data')
        .map(({ symbol, exitTime }) => [symbol, exitTime]);
    };
    const trades = eventsOf(names);
    expect(trades.length).toBeGreaterThan(50);
    expect(eventsOf(names.toReversed())).toEqual(trades);
  },
);
