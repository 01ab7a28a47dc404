// L1, L2, L3, L4, L7: does the watch of the crash campaign see what must never be? Each is done at the exchange once, by hand.
import { describe, expect, it } from 'vitest';
import { roundToTick } from '../../src/domain/instrument.ts';
import type { PlaceRequest } from '../../src/exchange-simulator/core/order-record.ts';
import { exchangeOf } from '../scenarios/exchange-simulator/both-venues.ts';
import { correctionOf, needsNoDisk } from './crash-judge.ts';
import { crashMarket, DEPOSIT } from './crash-market.ts';
import { watchExchange, type BotBooks } from './crash-watch.ts';

const SYMBOL = 'ALPHAUSDT';
const HOUR = 3_600_000;
const MARKET = crashMarket(1, 12);
const ENTRY = 'ppcr-ALPHAUSDT-1-en';

function world(isWritten?: () => boolean) {
  const exchange = exchangeOf(MARKET, { deposit: DEPOSIT, touches: 'close' });
  const watch = watchExchange(exchange, [SYMBOL], isWritten);
  const price = exchange.quote(SYMBOL).last;
  const stopPrice = roundToTick(MARKET.instruments[0], price * 0.95, 'nearest');
  const place = (more: Partial<PlaceRequest> = {}): void => {
    const order: PlaceRequest = {
      clientOrderId: ENTRY,
      symbol: SYMBOL,
      side: 'buy',
      type: 'market',
      quantity: 1,
      reduceOnly: false,
      ...more,
    };
    expect(exchange.place(order)).toMatchObject({ kind: 'done' });
  };
  const books = (more: Partial<BotBooks> = {}): BotBooks => ({
    wallet: String(exchange.ledger.wallet),
    positions: { [SYMBOL]: exchange.position(SYMBOL).quantity },
    stops: { [SYMBOL]: exchange.position(SYMBOL).stopPrice },
    forgotten: [],
    ...more,
  });
  return { exchange, watch, place, books, stopPrice };
}

describe('the watch of the crash campaign', () => {
  it('has nothing to say of a position with its stop, books that agree and an order that was written down', () => {
    const { watch, place, books, stopPrice, exchange } = world(() => true);
    place({ stopPrice });
    exchange.advanceTo(exchange.now + 60_000);
    watch.compare(books());
    expect(watch.broken).toEqual([]);
    expect({ compared: watch.compared, orders: watch.orders }).toEqual({ compared: 1, orders: 1 });
  });

  it('sees a position that is without a stop for more than five seconds', () => {
    const { watch, place, exchange } = world();
    place();
    exchange.advanceTo(exchange.now + 5_000);
    watch.look();
    expect(watch.broken).toEqual([]);
    exchange.advanceTo(exchange.now + 1);
    watch.look();
    expect(watch.broken).toEqual([expect.stringContaining('5001 ms without a stop')]);
  });

  it('sees an order that the disk does not know', () => {
    const { watch, place, stopPrice } = world(() => false);
    place({ stopPrice });
    expect(watch.broken).toEqual([`${ENTRY} was sent before it was written down`]);
  });

  it('sees an entry on top of a position, one that fills twice, and one without a decision', () => {
    const { watch, place, stopPrice } = world();
    place({ stopPrice });
    place({ clientOrderId: 'ppcr-ALPHAUSDT-2-en' });
    place({ clientOrderId: `${ENTRY}2` });
    place({ clientOrderId: 'something' });
    expect(watch.broken.join('\n')).toContain('ppcr-ALPHAUSDT-2-en was filled on top of a position');
    expect(watch.broken.join('\n')).toContain(`${ENTRY} was filled more than once`);
    expect(watch.broken.join('\n')).toContain('something opened something, and no decision has this name');
  });

  it.each<[string, Partial<BotBooks>, string]>([
    ['another wallet', { wallet: '1' }, 'the books say 1'],
    ['another position', { positions: { [SYMBOL]: 9 } }, '9 by the books, 1 held'],
    ['another stop', { stops: { [SYMBOL]: 1 } }, 'the books want 1'],
    ['an order that nobody follows', { forgotten: ['x-entry'] }, 'x-entry is waited for'],
    ['a step that only makes them fit', { corrected: 'money-moved' }, 'the books were made to fit: money-moved'],
  ])('sees books with %s', (_name, more, problem) => {
    const { watch, place, books, stopPrice } = world();
    place({ stopPrice });
    watch.compare(books(more));
    expect(watch.broken).toEqual([expect.stringContaining(problem)]);
  });

  it('sees an order that is left without a position, and one beside a position that stays', () => {
    const { watch, place, books, stopPrice, exchange } = world();
    const resting = { type: 'limit', price: stopPrice, timeInForce: 'gtc' } as const;
    place({ ...resting });
    watch.compare(books());
    expect(watch.broken).toEqual([expect.stringContaining('1 orders are left without a position')]);
    place({ clientOrderId: 'ppcr-ALPHAUSDT-3-en', stopPrice });
    watch.compare(books());
    expect(watch.broken).toHaveLength(1);
    exchange.advanceTo(exchange.now + 2 * HOUR + 1);
    if (exchange.position(SYMBOL).quantity === 1) watch.compare(books());
    expect(watch.broken.at(-1)).toContain('1 other orders');
  });

  it('sees what is opened, and what is still held, while a switch is set', () => {
    const { watch, place, books, stopPrice, exchange } = world();
    place({ stopPrice });
    watch.hold('kill');
    exchange.advanceTo(exchange.now + 30_001);
    place({ clientOrderId: 'ppcr-ALPHAUSDT-4-en', type: 'limit', price: stopPrice });
    expect(watch.broken).toEqual([expect.stringContaining('was sent although kill is set')]);
    exchange.advanceTo(exchange.now + 300_000);
    watch.compare(books());
    expect(watch.broken.at(-1)).toContain('ALPHAUSDT held although kill is set');
    watch.hold(undefined);
    place({ clientOrderId: 'ppcr-ALPHAUSDT-5-en', type: 'limit', price: stopPrice });
    expect(watch.broken).toHaveLength(2);
  });
});

const row = (payload: string, stream: 'event' | 'execution' = 'event') => {
  return { stream, key: '', eventTime: 0, receivedTime: 0, payload };
};

describe('what is looked for in a journal', () => {
  it('finds a step that makes the books fit where no execution stands beside it', () => {
    const moved = row('{"input":{"kind":"money-moved","time":1}}');
    expect(correctionOf([moved])).toBe(moved.payload);
    expect(correctionOf([moved, row('{}', 'execution')])).toBeUndefined();
    expect(correctionOf([row('{"input":{"kind":"fill"}}')])).toBeUndefined();
  });

  it('wants every order on the disk but stops and closes in an emergency', () => {
    const { exchange, place, stopPrice } = world();
    place({ type: 'limit', price: stopPrice });
    const [order] = exchange.openOrders({});
    expect(needsNoDisk(order)).toBe(false);
    expect(needsNoDisk({ ...order, conditional: true, reduceOnly: true })).toBe(true);
    expect(needsNoDisk({ ...order, clientOrderId: 'ppcr-x1' })).toBe(true);
  });
});
