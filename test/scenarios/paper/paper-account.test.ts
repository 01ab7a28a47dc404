// Is the paper account a venue like any other, no kinder than one, and does it outlive everything? (P4)
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/adapters/sqlite/journal.ts';
import { PerpilotError } from '../../../src/domain/errors.ts';
import { entryFromText, entryText } from '../../../src/exchange-simulator/paper/paper-entry.ts';
import { paperTermsOf } from '../../../src/exchange-simulator/paper/paper-terms.ts';
import type { Journal } from '../../../src/ports/journal.ts';
import type { VenueConnection } from '../../../src/ports/venue-connection.ts';
import type { StreamEvent } from '../../../src/ports/venue-streams.ts';
import type { Prices } from '../exchange-market.ts';
import { createManualClock } from '../exchange-simulator/manual-clock.ts';
import { memoryJournal } from '../live/memory-journal.ts';
import { COSTS, HOUR, START } from '../simulated-market.ts';
import { expectSame, placeInBoth } from './both-accounts.ts';
import { MINUTE, minuteMarket } from './minute-market.ts';
import { AS_THE_VENUE, order, paperDesk } from './paper-desk.ts';

const A = 'AUSDT';

/** A symbol that stands at 100 but for these minutes after START. */
const market = (minutes: Readonly<Record<number, Prices>>, symbol = A) =>
  minuteMarket(symbol, { hours: 5, prices: (minute) => minutes[minute], rate: 0.0003 });

const newJournal = (file: string): Promise<Journal> => openJournal({ file, now: () => START });

const folder = mkdtempSync(join(tmpdir(), 'perpilot-paper-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The code of the VenueError that it fails with; `done`: it does not fail. */
const codeOf = (action: Promise<unknown>): Promise<string> =>
  action.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );

const executionsOf = (venue: VenueConnection) => venue.account.executions({ from: 0 });

describe('a paper account is no kinder than a real one', () => {
  it('fills a limit order by its share of what is traded beyond its price, in as many parts as it takes', async () => {
    const through: Prices = [100, 100, 98.9, 98.9];
    const below: Prices = [98.9, 98.9, 98.8, 98.9];
    await using desk = await paperDesk({
      symbols: [market({ 7: through, 8: below, 9: below, 10: below })],
      paper: { terms: { ...AS_THE_VENUE, liquidity: { participation: 0.1, missed: 0 } } },
    });
    await desk.minutes(5);
    const asked = order(A, { type: 'limit', price: 99, quantity: 2 });
    await desk.venue.account.place(asked);
    await desk.minutes(3);
    const [first] = await executionsOf(desk.venue);
    // Ten are traded in the minute, a part of it before the price is reached.
    expect(first.quantity).toBeGreaterThan(0);
    expect(first.quantity).toBeLessThan(1);
    expect(await desk.venue.account.openOrders()).toMatchObject([
      { clientOrderId: asked.clientOrderId, state: 'partly-filled', filledQuantity: first.quantity },
    ]);
    await desk.minutes(1);
    expect(await executionsOf(desk.venue)).toHaveLength(2);
    await desk.minutes(3);
    const parts = await executionsOf(desk.venue);
    expect(parts.every(({ quantity, liquidity }) => quantity <= 1 && liquidity === 'maker')).toBe(true);
    expect(parts.reduce((sum, { quantity }) => sum + quantity, 0)).toBeCloseTo(2, 9);
    expect(await desk.venue.account.findOrder(asked)).toMatchObject({ state: 'filled', averagePrice: 99 });
  });

  it('lets fills pass it by as often as the terms say, the same ones in every life', async () => {
    const dips: Record<number, Prices> = {};
    for (let minute = 6; minute < 46; minute += 1) dips[minute] = [100, 100, 98.9, 100];
    const missedOf = async (missed: number): Promise<number> => {
      await using desk = await paperDesk({
        symbols: [market(dips)],
        paper: { terms: { ...AS_THE_VENUE, liquidity: { participation: 0.001, missed } } },
      });
      await desk.minutes(5);
      await desk.venue.account.place(order(A, { type: 'limit', price: 99, quantity: 1 }));
      await desk.minutes(20);
      const before = await executionsOf(desk.venue);
      await desk.kill();
      await desk.restart();
      expect(await executionsOf(desk.venue)).toEqual(before);
      await desk.minutes(20);
      return (await executionsOf(desk.venue)).length;
    };
    expect(await missedOf(1)).toBe(0);
    const half = await missedOf(0.5);
    expect(half).toBeGreaterThan(8);
    expect(half).toBeLessThan(32);
    // One a minute, from the sixth to the forty-fourth.
    expect(await missedOf(0)).toBe(39);
  });

  it('meets the market as it stands when the order arrives, not when it was sent', async () => {
    const clock = createManualClock();
    await using desk = await paperDesk({
      symbols: [market({ 5: [100, 103, 100, 103] })],
      paper: { clock, terms: { ...AS_THE_VENUE, latencyMs: 400, staleMs: 1e9 } },
    });
    await desk.minutes(5);
    const ack = desk.venue.account.place(order(A));
    await desk.minutes(1);
    expect(await executionsOf(desk.venue)).toEqual([]);
    clock.advance(399);
    expect(await executionsOf(desk.venue)).toEqual([]);
    clock.advance(1);
    await ack;
    // 103 and 10 bps, rounded against us.
    expect(await executionsOf(desk.venue)).toMatchObject([{ price: 103.2, quantity: 1 }]);
  });

  it('buys at the ask and sells at the bid, and slips from there', async () => {
    await using desk = await paperDesk({
      symbols: [market({})],
      paper: { terms: { ...AS_THE_VENUE, prices: 'book' }, costs: { ...COSTS, slippageBps: 0 } },
    });
    await desk.minutes(5);
    const { bid, ask } = desk.exchange.quote(A);
    expect(ask).toBeGreaterThan(bid);
    await desk.venue.account.place(order(A));
    await desk.venue.account.place(order(A, { side: 'sell', reduceOnly: true }));
    expect((await executionsOf(desk.venue)).map(({ price }) => price)).toEqual([ask, bid]);
  });

  it('takes its terms from the settings', () => {
    const settings = { latencyMs: 7, participation: 0.2, missedFills: 0.3, prices: 'last', staleSeconds: 4 } as const;
    expect(paperTermsOf(settings)).toEqual({
      latencyMs: 7,
      liquidity: { participation: 0.2, missed: 0.3 },
      prices: 'last',
      staleMs: 4_000,
    });
  });
});

describe('a paper account behaves like a venue', () => {
  it('refuses what a venue refuses, with its codes, and nothing is left of it', async () => {
    await using desk = await paperDesk({ symbols: [market({})] });
    const { account } = desk.venue;
    await desk.minutes(5);
    const first = order(A, { protection: { stopPrice: 90, targetPrice: 120 } });
    const ack = await account.place(first);
    expect(ack).toMatchObject({ clientOrderId: first.clientOrderId, protection: 'attached' });
    const cases = {
      ORDER_ID_TAKEN: account.place(first),
      SYMBOL_UNKNOWN: account.place(order('NONEUSDT')),
      OFF_GRID: account.place(order(A, { quantity: 0.0005 })),
      BELOW_MINIMUM: account.place(order(A, { quantity: 0.001 })),
      ABOVE_MAXIMUM: account.place(order(A, { quantity: 1_001 })),
      MARGIN_INSUFFICIENT: account.place(order(A, { quantity: 500 })),
      REDUCE_ONLY_REFUSED: account.place(order(A, { reduceOnly: true })),
      TRIGGER_REFUSED: account.protect(A, { stopPrice: 101 }),
      ORDER_NOT_FOUND: account.cancel({ symbol: A, clientOrderId: 'nobody' }),
      ORDER_FINAL: account.cancel(first),
      LEVERAGE_REFUSED: account.setLeverage(A, 51),
      MODE_LOCKED: account.setMarginMode('cross', A),
      UNSUPPORTED: account.setPositionMode('hedge'),
      PARAMETER_REFUSED: account.place(order(A, { clientOrderId: 'a b' })),
    };
    for (const [code, action] of Object.entries(cases)) expect(await codeOf(action), code).toBe(code);
    await expect(account.place(first)).rejects.toMatchObject({ orderMayExist: true, retryable: false });
    expect(await account.findOrder({ symbol: A, clientOrderId: 'nobody' })).toBeUndefined();
    expect(await executionsOf(desk.venue)).toHaveLength(1);
    expect(await account.positions()).toMatchObject([{ symbol: A, quantity: 1, stopPrice: 90, targetPrice: 120 }]);
  });

  it('sets, moves and takes away stop and target; leverage and modes that are so already are no error', async () => {
    await using desk = await paperDesk({ symbols: [market({})] });
    const { account } = desk.venue;
    await desk.minutes(5);
    await account.setLeverage(A, 5);
    await account.setLeverage(A, 5);
    await account.setMarginMode('isolated', A);
    await account.setPositionMode('one-way');
    await account.place(order(A));
    await account.protect(A, { stopPrice: 95, targetPrice: 110 });
    await account.protect(A, { stopPrice: 96 });
    await account.protect(A, { stopPrice: 96 });
    expect(await account.positions()).toMatchObject([{ stopPrice: 96, targetPrice: 110, leverage: 5 }]);
    await account.protect(A, { targetPrice: 'none' });
    const [stop, ...others] = await account.openOrders(A);
    expect(stop).toMatchObject({ origin: 'stop', triggerPrice: 96, reduceOnly: true, conditional: true });
    expect(others).toEqual([]);
    await account.cancelAll(A);
    expect(await account.openOrders()).toEqual([]);
    expect(await account.modes()).toEqual({ marginMode: 'isolated', positionMode: 'one-way' });
    expect(await account.keyFacts()).toMatchObject({ mayTrade: true, mayWithdraw: false, readOnly: false });
  });

  it('lists executions by time and symbol, and values what is held at the price of now', async () => {
    await using desk = await paperDesk({ symbols: [market({ 8: [100, 104, 100, 104] }), market({}, 'BUSDT')] });
    const { account } = desk.venue;
    await desk.minutes(5);
    await account.place(order(A, { quantity: 2 }));
    await desk.minutes(1);
    await account.place(order('BUSDT'));
    const [first, second] = await account.executions({ from: 0 });
    expect(await account.executions({ from: second.time })).toEqual([second]);
    expect(await account.executions({ from: 0, until: first.time })).toEqual([first]);
    expect(await account.executions({ from: 0, symbol: 'BUSDT' })).toEqual([second]);
    const before = await account.balance();
    await desk.minutes(3);
    const after = await account.balance();
    expect(after.wallet).toBe(before.wallet);
    expect(after.equity - before.equity).toBeCloseTo(8, 9);
  });

  it('pushes orders, executions, positions and the balance, and the candles of the real venue', async () => {
    await using desk = await paperDesk({ symbols: [market({ 8: [100, 104.5, 100, 104] })] });
    const heard: StreamEvent[] = [];
    const subscription = desk.venue.streams.subscribe(
      [
        { kind: 'candle', symbol: A, intervalMs: MINUTE },
        { kind: 'orders' },
        { kind: 'executions' },
        { kind: 'positions' },
        { kind: 'balance' },
      ],
      (event) => heard.push(event),
    );
    await desk.minutes(5);
    await desk.venue.account.place(order(A, { protection: { stopPrice: 95, targetPrice: 104 } }));
    expect(subscription.states().get('orders')).toBe('live');
    await desk.minutes(5);
    const executions = heard.flatMap((event) => (event.kind === 'execution' ? [event.execution] : []));
    expect(executions).toEqual(await executionsOf(desk.venue));
    expect(executions.map(({ origin }) => origin)).toEqual(['client', 'target']);
    const targets = heard.flatMap((event) =>
      event.kind === 'order' && event.order.origin === 'target' ? [event.order.state] : [],
    );
    expect([targets[0], targets.at(-1)]).toEqual(['untriggered', 'filled']);
    expect(heard.findLast((event) => event.kind === 'position')).toMatchObject({ symbol: A, position: undefined });
    const { walletText } = await desk.venue.account.balance();
    expect(heard.findLast((event) => event.kind === 'balance')).toMatchObject({ balance: { walletText } });
    while (!heard.some((event) => event.kind === 'candle')) await desk.minutes(1);
    await subscription.close();
    const count = heard.length;
    await desk.venue.account.place(order(A));
    expect(heard).toHaveLength(count);
  });
});

describe('a paper account keeps up with the venue', () => {
  it('goes by new rules of a contract within the hour, and settles what the venue does not list any more', async () => {
    const clock = createManualClock();
    await using desk = await paperDesk({
      symbols: [market({}), market({}, 'BUSDT')],
      paper: { clock, terms: { ...AS_THE_VENUE, staleMs: 1e9 } },
    });
    await desk.minutes(5);
    await desk.venue.account.place(order(A, { quantity: 0.5 }));
    await desk.venue.account.place(order('BUSDT'));
    const askedAgain = async (done: () => Promise<boolean>): Promise<void> => {
      clock.advance(HOUR);
      while (!(await done())) await new Promise((resolve) => setImmediate(resolve));
    };
    desk.exchange.fate.changeInstrument(A, { lotSize: 0.1, minQuantity: 0.1 });
    desk.exchange.fate.setStatus('BUSDT', 'closed');
    await askedAgain(async () => (await codeOf(desk.venue.account.place(order(A, { quantity: 0.25 })))) === 'OFF_GRID');
    expect(await codeOf(desk.venue.account.place(order(A, { quantity: 0.2 })))).toBe('done');
    await desk.kill();
    await desk.restart();
    expect(await codeOf(desk.venue.account.place(order(A, { quantity: 0.25 })))).toBe('OFF_GRID');
    const held = await desk.venue.account.positions();
    expect(held.map(({ symbol }) => symbol)).toEqual([A]);
    expect((await executionsOf(desk.venue)).filter(({ kind }) => kind === 'delisting')).toHaveLength(1);
  });

  it('lets go of what is on its way when it is closed', async () => {
    const clock = createManualClock();
    await using desk = await paperDesk({
      symbols: [market({})],
      paper: { clock, terms: { ...AS_THE_VENUE, latencyMs: 400, staleMs: 1e9 } },
    });
    await desk.minutes(5);
    const asked = codeOf(desk.venue.account.place(order(A)));
    await desk.kill();
    expect(await asked).toBe('CLOSED');
    expect(await codeOf(desk.venue.account.positions())).toBe('CLOSED');
    await desk.restart();
    expect(await executionsOf(desk.venue)).toEqual([]);
  });
});

describe('a paper account outlives everything', () => {
  it('is killed with a position, and its stop has been filled by the minutes it has not seen', async () => {
    const file = join(folder, 'killed.sqlite');
    await using desk = await paperDesk({
      symbols: [market({ 12: [100, 100.1, 97, 98] }), market({}, 'BUSDT')],
      journal: await newJournal(file),
    });
    await desk.minutes(5);
    const entry = order(A, { protection: { stopPrice: 98, targetPrice: 104 } });
    await placeInBoth(desk, entry);
    const rests = order('BUSDT', { type: 'limit', price: 95 });
    await placeInBoth(desk, rests);
    const orders = await desk.venue.account.openOrders();
    const executions = await executionsOf(desk.venue);
    await desk.minutes(2);
    await desk.kill();
    await desk.unseen(20);
    await desk.restart({ journal: await newJournal(file) });
    const { account } = desk.venue;
    const [kept, stop] = await executionsOf(desk.venue);
    expect([kept]).toEqual(executions);
    expect(stop).toMatchObject({ origin: 'stop', quantity: 1, price: 97.9 });
    expect((stop.time - START) / MINUTE).toBeGreaterThan(12);
    expect((stop.time - START) / MINUTE).toBeLessThan(13);
    expect(desk.notices).toMatchObject([{ kind: 'happened-in-absence', symbol: A, orderId: stop.venueOrderId }]);
    expect(await account.positions()).toEqual([]);
    // The one that rests is the same order as before, the entry is not taken twice.
    expect(await account.openOrders()).toEqual(orders.filter(({ symbol }) => symbol === 'BUSDT'));
    expect(await codeOf(account.place(entry))).toBe('ORDER_ID_TAKEN');
    expect(await account.findOrder(entry)).toMatchObject({ state: 'filled', venueOrderId: kept.venueOrderId });
    await expectSame(desk);
    await desk.minutes(3);
    await placeInBoth(desk, order(A, { side: 'sell' }));
    await expectSame(desk);
  });

  it('says of an order that it filled while nobody looked', async () => {
    await using desk = await paperDesk({ symbols: [market({ 12: [100, 100.1, 97, 98] })] });
    await desk.minutes(5);
    const rests = order(A, { type: 'limit', price: 98 });
    const seen = order(A, { type: 'limit', price: 90 });
    await desk.venue.account.place(rests);
    await desk.venue.account.place(seen);
    await desk.kill();
    await desk.unseen(20);
    await desk.restart();
    const { account } = desk.venue;
    expect(await account.findOrder(rests)).toMatchObject({ state: 'filled', reason: expect.stringMatching(/nobody/) });
    expect(await account.findOrder(seen)).toMatchObject({ state: 'new', reason: undefined });
  });

  it('asks for the minutes that a stream has left out, and fills what they touch', async () => {
    await using desk = await paperDesk({ symbols: [market({ 12: [100, 100.1, 97, 98] })] });
    await desk.minutes(5);
    await placeInBoth(desk, order(A, { protection: { stopPrice: 98 } }));
    desk.deaf.add(A);
    await desk.minutes(15);
    expect(await executionsOf(desk.venue)).toHaveLength(1);
    desk.deaf.delete(A);
    await desk.minutes(1);
    while ((await executionsOf(desk.venue)).length < 2) await new Promise((resolve) => setImmediate(resolve));
    await desk.minutes(1);
    await expectSame(desk);
  });

  it('fills nothing at a price that is stale, and makes it good when the venue is heard again', async () => {
    await using desk = await paperDesk({ symbols: [market({ 12: [100, 100.1, 97, 98] })] });
    await desk.minutes(5);
    await placeInBoth(desk, order(A, { protection: { stopPrice: 98 } }));
    desk.deaf.add(A);
    desk.setStream(A, 'stale');
    await desk.minutes(10);
    const entry = desk.venue.account.place(order(A));
    await expect(entry).rejects.toMatchObject({ code: 'UNREACHABLE', retryable: true, orderMayExist: false });
    expect(await executionsOf(desk.venue)).toHaveLength(1);
    desk.deaf.delete(A);
    desk.setStream(A, 'live');
    await desk.minutes(1);
    while ((await executionsOf(desk.venue)).length < 2) await new Promise((resolve) => setImmediate(resolve));
    await expectSame(desk);
    await desk.minutes(1);
    expect(await codeOf(desk.venue.account.place(order(A)))).toBe('done');
  });

  it('trades at no price that was not confirmed for too long, though the stream says nothing of it', async () => {
    const clock = createManualClock();
    await using desk = await paperDesk({
      symbols: [market({})],
      paper: { clock, terms: { ...AS_THE_VENUE, staleMs: 10_000 } },
    });
    await desk.minutes(5);
    clock.advance(10_001);
    expect(await codeOf(desk.venue.account.place(order(A)))).toBe('UNREACHABLE');
    await desk.minutes(1);
    expect(await codeOf(desk.venue.account.place(order(A)))).toBe('done');
  });

  it('takes no order that it cannot remember, and goes on when it can', async () => {
    const journal = memoryJournal();
    await using desk = await paperDesk({ symbols: [market({ 8: [100, 100, 97, 98] })], journal });
    await desk.minutes(5);
    await placeInBoth(desk, order(A, { protection: { stopPrice: 98 } }));
    journal.refuse(new PerpilotError('JOURNAL_UNWRITABLE', 'the disk is full'));
    const refused = desk.venue.account.place(order(A));
    await expect(refused).rejects.toMatchObject({ code: 'OVERLOADED', retryable: true, orderMayExist: false });
    await desk.minutes(5);
    expect(await executionsOf(desk.venue)).toHaveLength(1);
    expect(desk.notices.some(({ kind }) => kind === 'log-unwritable')).toBe(true);
    journal.refuse(undefined);
    await desk.minutes(1);
    // The stop that was touched meanwhile is filled as soon as it can be written down.
    await expectSame(desk);
  });

  it('is kept by other terms only when flat, with what it had', async () => {
    await using desk = await paperDesk({ symbols: [market({})] });
    await desk.minutes(5);
    await desk.venue.account.place(order(A));
    await desk.kill();
    const dearer = { costs: { ...COSTS, takerFeeBps: 50 } };
    await expect(desk.restart(dearer)).rejects.toThrow(/AUSDT: 1 is held on paper/);
    await desk.restart();
    await desk.minutes(1);
    await desk.venue.account.place(order(A, { side: 'sell', reduceOnly: true }));
    const { walletText } = await desk.venue.account.balance();
    const before = await executionsOf(desk.venue);
    await desk.kill();
    await desk.restart(dearer);
    await desk.minutes(1);
    expect((await desk.venue.account.balance()).walletText).toBe(walletText);
    await desk.venue.account.place(order(A));
    const after = await executionsOf(desk.venue);
    expect(after.slice(0, 2)).toEqual(before);
    expect(after[2].fee / (after[2].price * after[2].quantity)).toBeCloseTo(0.005, 9);
    expect(new Set(after.map(({ executionId }) => executionId)).size).toBe(3);
    await desk.kill();
    await desk.restart(dearer);
    expect(await executionsOf(desk.venue)).toEqual(after);
  });

  it('refuses a log that does not lead where it says', async () => {
    const journal = memoryJournal();
    const forged: Journal = {
      ...journal,
      *read(query) {
        for (const row of journal.read(query)) {
          const { entry, found } = entryFromText(row.payload);
          const isPlace = entry.kind === 'place';
          yield isPlace ? { ...row, payload: entryText({ entry, found: { ...found, wallet: '1' } }) } : row;
        }
      },
    };
    await using desk = await paperDesk({ symbols: [market({})], journal });
    await desk.minutes(5);
    await desk.venue.account.place(order(A));
    await desk.kill();
    await expect(desk.restart({ journal: forged })).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' });
    await desk.restart();
  });

  it('writes nothing while nothing happens to it, and is read again in no time', async () => {
    const journal = memoryJournal();
    await using desk = await paperDesk({ symbols: [market({ 100: [100, 101, 99, 100] })], journal });
    await desk.minutes(5);
    await desk.venue.account.place(order(A, { protection: { stopPrice: 90, targetPrice: 120 } }));
    const rows = () => [...journal.read()].length;
    const before = rows();
    await desk.minutes(120);
    // Whole hours alone: their candles, and a look at what is held.
    expect(rows() - before).toBeLessThanOrEqual(6);
  });
});
