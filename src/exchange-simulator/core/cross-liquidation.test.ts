// Is a cross account liquidated when its equity meets what must be kept, on the path, at an open, and with nothing left?
import { describe, expect, it } from 'vitest';
import {
  done,
  exchangeOver,
  heard,
  hours,
  marketOrder,
  tapeSymbol,
  type Prices,
} from '../../../test/scenarios/exchange-market.ts';
import { COSTS, HOUR, INSTRUMENT, seriesOf, START, SYMBOL } from '../../../test/scenarios/simulated-market.ts';
import { atomsToNumber } from '../../domain/money.ts';

const NEXT: Prices = [70, 71, 69, 70];
const costs = { ...COSTS, slippageBps: 0, takerFeeBps: 0, makerFeeBps: 0 };

describe('a cross account', () => {
  it('is liquidated at the moment of the path when equity is the maintenance margin and the closing fee', () => {
    const exchange = exchangeOver([[100, 101, 60, 70], NEXT], { marginMode: 'cross', deposit: 2_000, costs });
    done(exchange.place(marketOrder({ quantity: 100 })));
    const { liquidationPrice } = exchange.position(SYMBOL);
    // 2,000 + 100 (p − 100) = 100 p × 0.01 + 100 p × 0.005.
    expect(liquidationPrice).toBeCloseTo(8_000 / 98.5, 0);
    const events = heard(exchange);
    exchange.advanceTo(START + HOUR);
    const execution = exchange.executions({}).at(-1);
    expect(execution).toMatchObject({ kind: 'liquidation', source: 'liquidation', quantity: 100, closedQuantity: 100 });
    const moment = execution?.time ?? NaN;
    // A falling candle is at its high first, then falls from 101 to 60 in its second third.
    const expected = START + HOUR / 3 + ((101 - 8_000 / 98.5) / 41) * (HOUR / 3);
    expect(moment).toBe(Math.ceil(expected));
    expect(atomsToNumber(exchange.wallet().wallet)).toBeCloseTo(0, 0);
    expect(exchange.wallet()).toMatchObject({ positionMargin: 0n, unrealised: 0n });
    const kinds = events.filter(({ time }) => time === moment).map((event) => event.kind);
    expect(kinds).toEqual(['position', 'order', 'order', 'execution', 'position', 'wallet']);
  });

  it('is liquidated at once when a candle opens beyond what it can bear, and owes nothing', () => {
    const exchange = exchangeOver([[100, 101, 99, 100], NEXT], { marginMode: 'cross', deposit: 2_000, costs });
    done(exchange.place(marketOrder({ quantity: 100, stopPrice: 95 })));
    exchange.advanceTo(START + HOUR);
    expect(exchange.executions({}).at(-1)).toMatchObject({ kind: 'liquidation', time: START + HOUR, price: 80.35 });
    expect(exchange.closedOrders({}).find(({ source }) => source === 'attached-stop')).toMatchObject({
      cancelReason: 'before-liquidation',
    });
    expect(Math.abs(atomsToNumber(exchange.wallet().wallet))).toBeLessThan(60);
  });

  it('lets what one symbol earns carry another, where an isolated account would have lost it', () => {
    const falling: Prices[] = [[100, 101, 75, 76], NEXT];
    const rising: Prices[] = [
      [100, 130, 99, 129],
      [129, 130, 128, 129],
    ];
    const symbols = [
      tapeSymbol(seriesOf(hours(falling))),
      tapeSymbol(seriesOf(hours(rising)), { symbol: 'OTHERUSDT', instrument: { ...INSTRUMENT, symbol: 'OTHERUSDT' } }),
    ];
    const hold = (marginMode: 'isolated' | 'cross') => {
      const exchange = exchangeOver([NEXT], { tape: { symbols }, marginMode, deposit: 4_000, costs });
      done(exchange.place(marketOrder({ quantity: 100 })));
      done(exchange.place(marketOrder({ quantity: 100, symbol: 'OTHERUSDT' })));
      exchange.advanceTo(START + HOUR - 1);
      return exchange.positions().map(({ symbol }) => symbol);
    };
    expect(hold('cross')).toEqual(['OTHERUSDT', SYMBOL]);
    expect(hold('isolated')).toEqual(['OTHERUSDT']);
  });

  it('has no liquidation price of its own per position: the estimate moves with the wallet', () => {
    const exchange = exchangeOver([[100, 101, 99, 100], NEXT], { marginMode: 'cross', deposit: 20_000, costs });
    done(exchange.place(marketOrder({ quantity: 100, side: 'sell' })));
    const before = exchange.position(SYMBOL).liquidationPrice ?? NaN;
    exchange.fate.transfer(-15_000);
    const after = exchange.position(SYMBOL).liquidationPrice ?? NaN;
    expect(before).toBeGreaterThan(after);
    expect(after).toBeGreaterThan(100);
    expect(exchange.wallet().available).toBe(3_000_000_000_000_000n);
  });
});
