// Are leverage and modes changed within the rules, and does the margin of what is held follow?
import { describe, expect, it } from 'vitest';
import { done, exchangeOver, heard, marketOrder, reasonOf } from '../../../test/scenarios/exchange-market.ts';
import type { Prices } from '../../../test/scenarios/exchange-market.ts';
import { SYMBOL } from '../../../test/scenarios/simulated-market.ts';
import { liquidationPriceFor } from '../../domain/liquidation-price.ts';
import { toAtoms } from '../../domain/money.ts';
import type { WalletState } from './exchange.ts';

const QUIET: Prices = [100, 101, 99, 100];

describe('leverage', () => {
  it('is set per symbol, within the tiers, and told', () => {
    const exchange = exchangeOver([QUIET]);
    const events = heard(exchange);
    expect(done(exchange.setLeverage(SYMBOL, 50))).toBe(50);
    expect(events).toEqual([{ kind: 'settings', time: exchange.now, symbol: SYMBOL }]);
    expect(reasonOf(exchange.setLeverage(SYMBOL, 50))).toBe('not-modified');
    expect(reasonOf(exchange.setLeverage(SYMBOL, 51))).toBe('leverage-above-tier');
    expect(reasonOf(exchange.setLeverage(SYMBOL, 0.5))).toBe('bad-parameter');
    expect(reasonOf(exchange.setLeverage('NOUSDT', 5))).toBe('unknown-symbol');
  });

  it('of a held position changes its margin and its liquidation price', () => {
    const exchange = exchangeOver([QUIET], { deposit: 10_000 });
    done(exchange.place(marketOrder({ quantity: 200 })));
    expect(exchange.wallet()).toMatchObject({ positionMargin: toAtoms(4_000), available: toAtoms(6_000) });
    done(exchange.setLeverage(SYMBOL, 10));
    const { instrument } = exchange.contracts()[0];
    const terms = { direction: 1, quantity: 200, entry: 100, leverage: 10, feeRate: 0.005 } as const;
    expect(exchange.position(SYMBOL)).toMatchObject({
      margin: 2_000,
      leverage: 10,
      liquidationPrice: liquidationPriceFor(instrument, terms),
      bankruptcyPrice: 90,
    });
    // The value of 20,000 belongs to the second tier.
    expect(reasonOf(exchange.setLeverage(SYMBOL, 25))).toBe('leverage-above-tier');
    expect(reasonOf(exchange.setLeverage(SYMBOL, 1))).toBe('insufficient-margin');
  });
});

/** The wallet after the market has risen by a tenth. */
const afterRise = (marginMode: 'isolated' | 'cross'): WalletState => {
  const exchange = exchangeOver(
    [
      [100, 120, 99, 119],
      [110, 111, 109, 110],
    ],
    { deposit: 10_000, marginMode },
  );
  done(exchange.place(marketOrder({ quantity: 100 })));
  exchange.advanceTo(exchange.nextClose());
  return exchange.wallet();
};

it('what is up can be bound in a cross account, and not in an isolated one', () => {
  expect(afterRise('isolated')).toMatchObject({ unrealised: toAtoms(1_000), available: toAtoms(8_000) });
  // The margin of a cross account is that of the value now: 11,000 / 5.
  expect(afterRise('cross')).toMatchObject({ equity: toAtoms(11_000), available: toAtoms(8_800) });
});

describe('modes of the account', () => {
  it('change only while nothing is held and nothing rests', () => {
    const exchange = exchangeOver([QUIET]);
    expect(reasonOf(exchange.setMarginMode('isolated'))).toBe('not-modified');
    const order = done(exchange.place(marketOrder({ type: 'limit', price: 90 })));
    expect(reasonOf(exchange.setMarginMode('cross'))).toBe('mode-locked');
    exchange.cancel(SYMBOL, { orderId: order.orderId });
    expect(done(exchange.setMarginMode('cross'))).toEqual({ marginMode: 'cross', positionMode: 'one-way' });
    done(exchange.place(marketOrder()));
    expect(reasonOf(exchange.setMarginMode('isolated'))).toBe('mode-locked');
    expect(exchange.account().marginMode).toBe('cross');
  });

  it('do not know positions held both ways at once', () => {
    const exchange = exchangeOver([QUIET]);
    expect(reasonOf(exchange.setPositionMode('hedge'))).toBe('unsupported');
    expect(reasonOf(exchange.setPositionMode('one-way'))).toBe('not-modified');
    exchange.fate.setModesByHand({ positionMode: 'hedge' });
    expect(exchange.account().positionMode).toBe('hedge');
    expect(reasonOf(exchange.place(marketOrder({ positionIndex: 0 })))).toBe('position-index-mismatch');
    expect(reasonOf(exchange.place(marketOrder()))).toBe('position-index-mismatch');
    expect(reasonOf(exchange.place(marketOrder({ positionIndex: 1 })))).toBe('unsupported');
    expect(done(exchange.setPositionMode('one-way')).positionMode).toBe('one-way');
    expect(reasonOf(exchange.place(marketOrder({ positionIndex: 0 })))).toBe('done');
  });
});
