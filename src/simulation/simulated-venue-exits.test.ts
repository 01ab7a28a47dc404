// At what price, when and why does a position end? A table of every exit, long and short.
import { describe, expect, it } from 'vitest';
import {
  candleAt,
  COSTS,
  feed,
  fundingEvery,
  HOUR,
  orderOf,
  seriesOf,
  START,
  SYMBOL,
  venueOf,
} from '../../test/scenarios/simulated-market.ts';
import type { Candle } from '../domain/candle.ts';
import { FLAG_FILLED } from '../domain/candle.ts';
import type { Fill, VenueEvent } from '../domain/fill.ts';
import type { Protection } from '../domain/order.ts';
import type { SimulatedVenueSetup } from './simulated-venue.ts';

type Prices = readonly [number, number, number, number];

const FLAT_ENTRY: Prices = [100, 100.2, 99.8, 100];
const PLAIN: Protection = { stopFraction: 0.02, targetFraction: 0.04, trailingFraction: undefined };

const fillsOf = (events: readonly VenueEvent[]): Fill[] => events.filter((event) => event.kind === 'fill');

interface Trade {
  readonly side: 'buy' | 'sell';
  readonly bars: readonly Prices[];
  readonly leverage?: number;
  readonly protection?: Protection | undefined;
}

function exitOf(trade: Trade, setup: Partial<SimulatedVenueSetup> = {}): Fill | undefined {
  const venue = venueOf(setup);
  const protection = 'protection' in trade ? trade.protection : PLAIN;
  venue.place(orderOf({ side: trade.side, leverage: trade.leverage ?? 2, protection }));
  return fillsOf(
    feed(
      venue,
      trade.bars.map((prices, index) => candleAt(index, prices)),
    ),
  )[1];
}

const TOUCH = (bar: number): number => START + (bar + 1) * HOUR - 1;
const OPEN = (bar: number): number => START + bar * HOUR;

/*
 * Long: filled at 100.1, stop 98.098 -> 98.1, target 104.104 -> 104.2; short: filled at 99.9, stop 101.898 -> 101.8, target
 * 95.904 -> 95.9. 10x: liquidated at (100.1 - 10.01) / 0.985 -> 91.5 and (99.9 + 9.99) / 1.015 -> 108.2.
 */
const long = (bars: readonly Prices[], more: Partial<Trade> = {}): Trade => ({
  side: 'buy',
  bars: [FLAT_ENTRY, ...bars],
  ...more,
});
const short = (bars: readonly Prices[], more: Partial<Trade> = {}): Trade => ({
  side: 'sell',
  bars: [FLAT_ENTRY, ...bars],
  ...more,
});
const NAKED = { leverage: 10, protection: undefined };
const TRAILING = { protection: { stopFraction: 0.02, targetFraction: undefined, trailingFraction: 0.02 } };

describe('exits', () => {
  it.each<[string, Trade, { reason: string; price: number; time: number; maker?: boolean } | undefined]>([
    ['long: nothing touched', long([[100, 104.1, 98.2, 100]]), undefined],
    ['long: stop touched exactly', long([[100, 101, 98.1, 99]]), { reason: 'stop', price: 98, time: TOUCH(1) }],
    ['short: stop touched exactly', short([[100, 101.8, 99, 100]]), { reason: 'stop', price: 102, time: TOUCH(1) }],
    ['long: gap through the stop', long([[97, 98, 96, 97]]), { reason: 'stop', price: 96.9, time: OPEN(1) }],
    ['short: gap through the stop', short([[103, 104, 102, 103]]), { reason: 'stop', price: 103.2, time: OPEN(1) }],
    ['long: target', long([[100, 104.2, 99, 104]]), { reason: 'target', price: 104.2, time: TOUCH(1), maker: true }],
    ['short: target', short([[100, 101, 95.9, 96]]), { reason: 'target', price: 95.9, time: TOUCH(1), maker: true }],
    [
      'long: gap through the target is not improved',
      long([[106, 107, 90, 100]]),
      { reason: 'target', price: 104.2, time: OPEN(1), maker: true },
    ],
    [
      'short: gap through the target',
      short([[94, 110, 93, 100]]),
      { reason: 'target', price: 95.9, time: OPEN(1), maker: true },
    ],
    [
      'long: liquidated inside',
      long([[100, 101, 91.5, 95]], NAKED),
      { reason: 'liquidation', price: 90.09, time: TOUCH(1) },
    ],
    ['long: a tick above liquidation', long([[100, 101, 91.6, 95]], NAKED), undefined],
    [
      'short: liquidated inside',
      short([[100, 108.2, 99, 100]], NAKED),
      { reason: 'liquidation', price: 109.89, time: TOUCH(1) },
    ],
    [
      'long: gap beyond liquidation',
      long([[80, 82, 79, 81]], { leverage: 10 }),
      { reason: 'liquidation', price: 90.09, time: OPEN(1) },
    ],
    [
      'short: gap beyond liquidation',
      short([[130, 131, 129, 130]], { leverage: 10 }),
      { reason: 'liquidation', price: 109.89, time: OPEN(1) },
    ],
    [
      'long: the stop lies before liquidation',
      long([[100, 101, 80, 90]], { leverage: 10 }),
      { reason: 'stop', price: 98, time: TOUCH(1) },
    ],
    [
      'long: entry bar, low after the open',
      { side: 'buy', bars: [[100, 101, 98, 99]] },
      { reason: 'stop', price: 98, time: TOUCH(0) },
    ],
    [
      'short: entry bar, target',
      { side: 'sell', bars: [[100, 101, 95, 96]] },
      { reason: 'target', price: 95.9, time: TOUCH(0), maker: true },
    ],
    // High 106 lifts the stop to 103.88 -> 103.9 after the bar; the low of that same bar was tested with 98.1.
    [
      'long: trailing stop, gap at the next open',
      long(
        [
          [100, 106, 99, 103],
          [103, 103.5, 102, 103],
        ],
        TRAILING,
      ),
      { reason: 'trailing-stop', price: 102.8, time: OPEN(2) },
    ],
    [
      'long: trailing stop, touched',
      long(
        [
          [100, 106, 99, 105],
          [105, 105.5, 103, 104],
        ],
        TRAILING,
      ),
      { reason: 'trailing-stop', price: 103.7, time: TOUCH(2) },
    ],
    // Low 94 lowers the stop to 95.88 -> 95.8.
    [
      'short: trailing stop, touched',
      short(
        [
          [100, 101, 94, 95],
          [95, 96, 94.5, 95],
        ],
        TRAILING,
      ),
      { reason: 'trailing-stop', price: 95.9, time: TOUCH(2) },
    ],
    [
      'long: a trailing stop that never moved is a stop',
      long([[99.5, 99.9, 98, 99]], { protection: { ...TRAILING.protection, trailingFraction: 0.05 } }),
      { reason: 'stop', price: 98, time: TOUCH(1) },
    ],
  ])('%s', (_, trade, expected) => {
    const exit = exitOf(trade);
    if (expected === undefined) {
      expect(exit).toBeUndefined();
      return;
    }
    expect(exit).toMatchObject({ reason: expected.reason, time: expected.time, ambiguous: false });
    expect(exit!.price).toBeCloseTo(expected.price, 9);
    expect(exit!.liquidity).toBe(expected.maker === true ? 'maker' : 'taker');
    const bps = expected.maker === true ? COSTS.makerFeeBps : COSTS.takerFeeBps;
    const feeBps = expected.reason === 'liquidation' ? COSTS.liquidationFeeBps : bps;
    expect(exit!.fee).toBeCloseTo((exit!.price * feeBps) / 10_000, 10);
    expect(exit!.slippage).toBeGreaterThanOrEqual(0);
  });

  it('can not gap on the entry bar: a stop inside the slippage is touched', () => {
    const tight = { ...PLAIN, stopFraction: 0.0005 };
    const exit = exitOf({ side: 'buy', bars: [FLAT_ENTRY], protection: tight });
    expect(exit).toMatchObject({ reason: 'stop', time: TOUCH(0), price: 99.9 });
  });

  it('lets nothing happen in a filled bar', () => {
    const venue = venueOf();
    venue.place(orderOf());
    venue.place(orderOf({ clientOrderId: 'later', decidedAt: START + HOUR, side: 'sell', reduceOnly: true }));
    const filled = candleAt(1, [50, 50, 50, 50], { flags: FLAG_FILLED });
    expect(fillsOf(feed(venue, [candleAt(0, FLAT_ENTRY), filled]))).toHaveLength(1);
    const [exit] = fillsOf(feed(venue, [candleAt(2, FLAT_ENTRY)]));
    expect(exit).toMatchObject({ clientOrderId: 'later', time: OPEN(2), price: 99.9 });
  });

  it('moves liquidation nearer by the funding that was paid, so that it can come before the stop', () => {
    const venue = venueOf({ funding: new Map([[SYMBOL, fundingEvery(HOUR, 0.02)]]) });
    venue.place(
      orderOf({
        leverage: 10,
        protection: { stopFraction: 0.08, targetFraction: undefined, trailingFraction: undefined },
      }),
    );
    feed(venue, [candleAt(0, FLAT_ENTRY)]);
    expect(venue.position(0)).toMatchObject({ stopPrice: 92.1, liquidationPrice: 91.5 });
    const events = feed(venue, [candleAt(1, [100, 100, 93.4, 94])]);
    expect(events.map((event) => event.kind)).toEqual(['funding', 'fill']);
    const [exit] = fillsOf(events);
    expect(exit).toMatchObject({ reason: 'liquidation' });
    expect(exit.price).toBeCloseTo(100.1 - 8.01, 9);
  });
});

const finer = (...series: readonly (readonly Candle[])[]): Partial<SimulatedVenueSetup> => ({
  finer: new Map([[SYMBOL, series.map(seriesOf)]]),
});

describe('a candle that holds stop and target', () => {
  const BOTH: Prices = [100, 105, 97, 100];
  const trade = long([BOTH]);
  const minutes = (prices: readonly Prices[], intervalMs: number): Candle[] =>
    prices.map((each, index) => candleAt(HOUR / intervalMs + index, each, { intervalMs }));
  const QUARTER = HOUR / 4;
  const targetFirst: Prices[] = [
    [100, 103, 99, 102],
    [102, 105, 101, 104],
    [104, 104, 97, 98],
    [98, 100, 97, 100],
  ];
  const stopFirst: Prices[] = [
    [100, 101, 97, 98],
    [98, 99, 97, 99],
    [99, 105, 98, 104],
    [104, 104, 99, 100],
  ];
  const undecided: Prices[] = [[100, 101, 99, 100], BOTH, [100, 101, 99, 100], [100, 101, 99, 100]];

  it('takes the stop in the worst case and the target in the best, and says so', () => {
    expect(exitOf(trade)).toMatchObject({ reason: 'stop', price: 98, ambiguous: true, time: TOUCH(1) });
    expect(exitOf(trade, { ambiguity: 'best' })).toMatchObject({ reason: 'target', price: 104.2, ambiguous: true });
  });

  it.each(['worst', 'best'] as const)('is decided by finer candles in the %s case', (ambiguity) => {
    const target = exitOf(trade, { ambiguity, ...finer(minutes(targetFirst, QUARTER)) });
    expect(target).toMatchObject({ reason: 'target', ambiguous: false, time: START + HOUR + 2 * QUARTER - 1 });
    const stop = exitOf(trade, { ambiguity, ...finer(minutes(stopFirst, QUARTER)) });
    expect(stop).toMatchObject({ reason: 'stop', ambiguous: false, time: START + HOUR + QUARTER - 1 });
  });

  it('asks the finest candles first, and coarser ones where those are missing', () => {
    const half: Prices[] = [
      [100, 103, 97, 102],
      [102, 105, 97, 100],
    ];
    const sets = [minutes(half, HOUR / 2), minutes(targetFirst, QUARTER)];
    expect(exitOf(trade, finer(...sets))).toMatchObject({ reason: 'target', ambiguous: false });
    const holed = minutes(targetFirst, QUARTER).slice(1);
    expect(exitOf(trade, finer(sets[0], holed))).toMatchObject({ reason: 'stop', ambiguous: false });
    expect(exitOf(trade, finer(holed))).toMatchObject({ reason: 'stop', ambiguous: true });
  });

  it('stays ambiguous when the finest candles are, and ignores candles that are not finer', () => {
    expect(exitOf(trade, finer(minutes(undecided, QUARTER)))).toMatchObject({ reason: 'stop', ambiguous: true });
    expect(exitOf(trade, finer([candleAt(1, [100, 105, 99, 105])]))).toMatchObject({ reason: 'stop', ambiguous: true });
  });

  it('may gap in any finer candle of the entry bar but the first, which the position was opened in', () => {
    const quarters = (prices: readonly Prices[]): Partial<SimulatedVenueSetup> =>
      finer(prices.map((each, index) => candleAt(index, each, { intervalMs: QUARTER })));
    const calm: Prices = [100, 101, 99, 100];
    const gapLater = quarters([calm, [97.5, 105, 97, 104], calm, calm]);
    const exit = exitOf({ side: 'buy', bars: [BOTH] }, gapLater);
    expect(exit).toMatchObject({ reason: 'stop', price: 97.4, ambiguous: false, time: START + QUARTER });
    // The stop of 100.1 lies above the open of 100: inside the slippage, touched but not gapped through.
    const tight = { ...PLAIN, stopFraction: 0.0005 };
    const touched = exitOf({ side: 'buy', bars: [BOTH], protection: tight }, quarters([calm, BOTH, calm, calm]));
    expect(touched).toMatchObject({ reason: 'stop', ambiguous: false, time: START + QUARTER - 1 });
  });

  it('decides on the entry bar too, where the first finer candle can not gap', () => {
    const entryBar = targetFirst.map((prices, index) => candleAt(index, prices, { intervalMs: QUARTER }));
    const atEntry: Trade = { side: 'buy', bars: [BOTH] };
    expect(exitOf(atEntry)).toMatchObject({ reason: 'stop', ambiguous: true });
    expect(exitOf(atEntry, finer(entryBar))).toMatchObject({ reason: 'target', ambiguous: false });
  });
});
