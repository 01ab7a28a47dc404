// Does a difference that nobody settles cost the request budget of the bot, and is it seen soon that it is settled?
import { describe, expect, it } from 'vitest';
import { roundToTick } from '../../../src/domain/instrument.ts';
import { done } from '../exchange-market.ts';
import { rehearsedBot } from './rehearsed-bot.ts';
import { HOUR, smallBot } from './small-bot.ts';

/** What a comparison weighs at Binance with ten symbols: positions 10, orders of both books 80, balance 5, executions 80. */
const WEIGHT = 175;
const WEIGHT_LIMIT_A_MINUTE = 2_400;
const MINUTE = 60_000;
const STANDS_MINUTES = 40;

/** An account that somebody else orders on, minute by minute; `asked` holds when it was compared. */
async function withForeignOrder() {
  const asked: number[] = [];
  const small = smallBot({
    script: () => () => ({ signal: 0 }),
    rules: { contractsEveryMs: 1_000 * HOUR },
    fate: (call) => {
      if (call === 'positions') asked.push(small.exchange.now);
      return 'pass';
    },
  });
  const { exchange, bot } = small;
  const life = rehearsedBot(bot);
  await life.run(small.start + 2 * HOUR);
  const { clock, session } = life;
  const pass = async (until: number): Promise<void> => {
    while (clock.now() < until) {
      exchange.advanceTo(Math.min(until, clock.nextDue, exchange.nextClose()));
      clock.moveTo(exchange.now);
      await session.settledOrWaiting(0, Promise.resolve());
    }
  };
  const instrument = bot.market.instruments[0];
  const price = roundToTick(instrument, bot.market.series[0].close[0] / 2, 'nearest');
  const { symbol } = instrument;
  const order = { symbol, side: 'buy', quantity: 1, reduceOnly: false, type: 'limit', price } as const;
  const from = exchange.now;
  done(exchange.place({ ...order, clientOrderId: 'by-hand' }));
  await pass(from + STANDS_MINUTES * MINUTE);
  const isBlocked = (): boolean => life.engine.state.blocks.has('reconciliation');
  return { ...small, symbol, asked, from, pass, isBlocked };
}

describe('comparisons of books and venue', () => {
  it('weigh little while a difference stands that only a person can settle, and end soon after it', async () => {
    const { exchange, symbol, asked, from, pass, isBlocked } = await withForeignOrder();
    expect(isBlocked()).toBe(true);
    const perMinute = Array.from({ length: STANDS_MINUTES }, (_, minute) => {
      const begin = from + minute * MINUTE;
      return asked.filter((time) => time >= begin && time < begin + MINUTE).length;
    });
    expect(Math.min(...perMinute.slice(2))).toBeGreaterThan(0);
    expect(Math.max(...perMinute) * WEIGHT).toBeLessThan(WEIGHT_LIMIT_A_MINUTE / 2);
    expect(Math.max(...perMinute.slice(5)) * WEIGHT).toBeLessThan(WEIGHT_LIMIT_A_MINUTE / 4);

    done(exchange.cancel(symbol, { clientOrderId: 'by-hand' }));
    await pass(exchange.now + MINUTE + 1_000);
    expect(isBlocked()).toBe(false);
  });
});
