import { describe, expect, it } from 'vitest';
import { deskOf, NOW, type Desk } from '../../../../test/scenarios/exchange-simulator/binance-desk.ts';
import { exchangeOver, hours, tapeSymbol, type Prices } from '../../../../test/scenarios/exchange-market.ts';
import {
  fundingEvery,
  HOUR,
  INSTRUMENT,
  seriesOf,
  START,
  SYMBOL,
} from '../../../../test/scenarios/simulated-market.ts';

const PRICES: readonly Prices[] = Array.from({ length: 30 }, (_, index) => [
  100 + index,
  103 + index,
  99 + index,
  101 + index,
]);

function desk(hoursOn = 20): Desk {
  const exchange = exchangeOver(PRICES, {
    symbol: { funding: { ...fundingEvery(8 * HOUR, 0.00012345), symbol: SYMBOL } },
  });
  const opened = deskOf(exchange);
  opened.advance(START + hoursOn * HOUR);
  return opened;
}

const opens = (rows: readonly (readonly [number])[]): readonly number[] => rows.map(([time]) => (time - START) / HOUR);

const askCandles = (params: object) => desk().open('/fapi/v1/klines', { symbol: SYMBOL, interval: '1h', ...params });

describe('candles', () => {
  it('come oldest first, the running one last', () => {
    expect(opens(askCandles({}).body)).toEqual(Array.from({ length: 21 }, (_, index) => index));
    expect(opens(askCandles({ limit: 3 }).body)).toEqual([18, 19, 20]);
  });

  it('come forward from a start, which may lie off the grid', () => {
    expect(opens(askCandles({ startTime: START + 5 * HOUR, limit: 3 }).body)).toEqual([5, 6, 7]);
    expect(opens(askCandles({ startTime: START + 5 * HOUR + 1, limit: 2 }).body)).toEqual([6, 7]);
    expect(opens(askCandles({ startTime: START + 5 * HOUR, endTime: START + 9 * HOUR, limit: 3 }).body)).toEqual([
      5, 6, 7,
    ]);
    expect(opens(askCandles({ startTime: START + 5 * HOUR, endTime: START + 7 * HOUR - 1 }).body)).toEqual([5, 6]);
    expect(opens(askCandles({ startTime: START + 100 * HOUR }).body)).toEqual([]);
  });

  it('end with an end alone', () => {
    expect(opens(askCandles({ endTime: START + 9 * HOUR, limit: 2 }).body)).toEqual([8, 9]);
  });

  it('pass over a hole, and over the time before a listing', () => {
    const holed = hours(Array.from({ length: 900 }, (): Prices => [100, 101, 99, 100])).filter(
      (_, index) => index < 3 || index >= 800,
    );
    const own = deskOf(exchangeOver(PRICES, { tape: { symbols: [tapeSymbol(seriesOf(holed))] } }));
    own.advance(START + 810 * HOUR);
    const ask = (params: object) =>
      opens(own.open('/fapi/v1/klines', { symbol: SYMBOL, interval: '1h', ...params }).body);
    expect(ask({ startTime: START, limit: 5 })).toEqual([0, 1, 2, 800, 801]);
    expect(ask({ startTime: 0, limit: 2 })).toEqual([0, 1]);
    expect(ask({ endTime: START + 800 * HOUR, limit: 3 })).toEqual([1, 2, 800]);
    expect(ask({ startTime: START + HOUR, endTime: START + 801 * HOUR, limit: 9 })).toEqual([1, 2, 800, 801]);
  });

  it('are rows of twelve', () => {
    const [row] = askCandles({ startTime: START + 2 * HOUR, limit: 1 }).body;
    expect(row.slice(0, 5)).toEqual([START + 2 * HOUR, '102', '105', '101', '103']);
    expect(row[6]).toBe(START + 3 * HOUR - 1);
    expect(row).toHaveLength(12);
    expect(typeof row[8]).toBe('number');
  });

  it('of mark and index prices have no volume', () => {
    for (const [path, name] of [
      ['markPriceKlines', 'symbol'],
      ['indexPriceKlines', 'pair'],
    ]) {
      const [row] = desk().open(`/fapi/v1/${path}`, { [name]: SYMBOL, interval: '1h', limit: 1 }).body;
      expect(row).toHaveLength(12);
      expect(row[5]).toBe('0');
    }
  });

  it('that were made from longer ones are marked', () => {
    const reply = desk().open('/fapi/v1/klines', { symbol: SYMBOL, interval: '15m', limit: 4 });
    expect(reply.headers['X-Simulator-Interpolated']).toBe('true');
    expect(askCandles({}).headers).toEqual({});
  });

  it.each([
    [{ symbol: 'NONEUSDT' }, -1121],
    [{ symbol: undefined }, -1102],
    [{ interval: '7h' }, -1120],
    [{ interval: undefined }, -1102],
    [{ startTime: START + HOUR, endTime: START }, -1023],
    [{ limit: 0 }, -1130],
    [{ startTime: 'yesterday' }, -1130],
  ])('with %j are refused with %i', (params, code) => {
    expect(askCandles(params)).toMatchObject({ status: 400, body: { code } });
  });

  it('weigh by their number', () => {
    const weights = [99, 100, 499, 500, 1000, 1001, 1500].map((limit) => {
      const query = new URLSearchParams({ symbol: SYMBOL, interval: '1h', limit: String(limit) });
      return desk().codec.classify({
        method: 'GET',
        path: '/fapi/v1/klines',
        rawQuery: '',
        query,
        headers: {},
        body: '',
      }).limit.weight;
    });
    expect(weights).toEqual([1, 2, 2, 5, 5, 10, 10]);
  });
});

describe('contracts', () => {
  it('are described by their filters', () => {
    const { body } = desk().open('/fapi/v1/exchangeInfo');
    expect(body.serverTime).toBe(NOW);
    const [contract] = body.symbols;
    expect(contract).toMatchObject({ symbol: SYMBOL, status: 'TRADING', baseAsset: 'TEST', marginAsset: 'USDT' });
    const filters = new Map(contract.filters.map((filter: { filterType: string }) => [filter.filterType, filter]));
    expect(Number((filters.get('PRICE_FILTER') as any).tickSize)).toBe(INSTRUMENT.tickSize);
    expect(Number((filters.get('LOT_SIZE') as any).stepSize)).toBe(INSTRUMENT.lotSize);
    expect(Number((filters.get('LOT_SIZE') as any).minQty)).toBe(INSTRUMENT.minQuantity);
    expect(Number((filters.get('MIN_NOTIONAL') as any).notional)).toBe(INSTRUMENT.minNotional);
    expect(body.rateLimits[0]).toEqual({
      rateLimitType: 'REQUEST_WEIGHT',
      interval: 'MINUTE',
      intervalNum: 1,
      limit: 2400,
    });
  });

  it('have margin brackets', () => {
    const [{ symbol, brackets }] = desk().get('/fapi/v1/leverageBracket').body;
    expect(symbol).toBe(SYMBOL);
    expect(brackets.map((each: any) => [each.maintMarginRatio, each.cum, each.initialLeverage])).toEqual(
      INSTRUMENT.tiers.map(({ maintenanceRate, deduction, maxLeverage }) => [maintenanceRate, deduction, maxLeverage]),
    );
    expect(brackets[0].notionalFloor).toBe(0);
  });
});

describe('quotes', () => {
  it('of one symbol are an object, of all a list', () => {
    const one = desk().open('/fapi/v1/ticker/24hr', { symbol: SYMBOL }).body;
    const all = desk().open('/fapi/v1/ticker/24hr').body;
    expect(all).toEqual([one]);
    expect(one).toMatchObject({ symbol: SYMBOL, lastPrice: '120.0', closeTime: START + 20 * HOUR });
  });

  it('show mark price and the next funding', () => {
    expect(desk().open('/fapi/v1/premiumIndex', { symbol: SYMBOL }).body).toMatchObject({
      markPrice: '120.00000000',
      lastFundingRate: '0.00012345',
      nextFundingTime: START + 24 * HOUR,
    });
  });

  it('have a bid below the ask', () => {
    const { bidPrice, askPrice } = desk().open('/fapi/v1/ticker/bookTicker', { symbol: SYMBOL }).body;
    expect(Number(bidPrice)).toBeLessThan(Number(askPrice));
    const { bids, asks } = desk().open('/fapi/v1/depth', { symbol: SYMBOL, limit: 5 }).body;
    expect([bids[0][0], asks[0][0]]).toEqual([bidPrice, askPrice]);
    expect(desk().open('/fapi/v1/depth', { symbol: SYMBOL, limit: 7 }).body.code).toBe(-4021);
  });
});

describe('funding', () => {
  it('comes forward from a start, else the newest', () => {
    const ask = (params: object): readonly number[] =>
      desk()
        .open('/fapi/v1/fundingRate', { symbol: SYMBOL, ...params })
        .body.map(({ fundingTime }: { fundingTime: number }) => (fundingTime - START) / HOUR);
    expect(ask({ limit: 3 })).toEqual([0, 8, 16]);
    expect(ask({ limit: 1 })).toEqual([16]);
    expect(ask({ startTime: START, limit: 1 })).toEqual([0]);
    expect(ask({ startTime: START + 1, endTime: START + 8 * HOUR })).toEqual([8]);
    expect(desk().open('/fapi/v1/fundingRate', { symbol: SYMBOL, limit: 1 }).body[0].fundingRate).toBe('0.00012345');
  });

  it('that is not every eight hours is listed apart', () => {
    expect(desk().open('/fapi/v1/fundingInfo').body).toEqual([]);
    const tape = { symbols: [tapeSymbol(seriesOf(hours(PRICES)), { fundingIntervalHours: 4 })] };
    expect(deskOf(exchangeOver(PRICES, { tape })).open('/fapi/v1/fundingInfo').body).toMatchObject([
      { symbol: SYMBOL, fundingIntervalHours: 4 },
    ]);
  });
});

describe('paths', () => {
  it('that do not exist are refused as the venue does', () => {
    expect(desk().open('/fapi/v1/nothing')).toMatchObject({ status: 404, body: { code: -5000 } });
    expect(desk().codec.owns('/v5/market/time')).toBe(false);
    expect(desk().codec.owns('/sapi/v1/account/apiRestrictions')).toBe(true);
  });

  it('tell the time of the server', () => {
    expect(desk().open('/fapi/v1/time').body).toEqual({ serverTime: NOW });
  });
});

describe('maintenance', () => {
  it('leaves only the clock and the state of the house', () => {
    const own = desk();
    own.exchange.fate.beginMaintenance();
    expect(own.open('/fapi/v1/exchangeInfo')).toMatchObject({ status: 503, body: { msg: 'Service Unavailable.' } });
    expect(own.open('/fapi/v1/time').status).toBe(200);
    expect(own.open('/sapi/v1/system/status').body).toEqual({ status: 1, msg: 'system_maintenance' });
    own.exchange.fate.endMaintenance();
    expect(own.open('/fapi/v1/exchangeInfo').status).toBe(200);
    expect(own.open('/sapi/v1/system/status').body.status).toBe(0);
  });
});
