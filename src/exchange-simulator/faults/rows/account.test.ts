// Do the faults of the account do what the catalogue says, on a real exchange? Rows 40, 41, 43 to 45 and 51.
import { describe, expect, it } from 'vitest';
import { faultDesk, type DeskSetup, type FaultDesk } from '../../../../test/scenarios/exchange-simulator/fault-desk.ts';
import { done, exchangeOver, marketOrder, reasonOf } from '../../../../test/scenarios/exchange-market.ts';
import { HOUR, START, SYMBOL } from '../../../../test/scenarios/simulated-market.ts';

const AT_ONE = new Date(START + HOUR).toISOString();
const at = (hour: number): number => START + hour * HOUR;
const position = ({ exchange }: FaultDesk) => exchange.position(SYMBOL);

/** A desk with a position of 1 on which the fault falls at one o'clock. */
function struck(fault: object, setup: DeskSetup = {}): FaultDesk {
  const desk = faultDesk([{ ...fault, at: AT_ONE }], setup);
  done(desk.exchange.place(marketOrder({ clientOrderId: 'entry', stopPrice: 95 })));
  desk.advance(at(1));
  return desk;
}

const flat = (kind: string) => {
  const desk = faultDesk([{ fault: 41, kind, at: AT_ONE }]);
  desk.advance(at(1));
  return desk.exchange.account();
};

describe('what befalls the account', () => {
  it('row 40: a symbol may only be reduced, until it is over', () => {
    const desk = struck({ fault: 40, for: '1h' });
    expect(position(desk).reduceOnly).toBe(true);
    expect(reasonOf(desk.exchange.place(marketOrder()))).toBe('reduce-only-symbol');
    desk.advance(at(2));
    expect(reasonOf(desk.exchange.place(marketOrder()))).toBe('done');
  });

  it('row 40: or the venue allows less leverage', () => {
    const desk = struck({ fault: 40, kind: 'leverage', leverage: 2 });
    expect(reasonOf(desk.exchange.setLeverage(SYMBOL, 4))).toBe('leverage-above-tier');
    expect(position(desk).leverage).toBe(2);
    desk.faults.clear();
    expect(reasonOf(desk.exchange.setLeverage(SYMBOL, 4))).toBe('done');
  });

  it('row 41: a person sets other leverage or modes', () => {
    expect(position(struck({ fault: 41, leverage: 3 })).leverage).toBe(3);
    expect(flat('margin-mode')).toEqual({ marginMode: 'cross', positionMode: 'one-way' });
    expect(flat('position-mode')).toEqual({ marginMode: 'isolated', positionMode: 'hedge' });
  });

  it('row 43: auto-deleveraging takes a part at the mark price', () => {
    const desk = struck({ fault: 43, share: 0.25 });
    expect(position(desk)).toMatchObject({ quantity: 0.75, deleverageRank: 5 });
    const [, taken] = desk.exchange.executions({});
    expect(taken).toMatchObject({ kind: 'deleverage', source: 'deleverage', clientOrderId: '', quantity: 0.25 });
  });

  it('row 44: a position is liquidated, and its orders go', () => {
    const desk = struck({ fault: 44 });
    expect(position(desk).quantity).toBe(0);
    expect(desk.exchange.executions({})[1]).toMatchObject({ kind: 'liquidation', source: 'liquidation' });
    expect(desk.exchange.openOrders({})).toEqual([]);
    expect(desk.exchange.closedOrders({}).map(({ cancelReason }) => cancelReason)).toContain('before-liquidation');
  });

  it('row 45: a person trades: against what is held, or on a side', () => {
    expect(position(struck({ fault: 45, share: 0.4 })).quantity).toBe(0.6);
    const added = struck({ fault: 45, side: 'buy', quantity: 0.5 });
    expect(position(added).quantity).toBe(1.5);
    expect(added.exchange.executions({})[1]).toMatchObject({ source: 'by-hand', clientOrderId: '' });
    const flat = faultDesk([{ fault: 45, side: 'sell', at: AT_ONE }]);
    flat.advance(at(1));
    expect(position(flat).quantity).toBe(-0.05);
  });

  it('row 45: what the exchange refuses is logged, and breaks nothing', () => {
    const exchange = exchangeOver(
      [
        [100, 101, 99, 100],
        [100, 101, 99, 100],
        [100, 101, 99, 100],
      ],
      { deposit: 30 },
    );
    const desk = struck({ fault: 45, side: 'buy', quantity: 500 }, { exchange });
    expect(position(desk).quantity).toBe(1);
    expect(desk.faults.log()).toMatchObject([
      { row: 45, target: expect.stringMatching(/^refused: insufficient-margin/) },
    ]);
  });

  it('row 51: an order of another program appears, with an id of its own every time', () => {
    const desk = faultDesk([{ fault: 51, every: '1h', prefix: 'twin-', distance: 0.2 }]);
    desk.advance(at(3));
    const orders = desk.exchange.openOrders({});
    expect(orders.map(({ price, side, source }) => [price, side, source])).toEqual(
      Array.from({ length: 3 }, () => [80, 'buy', 'client']),
    );
    expect(new Set(orders.map(({ clientOrderId }) => clientOrderId)).size).toBe(3);
    expect(orders.every(({ clientOrderId }) => /^twin-[0-9a-z]{1,7}$/.test(clientOrderId))).toBe(true);
    const taken = struck({ fault: 51, kind: 'market' });
    expect(position(taken).quantity).toBeGreaterThan(1);
  });
});
