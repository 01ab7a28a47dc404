// L16: one bad symbol never stops the others: the venue stops it, refuses its orders, or sends no candles of it.
import { describe, expect, it } from 'vitest';
import { VenueError, type VenueErrorCode } from '../../../src/domain/venue-error.ts';
import type { VenueConnection } from '../../../src/ports/venue-connection.ts';
import { setupOf } from './rehearsed-bot.ts';
import { RecordedEngine } from '../../../src/live/record/recorded-engine.ts';
import { ODD, quarantineGround, type Ground, type GroundOptions } from './quarantine-ground.ts';
import { HOUR, entriesAfter } from './small-bot.ts';

const held = ({ exchange }: Ground): number => exchange.position(ODD).quantity;

/** Entries of the bad symbol that the venue took after `time`. */
const oddEntries = ({ exchange }: Ground, time: number): number =>
  exchange
    .closedOrders({ symbol: ODD })
    .filter(({ createdAt, reduceOnly, source }) => createdAt > time && !reduceOnly && source === 'client').length;

const blockedFor = ({ life }: Ground): readonly string[] =>
  [...life.engine.state.blocks].flatMap(([reason, symbols]) => (symbols?.has(ODD) === true ? [reason] : []));

/** The others were decided at as on an account without a bad symbol, and no switch was thrown. */
async function expectUntouched(odd: Ground, hours: number, restartedAt = hours): Promise<void> {
  await using plain = await quarantineGround();
  await plain.run(restartedAt);
  if (restartedAt < hours) plain.restart();
  await plain.run(hours);
  expect(odd.decisions()).toEqual(plain.decisions());
  expect(odd.trades()).toEqual(plain.trades());
  expect(odd.trades().length).toBeGreaterThan(5);
  expect(odd.small.latches.read('kill') ?? odd.small.latches.read('pause')).toBeUndefined();
}

/** Feeding the journal again makes the same of it, bit for bit. */
function expectReplayed({ life, small: { bot, journal } }: Ground): void {
  const again = new RecordedEngine({ setup: setupOf(bot), journal, modelOf: () => expect.fail(), now: () => 0 });
  again.recover();
  expect(again.state.blocks).toEqual(life.engine.state.blocks);
  expect(again.state.ledger.wallet).toBe(life.engine.state.ledger.wallet);
}

describe.each(['bybit', 'binance'] as const)('L16 at %s the others decide as they would without it', (venue) => {
  it('where a symbol is suspended, which is lifted by itself when it is traded again', async () => {
    await using odd = await quarantineGround({ venue });
    await odd.run(12);
    odd.exchange.fate.setStatus(ODD, 'closing');
    const from = odd.exchange.now;
    await odd.run(30);
    expect(odd.quarantines().filter((each) => each.endsWith('venue'))).toEqual(['quarantined venue']);
    expect(blockedFor(odd)).toEqual(['quarantine:venue']);
    expect(held(odd)).not.toBe(0);
    odd.restart();
    await odd.run(32);
    expect(blockedFor(odd)).toEqual(['quarantine:venue']);
    odd.exchange.fate.setStatus(ODD, 'trading');
    await odd.run(40);
    expect(odd.quarantines().filter((each) => each.endsWith('venue'))).toEqual([
      'quarantined venue',
      'quarantine-lifted venue',
    ]);
    expect(blockedFor(odd)).toEqual([]);
    expect(oddEntries(odd, from)).toBeGreaterThan(0);
    await expectUntouched(odd, 40, 30);
    expectReplayed(odd);
  });

  it('where a symbol takes no entries any more: it is tried again later and later', async () => {
    await using odd = await quarantineGround({ venue });
    await odd.run(9);
    odd.exchange.fate.setStatus(ODD, 'reduce-only');
    const from = odd.exchange.now;
    await odd.run(40);
    expect(held(odd)).toBe(0);
    expect(oddEntries(odd, from)).toBe(0);
    const rounds = odd.incidents('quarantined').map(({ detail }) => Number(detail['until']) - Number(detail['since']));
    expect(rounds.slice(0, 4)).toEqual([HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]);
    await expectUntouched(odd, 40);
  });
});

describe('L16 a symbol that is to be delisted', () => {
  it.each(['close', 'freeze'] as const)('on_delisting %s', async (onDelisting) => {
    const rules = { contractsEveryMs: HOUR, quarantine: { ...QUARANTINE, onDelisting, delistingHours: 10 } };
    const settings = { risk: { maxLeverage: 3 }, exits: { maxHoldBars: 60, stopFraction: 0.1, targetFraction: 0.3 } };
    await using odd = await quarantineGround({ venue: 'bybit', rules, settings });
    await odd.run(5);
    odd.exchange.fate.delist(ODD, odd.exchange.now + 25 * HOUR);
    await odd.run(12);
    expect(held(odd)).not.toBe(0);
    expect(blockedFor(odd)).toEqual([]);
    await odd.run(22);
    expect(blockedFor(odd)).toEqual(['quarantine:venue']);
    expect(held(odd) === 0).toBe(onDelisting === 'close');
    const stop = odd.exchange.position(ODD).stopPrice;
    if (onDelisting === 'freeze') expect(stop).toBeGreaterThan(0);
    await odd.run(40);
    expect(held(odd)).toBe(0);
    // The settlement by the venue is booked with its own price.
    const trade = odd.life.engine.state.roundTrips.find(({ symbol }) => symbol === ODD);
    const [last] = odd.exchange.executions({ symbol: ODD }).slice(-1);
    expect(trade).toMatchObject({ reason: 'delisting', exitPrice: last.price });
    expect(last.kind).toBe(onDelisting === 'close' ? 'trade' : 'settlement');
    expect(odd.life.engine.state.ledger.wallet).toBe(odd.exchange.ledger.wallet);
    expect(odd.quarantines()).toEqual(['quarantined venue']);
    expect(odd.small.latches.read('kill') ?? odd.small.latches.read('pause')).toBeUndefined();
  });
});

const QUARANTINE = {
  onDelisting: 'close',
  delistingHours: 24,
  missingCloses: 3,
  rejections: 3,
  rejectionsWindowMinutes: 1_440,
  unreadable: 20,
  firstMinutes: 60,
  mostMinutes: 1_440,
  lookMinutes: 5,
} as const;

/** Between two hours of the market the bad symbol has no candles: neither in the streams nor in answers. */
const withoutCandles =
  (from: number, until: number): NonNullable<GroundOptions['between']> =>
  (connection, exchange) => {
    const begin = exchange.now;
    const isGone = (): boolean => exchange.now > begin + from * HOUR && exchange.now < begin + until * HOUR;
    return {
      ...connection,
      market: {
        ...connection.market,
        candles: (query) => (query.symbol === ODD && isGone() ? Promise.resolve([]) : connection.market.candles(query)),
      },
      streams: {
        ...connection.streams,
        subscribe: (topics, listener) =>
          connection.streams.subscribe(topics, (event) => {
            if (event.kind !== 'candle' || event.symbol !== ODD || !isGone()) listener(event);
          }),
      },
    };
  };

describe('L16 a symbol whose candles stay away', () => {
  it('is left alone after some closes, keeps its stop, and comes back whole by itself', async () => {
    const decidedAt = new Map<number, number>();
    const onSlice = ({ time }: { readonly time: number }) => void decidedAt.set(time, odd.life.clock.now() - time);
    const options = { venue: 'bybit', between: withoutCandles(10.5, 15.5), more: { hooks: { onSlice } } } as const;
    await using odd: Ground = await quarantineGround(options);
    await odd.run(14);
    expect(blockedFor(odd)).toContain('quarantine:data');
    expect(held(odd)).not.toBe(0);
    expect(odd.exchange.position(ODD).stopPrice).toBeGreaterThan(0);
    await odd.run(30);
    // No close waits beyond its deadline, and those with all candles do not wait at all.
    const waited = [...decidedAt.values()];
    expect(Math.max(...waited)).toBeLessThan(21_000);
    expect(waited.filter((lateMs) => lateMs >= 20_000)).toHaveLength(5);
    expect(odd.quarantines()).toEqual(['quarantined data', 'quarantine-lifted data']);
    expect(blockedFor(odd)).toEqual([]);
    await expectUntouched(odd, 30);
    expectReplayed(odd);
    // Nothing of its series is missing.
    const closes = [...odd.small.journal.read({ stream: 'event' })].flatMap(({ payload }) => closesOf(payload));
    const all = Array.from({ length: closes.length }, (_, index) => closes[0] + index * HOUR);
    expect(closes).toEqual(all);
    expect(closes.length).toBeGreaterThan(25);
  });
});

const CLOSE = /"kind":"slice"/;

/** Close times of the candles of the bad symbol in a row of the journal. */
function closesOf(payload: string): readonly number[] {
  if (!CLOSE.test(payload)) return [];
  const { input } = JSON.parse(payload) as { input: { candles: readonly ({ closeTime?: number } | null)[] } };
  const closeTime = input.candles[1]?.closeTime;
  return closeTime === undefined ? [] : [closeTime];
}

/** Entries of the bad symbol are refused while `isBad`. */
const refusing =
  (code: VenueErrorCode, isBad: () => boolean): NonNullable<GroundOptions['between']> =>
  (connection): VenueConnection => ({
    ...connection,
    account: {
      ...connection.account,
      async place(order) {
        if (order.symbol === ODD && !order.reduceOnly && isBad())
          throw new VenueError({ code, message: 'no', retryable: false, orderMayExist: false });
        return connection.account.place(order);
      },
    },
  });

describe('L16 a symbol whose orders are refused', () => {
  it('rests longer and longer, over a restart too, and does not pause the bot', async () => {
    let isBad = true;
    const kill = { rejections: 4, rejectionsWindowMinutes: 10_000 };
    await using odd = await quarantineGround({ between: refusing('REFUSED', () => isBad), kill });
    await odd.run(4);
    expect(odd.quarantines()).toEqual(['quarantined refusals']);
    odd.restart();
    await odd.run(30);
    const rests = odd.incidents('quarantined').map(({ detail }) => Number(detail['until']) - Number(detail['since']));
    expect(rests.slice(0, 4)).toEqual([HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]);
    isBad = false;
    await odd.run(60);
    expect(blockedFor(odd)).toEqual([]);
    expect(oddEntries(odd, odd.small.start)).toBeGreaterThan(0);
    await expectUntouched(odd, 60, 4);
    expectReplayed(odd);
  });

  it('what more than one symbol is refused still pauses all', async () => {
    const isRefused = { now: true };
    const all: GroundOptions['between'] = (connection) => ({
      ...connection,
      account: {
        ...connection.account,
        async place(order) {
          if (!order.reduceOnly && isRefused.now)
            throw new VenueError({ code: 'REFUSED', message: 'no', retryable: false, orderMayExist: false });
          return connection.account.place(order);
        },
      },
    });
    await using ground = await quarantineGround({
      between: all,
      kill: { rejections: 8, rejectionsWindowMinutes: 600 },
    });
    await ground.run(8);
    expect(ground.small.latches.read('pause')).toMatchObject({ by: 'rule rejections' });
  });
});

describe('L16 the kill switch', () => {
  it('closes a symbol that is suspended as soon as it is traded again, and the others at once', async () => {
    await using ground = await quarantineGround({ venue: 'bybit' });
    await ground.run(11);
    const { exchange, small } = ground;
    expect(exchange.positions()).toHaveLength(3);
    exchange.fate.setStatus(ODD, 'closing');
    small.latches.set('kill', { reason: 'test', by: 'person', at: exchange.now });
    await ground.run(12.02);
    expect(exchange.positions().map(({ symbol }) => symbol)).toEqual([ODD]);
    expect(small.latches.reports.at(-1)).toMatchObject({ state: 'flattening' });
    const { now } = exchange;
    exchange.fate.setStatus(ODD, 'trading');
    await ground.run(12.05);
    expect(exchange.positions()).toEqual([]);
    expect(entriesAfter(small, now)).toBe(0);
    expect(small.latches.reports.at(-1)).toMatchObject({ state: 'flat', flat: true });
  });
});
