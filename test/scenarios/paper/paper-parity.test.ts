// Does the paper account end where the venue's own account ends? The same orders in both, over the same prices (P4).
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import type { Prices } from '../exchange-market.ts';
import { HOUR, START } from '../simulated-market.ts';
import { expectSame, placeInBoth, tradesOf } from './both-accounts.ts';
import { minuteMarket, wandering } from './minute-market.ts';
import { order, paperDesk, type PaperDesk } from './paper-desk.ts';

/** A symbol that stands at 100 but for these minutes after START. */
const market = (minutes: Readonly<Record<number, Prices>>, hours = 3) =>
  minuteMarket('AUSDT', { hours, prices: (minute) => minutes[minute], rate: 0.0003 });

const kindsOf = async (desk: PaperDesk): Promise<readonly string[]> =>
  (await tradesOf(desk)).paper.map(({ kind, origin }) => `${kind} ${origin}`);

describe('a paper account beside the account of the venue that it follows', () => {
  it('fills market orders at the same price, fee and slippage', async () => {
    await using desk = await paperDesk({ symbols: [minuteMarket('AUSDT', wandering('market', 3))] });
    await desk.minutes(5);
    await placeInBoth(desk, order('AUSDT'));
    await desk.minutes(70);
    await placeInBoth(desk, order('AUSDT', { side: 'sell', quantity: 0.4, reduceOnly: true }));
    await desk.minutes(5);
    expect(await kindsOf(desk)).toEqual(['trade client', 'trade client']);
    await expectSame(desk);
  });

  it('leaves by a stop that is touched', async () => {
    await using desk = await paperDesk({ symbols: [market({ 7: [100, 100.2, 97.4, 98] })] });
    await desk.minutes(5);
    await placeInBoth(desk, order('AUSDT', { protection: { stopPrice: 98, targetPrice: 104 } }));
    await desk.minutes(5);
    expect(await kindsOf(desk)).toEqual(['trade client', 'trade stop']);
    expect(await desk.venue.account.openOrders()).toEqual([]);
    await expectSame(desk);
  });

  it('leaves by a stop that an open jumps over, at that open', async () => {
    await using desk = await paperDesk({ symbols: [market({ 7: [96, 96.3, 95.9, 96] })] });
    await desk.minutes(5);
    await desk.venue.account.place(order('AUSDT', { protection: { stopPrice: 98 } }));
    await desk.minutes(5);
    const { paper } = await tradesOf(desk);
    // 96 less 10 bps, rounded against us.
    expect(paper.at(-1)).toMatchObject({ origin: 'stop', price: 95.9 });
  });

  it('leaves by a target that is touched, as a maker', async () => {
    await using desk = await paperDesk({ symbols: [market({ 7: [100, 104.5, 99.9, 104] })] });
    await desk.minutes(5);
    await placeInBoth(desk, order('AUSDT', { protection: { stopPrice: 98, targetPrice: 104 } }));
    await desk.minutes(5);
    expect((await tradesOf(desk)).paper.at(-1)).toMatchObject({ origin: 'target', price: 104, liquidity: 'maker' });
    await expectSame(desk);
  });

  it('takes the worse of stop and target that one minute touches', async () => {
    await using desk = await paperDesk({ symbols: [market({ 7: [100, 104.5, 97.5, 103] })] });
    await desk.minutes(5);
    await placeInBoth(desk, order('AUSDT', { protection: { stopPrice: 98, targetPrice: 104 } }));
    await desk.minutes(5);
    expect(await kindsOf(desk)).toEqual(['trade client', 'trade stop']);
    await expectSame(desk);
  });

  it('fills a limit order when the market is a tick through it, and not before', async () => {
    await using desk = await paperDesk({
      symbols: [market({ 7: [100, 100, 99, 100], 9: [100, 100, 98.9, 99.5] })],
    });
    await desk.minutes(5);
    await placeInBoth(desk, order('AUSDT', { type: 'limit', price: 99 }));
    await desk.minutes(3);
    expect(await kindsOf(desk)).toEqual([]);
    await desk.minutes(3);
    expect((await tradesOf(desk)).paper).toMatchObject([{ price: 99, liquidity: 'maker', quantity: 1 }]);
    await expectSame(desk);
  });

  it('is liquidated when the price comes there', async () => {
    await using desk = await paperDesk({ symbols: [market({ 7: [100, 100, 94, 95] })] });
    await desk.minutes(5);
    desk.exchange.setLeverage('AUSDT', 20);
    await desk.venue.account.setLeverage('AUSDT', 20);
    await placeInBoth(desk, order('AUSDT', { side: 'buy', quantity: 20 }));
    await desk.minutes(5);
    expect(await kindsOf(desk)).toEqual(['trade client', 'liquidation liquidation']);
    await expectSame(desk);
  });

  it('pays funding at its stamp at the rate of the venue, and not for what was opened there', async () => {
    await using desk = await paperDesk({
      symbols: [market({ 475: [100, 101, 100, 101] }, 12)],
      exchange: { from: START + 7 * HOUR },
    });
    await desk.minutes(50);
    await placeInBoth(desk, order('AUSDT', { quantity: 2 }));
    await desk.minutes(10);
    await desk.settled();
    await placeInBoth(desk, order('AUSDT', { side: 'sell', quantity: 0.5, reduceOnly: true }));
    await desk.minutes(3);
    const { paper } = await tradesOf(desk);
    expect(paper.map(({ kind, time }) => `${kind} ${(time - START) / HOUR}`)).toEqual([
      `trade ${7 + 5 / 6}`,
      'funding 8',
      'trade 8',
    ]);
    expect(paper[1]).toMatchObject({ quantity: 2, rate: 0.0003, price: 101 });
    await expectSame(desk);
  });

  it.each(['bybit', 'binance'] as const)('trades four symbols of %s for a day like the venue', async (name) => {
    await using desk = await paperDesk({ name, symbols: fourSymbols('day'), exchange: { from: START + 5 * HOUR } });
    expect(await tradeAtRandom(desk, 'orders of a day', () => desk.minutes(1))).toBeGreaterThan(60);
    const kinds = new Set(await kindsOf(desk));
    for (const kind of ['trade client', 'trade stop', 'trade target', 'funding client']) expect(kinds).toContain(kind);
    await expectSame(desk);
  });

  it('does so too when it is killed again and again, and makes good what it has not seen', async () => {
    await using desk = await paperDesk({ symbols: fourSymbols('kills'), exchange: { from: START + 5 * HOUR } });
    const random = createRandom('kills');
    let lives = 1;
    await tradeAtRandom(desk, 'orders between kills', async () => {
      await desk.minutes(1);
      if (random.below(20) > 0) return;
      await desk.settled();
      await desk.kill();
      await desk.unseen(random.below(4) * random.below(8));
      await desk.restart();
      lives += 1;
    });
    expect(lives).toBeGreaterThan(10);
    const late = desk.notices.filter(({ kind }) => kind === 'happened-in-absence');
    expect(late.length).toBeGreaterThan(3);
    await expectSame(desk);
  });
});

const NAMES = ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT'];

const fourSymbols = (seed: string) => NAMES.map((name) => minuteMarket(name, wandering(`${seed} ${name}`, 30)));

/** Random orders of every kind in both accounts, `pass` for every minute between them. How many were taken. */
async function tradeAtRandom(desk: PaperDesk, seed: string, pass: () => Promise<void>): Promise<number> {
  const random = createRandom(seed);
  let taken = 0;
  for (let turn = 0; turn < 90; turn += 1) {
    for (let left = 1 + random.below(9); left > 0; left -= 1) {
      await pass();
      // The venue tells a rate soon after its stamp, and its minutes last longer than here.
      await desk.settled();
    }
    const symbol = NAMES[random.below(4)];
    const { last } = desk.exchange.quote(symbol);
    const side = random.below(2) === 0 ? 'buy' : 'sell';
    const away = side === 'buy' ? -1 : 1;
    const held = desk.exchange.position(symbol).quantity;
    const reduces = held !== 0 && held > 0 === (side === 'sell');
    const isLimit = random.below(3) === 0;
    const price = Number((last + (away * (3 + random.below(20))) / 10).toFixed(1));
    const entry = isLimit ? price : last;
    const protection = {
      stopPrice: Number((entry + away * (0.6 + random.below(15) / 10)).toFixed(1)),
      targetPrice: Number((entry - away * (0.7 + random.below(30) / 10)).toFixed(1)),
    };
    const asked = order(symbol, {
      side,
      quantity: (1 + random.below(40)) / 10,
      reduceOnly: reduces && random.below(2) === 0,
      ...(isLimit ? { type: 'limit', price } : {}),
    });
    const isPlain = asked.reduceOnly || reduces || random.below(4) === 0;
    if (await placeInBoth(desk, isPlain ? asked : { ...asked, protection })) taken += 1;
  }
  await desk.minutes(5);
  await desk.settled();
  return taken;
}
