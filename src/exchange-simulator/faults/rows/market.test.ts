// Do the faults of the market do what the catalogue says, on a real exchange? Rows 22, 23, 38, 39, 47 and 52.
import { describe, expect, it } from 'vitest';
import { deskOf } from '../../../../test/scenarios/exchange-simulator/bybit-desk.ts';
import { faultDesk, requestView } from '../../../../test/scenarios/exchange-simulator/fault-desk.ts';
import { done, heard, marketOrder, reasonOf, type Prices } from '../../../../test/scenarios/exchange-market.ts';
import { HOUR, START, SYMBOL } from '../../../../test/scenarios/simulated-market.ts';

const at = (hour: number): number => START + hour * HOUR;
const moment = (hour: number): string => new Date(at(hour)).toISOString();
const RISING: readonly Prices[] = Array.from({ length: 12 }, (_, hour) => [
  100 + hour,
  102 + hour,
  99 + hour,
  101 + hour,
]);

describe('what is told of candles', () => {
  it('row 22: a closed candle is served with another close, and told of once more', () => {
    const desk = faultDesk([{ fault: 22, at: moment(4), change: 0.1, back: 1 }], { prices: RISING });
    const events = heard(desk.exchange);
    desk.advance(at(4));
    const revised = { openTime: at(2), open: 102, high: 113.3, low: 101, close: 113.3 };
    const range = { symbol: SYMBOL, intervalMs: HOUR, from: at(1), until: at(3), price: 'last' } as const;
    expect(desk.exchange.candles(range)).toMatchObject([{ close: 102 }, revised, { close: 104 }]);
    const told = events.filter((event) => event.kind === 'candle' && event.closed && event.candle.openTime === at(2));
    expect(told).toMatchObject([{ candle: { close: 103 } }, { candle: revised, time: at(4) }]);
    expect(desk.faults.log()).toMatchObject([{ row: 22, target: SYMBOL, time: at(4) }]);
  });

  it('row 22: by chance, after closes of the symbol that closed', () => {
    const desk = faultDesk([{ fault: 22, rate: 1 }], { prices: RISING });
    desk.advance(at(5));
    expect(desk.rows()).toEqual([22, 22, 22, 22, 22]);
  });

  it.each(['bybit', 'binance'] as const)(
    'row 23: replies of candles at %s end with the one that still runs',
    (venue) => {
      const desk = faultDesk([{ fault: 23, change: 0.5 }], { venue });
      desk.advance(at(3) + 600_000);
      const price = String(Number((desk.exchange.quote(SYMBOL).last * 1.5).toPrecision(12)));
      const path = venue === 'bybit' ? '/v5/market/kline' : '/fapi/v1/klines';
      const query = new URLSearchParams({ interval: venue === 'bybit' ? '60' : '1h' });
      const fate = desk.faults.request(requestView(path, { query }));
      const rows = (hours: readonly number[]): unknown => {
        const list = hours.map((hour) => [venue === 'bybit' ? String(at(hour)) : at(hour), '1', '2', '0.5', '1', '7']);
        return venue === 'bybit' ? { result: { list: list.toReversed() } } : list;
      };
      const newest = (hours: readonly number[]): unknown => {
        const body = (fate.kind === 'pass' ? fate.rewrite?.(JSON.stringify(rows(hours))) : undefined) ?? '';
        const value = JSON.parse(body);
        const row = venue === 'bybit' ? value.result.list[0] : value.at(-1);
        return [Number(row[0]), row[1], row[4]];
      };
      expect(newest([1, 2])).toEqual([at(3), price, price]);
      expect(newest([2, 3])).toEqual([at(3), '1', price]);
      expect(newest([0, 1])).toEqual([at(1), '1', '1']);
    },
  );

  it("row 23: in the codec's own reply, which stays whole otherwise", () => {
    const desk = faultDesk([{ fault: 23 }], { prices: RISING });
    desk.advance(at(3));
    const target = `/v5/market/kline?category=linear&symbol=${SYMBOL}&interval=60`;
    const plain = deskOf(desk.exchange).get(target);
    const query = new URLSearchParams(target.split('?')[1]);
    const fate = desk.faults.request(requestView('/v5/market/kline', { query }));
    const body = JSON.parse((fate.kind === 'pass' ? fate.rewrite?.(JSON.stringify(plain)) : undefined) ?? '');
    expect(body.result.list.slice(1)).toEqual(plain.result.list.slice(1));
    expect(body.result.list[0]).toEqual([String(at(3)), '103', '104.03', '103', '104.03', '0', '0']);
  });

  it('row 52: the ticker shows a price that no market made, and then the true one again', () => {
    const desk = faultDesk([{ fault: 52, at: moment(2), for: '1h', factor: 10 }]);
    desk.advance(at(2));
    expect(desk.exchange.quote(SYMBOL).last).toBe(1_000);
    done(desk.exchange.place(marketOrder()));
    expect(desk.exchange.executions({})[0].price).toBe(100);
    desk.advance(at(3));
    expect(desk.exchange.quote(SYMBOL).last).toBe(100);
    const zero = faultDesk([{ fault: 52, at: moment(2), kind: 'zero' }]);
    zero.advance(at(2));
    expect(zero.exchange.quote(SYMBOL).last).toBe(0);
  });
});

describe('what befalls a contract', () => {
  it('row 38: is announced to end, and ends then', () => {
    const desk = faultDesk([{ fault: 38, at: moment(2), notice: '3h' }]);
    done(desk.exchange.place(marketOrder()));
    desk.advance(at(2));
    expect(desk.exchange.contract(SYMBOL)).toMatchObject({ delistingAt: at(5) });
    expect(desk.exchange.position(SYMBOL).quantity).toBe(1);
    desk.advance(at(5));
    expect(desk.exchange.position(SYMBOL).quantity).toBe(0);
    expect(desk.exchange.executions({})[1].kind).toBe('settlement');
    expect(desk.exchange.contract(SYMBOL)?.status).toMatch(/closing|closed/);
  });

  it('row 38: is gone with the next close, or only to be reduced', () => {
    const gone = faultDesk([{ fault: 38, at: moment(2), kind: 'gone' }]);
    gone.advance(at(3));
    expect(gone.exchange.contract(SYMBOL)?.status).toMatch(/closing|closed/);
    const reduced = faultDesk([{ fault: 38, at: moment(2), kind: 'reduce-only' }]);
    reduced.advance(at(2));
    expect(reasonOf(reduced.exchange.place(marketOrder()))).toBe('reduce-only-symbol');
  });

  it('row 39: has coarser steps and larger minimums, until it is over', () => {
    const desk = faultDesk([
      { fault: 39, at: moment(1), for: '1h', tick_factor: 10, lot_factor: 100, minimum_factor: 4 },
    ]);
    const before = desk.exchange.contract(SYMBOL)?.instrument;
    desk.advance(at(1));
    expect(desk.exchange.contract(SYMBOL)?.instrument).toMatchObject({
      tickSize: 1,
      lotSize: 0.1,
      minQuantity: 0.1,
      minNotional: 20,
    });
    expect(reasonOf(desk.exchange.place(marketOrder({ quantity: 1.05 })))).toBe('off-lot');
    desk.advance(at(2));
    expect(desk.exchange.contract(SYMBOL)?.instrument).toEqual(before);
  });

  it('row 47: pays an extreme rate at the next stamp, with stamps closer together', () => {
    const desk = faultDesk([{ fault: 47, at: moment(1), funding_rate: 0.02, interval_hours: 4 }]);
    done(desk.exchange.place(marketOrder()));
    desk.advance(at(1));
    expect(desk.exchange.quote(SYMBOL)).toMatchObject({ fundingRate: 0.02, nextFundingTime: at(4) });
    desk.advance(at(5));
    const paid = desk.exchange.executions({}).filter(({ kind }) => kind === 'funding');
    expect(paid).toMatchObject([{ rate: 0.02, time: at(4) }]);
    expect(Number(paid[0].fee)).toBeGreaterThan(0);
  });
});
