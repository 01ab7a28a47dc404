// L4: is any order of a symbol open ten seconds after its position is gone, whatever took it? Over the wire of both venues, in both books.
import { describe, expect, test } from 'vitest';
import { done, type Prices } from '../exchange-market.ts';
import { CALM } from '../faults/scripted-venue.ts';
import { HOUR, START, SYMBOL } from '../simulated-market.ts';
import { venueBot, VENUES, type VenueBot } from './venue-bot.ts';

const bars = (...changed: readonly (readonly [number, Prices])[]): readonly Prices[] =>
  CALM.map((each, index) => changed.find(([at]) => at === index)?.[1] ?? each);

/** Long at the close of the third bar, short at that of the sixth. */
const TURNING = () => (bar: number) => ({ signal: bar === 2 ? 1 : bar === 5 ? -1 : 0 }) as const;

const exits = { stopFraction: 0.05, targetFraction: 0.1 };

interface Exit {
  readonly name: string;
  readonly setup?: Partial<Parameters<typeof venueBot>[0]>;
  /** What takes the position, in the middle of the sixth hour. */
  readonly act?: (bot: VenueBot) => Promise<void>;
  readonly reason: string;
}

const EXITS: readonly Exit[] = [
  { name: 'its stop', setup: { prices: bars([5, [100, 100, 90, 100]]) }, reason: 'stop' },
  { name: 'its target', setup: { prices: bars([5, [100, 112, 100, 100]]) }, reason: 'target' },
  { name: 'its time', setup: { params: { exits: { ...exits, maxHoldBars: 3 } } }, reason: 'time-exit' },
  {
    name: 'the opposite signal',
    setup: { script: TURNING, params: { exits: { ...exits, exitOnOppositeSignal: true } } },
    reason: 'signal-exit',
  },
  {
    name: 'a person',
    act: async (bot) => bot.exchange.fate.tradeByHand(SYMBOL, 'sell', 200),
    reason: 'foreign',
  },
  { name: 'a liquidation', act: async (bot) => bot.exchange.fate.liquidate(SYMBOL), reason: 'liquidation' },
  {
    name: 'a kill',
    act: ({ life: { session }, exchange }) =>
      session.queue.run(() => session.latches.throwLatch('kill', { reason: 'a test', by: 'test', at: exchange.now })),
    reason: 'risk-limit',
  },
];

/** As soon as nothing is held, orders of the bot rest in both books that nobody there waits for. */
function leaveOrders({ exchange }: VenueBot): () => number {
  let left = 0;
  exchange.listen((event) => {
    if (event.kind !== 'execution' || exchange.position(SYMBOL).quantity !== 0) return;
    const order = { symbol: SYMBOL, side: 'buy', quantity: 1, reduceOnly: false } as const;
    queueMicrotask(() => {
      left += 2;
      done(exchange.place({ ...order, clientOrderId: 'ppt1-rest', type: 'limit', price: 80 }));
      done(exchange.place({ ...order, clientOrderId: 'ppt1-wait', type: 'market', triggerPrice: 130 }));
    });
  });
  return () => left;
}

/** Seconds of market time after the last execution until nothing is open, as the venue shows it. */
async function expectNothingLeft(bot: VenueBot): Promise<void> {
  const gone = bot.exchange.executions({ symbol: SYMBOL }).at(-1)?.time ?? NaN;
  await bot.run((gone + 10_000 - START) / HOUR);
  expect(bot.exchange.now).toBeGreaterThanOrEqual(gone + 10_000);
  expect(bot.exchange.openOrders({ symbol: SYMBOL })).toEqual([]);
  expect(await bot.venue.connection.account.openOrders(SYMBOL)).toEqual([]);
}

describe.each(VENUES)('at %s', (venue) => {
  test.each(EXITS)('L4: nothing is left over when a position is taken by $name', async ({ setup, act, reason }) => {
    await using bot = await venueBot({ venue, prices: CALM, params: { exits }, ...setup });
    const left = leaveOrders(bot);
    await bot.run(5.5);
    if (act !== undefined) {
      expect(bot.quantities()).toEqual({ venue: 200, books: 200 });
      await act(bot);
    }
    while (bot.exchange.position(SYMBOL).quantity !== 0 && bot.exchange.now < START + 8 * HOUR) {
      await bot.run((bot.exchange.now + 1_000 - START) / HOUR);
    }
    await expectNothingLeft(bot);
    expect(left()).toBe(2);
    expect(bot.quantities()).toEqual({ venue: 0, books: 0 });
    expect(bot.life.engine.state.roundTrips.map((trip) => trip.reason)).toEqual([reason]);
    expect(bot.life.engine.state.ledger.wallet).toBe(bot.exchange.ledger.wallet);
  });
});
