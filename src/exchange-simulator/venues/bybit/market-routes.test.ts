import { describe, expect, it } from 'vitest';
import { createSimulatedExchange } from '../../core/create-simulated-exchange.ts';
import type { SimulatedExchange } from '../../core/exchange.ts';
import { exchangeOver, FREE, hours, tapeSymbol, type Prices } from '../../../../test/scenarios/exchange-market.ts';
import { deskOf } from '../../../../test/scenarios/exchange-simulator/bybit-desk.ts';
import { fundingEvery, HOUR, INSTRUMENT, seriesOf, START } from '../../../../test/scenarios/simulated-market.ts';

const prices: readonly Prices[] = Array.from({ length: 30 }, (_, index) => [
  100 + index,
  101 + index,
  99 + index,
  100.5 + index,
]);

/** At the middle of the hour with this index. */
function market(index: number, more: Parameters<typeof exchangeOver>[1] = {}) {
  const exchange = exchangeOver(prices, more);
  exchange.advanceTo(START + index * HOUR + HOUR / 2);
  return { exchange, desk: deskOf(exchange) };
}

const opens = (reply: { result: { list: string[][] } }): number[] =>
  reply.result.list.map(([time]) => (Number(time) - START) / HOUR);

describe('candles', () => {
  const { desk } = market(10);
  const kline = (query: string) => desk.get(`/v5/market/kline?category=linear&symbol=TESTUSDT&interval=60&${query}`);

  it('come newest first, the open one among them', () => {
    const { result } = kline('limit=3');
    expect(result).toMatchObject({ symbol: 'TESTUSDT', category: 'linear' });
    expect(opens({ result })).toEqual([10, 9, 8]);
    expect(result.list[1]).toEqual([String(START + 9 * HOUR), '109', '110', '108', '109.5', '1', '109.125']);
  });

  it('from a start run forward, and the candle that holds it comes with them', () => {
    expect(opens(kline(`start=${START + 2 * HOUR}&limit=3`))).toEqual([4, 3, 2]);
    expect(opens(kline(`start=${START + 2 * HOUR + 1}&limit=3`))).toEqual([4, 3, 2]);
  });

  it('between start and end are the newest', () => {
    const span = `start=${START}&end=${START + 6 * HOUR}`;
    expect(opens(kline(`${span}&limit=3`))).toEqual([6, 5, 4]);
    expect(opens(kline(`${span}&limit=100`))).toEqual([6, 5, 4, 3, 2, 1, 0]);
  });

  it('up to an end are the ones before it', () => {
    expect(opens(kline(`end=${START + 6 * HOUR - 1}&limit=2`))).toEqual([5, 4]);
  });

  it('do not know the future', () => {
    expect(opens(kline(`start=${START + 9 * HOUR}&end=${START + 20 * HOUR}`))).toEqual([10, 9]);
    expect(opens(kline(`start=${START + 20 * HOUR}&limit=5`))).toEqual([]);
  });

  it('have a limit of 1000 at most, and 200 unless told', () => {
    const long = Array.from({ length: 1_500 }, (): Prices => [100, 101, 99, 100]);
    const exchange = exchangeOver(long);
    exchange.advanceTo(START + 1_400 * HOUR);
    const list = (query: string) =>
      deskOf(exchange).get(`/v5/market/kline?category=linear&symbol=TESTUSDT&interval=60${query}`).result.list;
    expect(list('')).toHaveLength(200);
    expect(list('&limit=5000')).toHaveLength(1_000);
  });

  it('pass over a hole, however long it is', () => {
    const bars = hours(Array.from({ length: 900 }, (): Prices => [100, 101, 99, 100]));
    const holed = bars.filter((_, index) => index < 3 || index >= 800);
    const tape = { symbols: [tapeSymbol(seriesOf(holed))] };
    const setup = { costs: FREE, deposit: 1_000, defaultLeverage: 5, seed: 1, until: undefined } as const;
    const exchange = createSimulatedExchange({
      tape,
      from: START,
      marginMode: 'isolated',
      positionMode: 'one-way',
      ...setup,
    });
    exchange.advanceTo(START + 810 * HOUR);
    const list = (query: string) =>
      opens(deskOf(exchange).get(`/v5/market/kline?category=linear&symbol=TESTUSDT&interval=60&${query}`));
    expect(list(`start=${START}&limit=5`)).toEqual([801, 800, 2, 1, 0]);
    expect(list(`start=${START + 100 * HOUR}&limit=2`)).toEqual([801, 800]);
    expect(list(`end=${START + 800 * HOUR}&limit=3`)).toEqual([800, 2, 1]);
    expect(list(`start=${START + HOUR}&end=${START + 801 * HOUR}&limit=9`)).toEqual([801, 800, 2, 1]);
    expect(list(`end=${START - HOUR}&limit=3`)).toEqual([]);
  });

  it('of mark and index price have five columns', () => {
    for (const path of ['mark-price-kline', 'index-price-kline']) {
      const reply = desk.get(`/v5/market/${path}?category=linear&symbol=TESTUSDT&interval=60&limit=1`);
      expect(reply.result.list[0]).toHaveLength(5);
    }
  });

  it('that were made of longer ones say so', () => {
    const quarter = desk.get('/v5/market/kline?category=linear&symbol=TESTUSDT&interval=15&limit=4');
    expect(quarter.retExtInfo).toEqual({ interpolated: true });
    expect(kline('limit=4').retExtInfo).toEqual({});
    const longer = desk.get(`/v5/market/kline?category=linear&symbol=TESTUSDT&interval=240&start=${START}&limit=1`);
    expect(longer.result.list[0].slice(1, 6)).toEqual(['100', '104', '99', '103.5', '4']);
    expect(longer.retExtInfo).toEqual({});
  });

  it.each([
    ['category=linear&symbol=TESTUSDT&interval=7', 'Invalid period'],
    ['category=linear&symbol=TESTUSDT', 'interval'],
    ['category=linear&symbol=NOBODY&interval=60', 'symbol invalid'],
    ['category=odd&symbol=TESTUSDT&interval=60', 'category invalid'],
    ['category=linear&symbol=TESTUSDT&interval=60&start=yesterday', 'start invalid'],
    ['category=linear&symbol=TESTUSDT&interval=60&start=2&end=1', 'end must not'],
    ['category=linear&symbol=TESTUSDT&interval=60&limit=0', 'limit invalid'],
  ])('of %s are refused', (query, words) => {
    const reply = desk.get(`/v5/market/kline?${query}`);
    expect(reply.retCode).toBe(10_001);
    expect(reply.retMsg).toContain(words);
  });
});

describe('contracts', () => {
  it('are listed by their status', () => {
    const { exchange, desk } = market(1);
    const statuses = (query = '') =>
      desk
        .get(`/v5/market/instruments-info?category=linear${query}`)
        .result.list.map(({ status }: { status: string }) => status);
    expect(statuses()).toEqual(['Trading']);
    exchange.fate.setStatus('TESTUSDT', 'pre-launch');
    expect([statuses(), statuses('&status=PreLaunch'), statuses('&symbol=TESTUSDT')]).toEqual([
      [],
      ['PreLaunch'],
      ['PreLaunch'],
    ]);
    exchange.fate.setStatus('TESTUSDT', 'closing');
    expect([statuses(), statuses('&status=Delivering')]).toEqual([[], ['Delivering']]);
    exchange.fate.setStatus('TESTUSDT', 'reduce-only');
    expect(statuses()).toEqual(['Trading']);
  });

  it('tell their delisting and changed rules', () => {
    const { exchange, desk } = market(1);
    exchange.fate.changeInstrument('TESTUSDT', { lotSize: 0.01, minNotional: 10, fundingIntervalHours: 4 });
    exchange.fate.delist('TESTUSDT', START + 5 * HOUR);
    const [row] = desk.get('/v5/market/instruments-info?category=linear&symbol=TESTUSDT').result.list;
    expect(row).toMatchObject({
      deliveryTime: String(START + 5 * HOUR),
      fundingInterval: 240,
      lotSizeFilter: { qtyStep: '0.01', minNotionalValue: '10' },
    });
  });

  it('come in pages, and risk limits by fifteen symbols', () => {
    const exchange = manySymbols(40);
    const desk = deskOf(exchange);
    const pages = (path: string) => {
      const sizes: number[] = [];
      let cursor = '';
      do {
        const { list, nextPageCursor } = desk.get(
          `${path}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        ).result;
        sizes.push(list.length);
        cursor = nextPageCursor;
      } while (cursor !== '');
      return sizes;
    };
    expect(pages('/v5/market/instruments-info?category=linear&limit=18')).toEqual([18, 18, 4]);
    const tiers = INSTRUMENT.tiers.length;
    expect(pages('/v5/market/risk-limit?category=linear')).toEqual([15 * tiers, 15 * tiers, 10 * tiers]);
    expect(pages('/v5/market/risk-limit?category=linear&symbol=T1USDT')).toEqual([tiers]);
    expect(desk.get('/v5/market/risk-limit?category=linear&cursor=odd').retCode).toBe(10_001);
  });

  it('of other categories are none', () => {
    const { desk } = market(1);
    for (const category of ['spot', 'inverse', 'option']) {
      expect(desk.get(`/v5/market/instruments-info?category=${category}`)).toMatchObject({
        retCode: 0,
        result: { list: [] },
      });
    }
  });
});

function manySymbols(count: number): SimulatedExchange {
  const series = seriesOf(hours(prices));
  const symbols = Array.from({ length: count }, (_, index) => tapeSymbol(series, { symbol: `T${index}USDT` }));
  return createSimulatedExchange({
    tape: { symbols },
    from: START,
    until: undefined,
    costs: FREE,
    deposit: 1_000,
    marginMode: 'isolated',
    positionMode: 'one-way',
    defaultLeverage: 5,
    seed: 1,
  });
}

describe('what trades', () => {
  it('tickers of one and of all', () => {
    const { desk, exchange } = market(3);
    const [row] = desk.get('/v5/market/tickers?category=linear').result.list;
    expect(desk.get('/v5/market/tickers?category=linear&symbol=TESTUSDT').result.list).toEqual([row]);
    const { last, nextFundingTime } = exchange.quote('TESTUSDT');
    expect(Number(row.lastPrice)).toBe(last);
    expect(row).toMatchObject({
      nextFundingTime: String(nextFundingTime),
      openInterestValue: '0',
      prevPrice1h: '102.0',
    });
    expect(desk.get('/v5/market/tickers?category=linear&symbol=NOBODY').retCode).toBe(10_001);
  });

  it('a false price is shown for what it is told to be', () => {
    const { desk, exchange } = market(3);
    exchange.fate.setFalsePrice('TESTUSDT', 0.1);
    expect(desk.get('/v5/market/tickers?category=linear').result.list[0].lastPrice).toBe('0.1');
  });

  it('the book has a level on each side', () => {
    const { desk } = market(3);
    const { a, b, s } = desk.get('/v5/market/orderbook?category=linear&symbol=TESTUSDT&limit=50').result;
    expect(s).toBe('TESTUSDT');
    expect(Number(a[0][0]) - Number(b[0][0])).toBeCloseTo(0.1);
  });
});

describe('funding history', () => {
  const funding = fundingEvery(HOUR, (index) => index / 10_000);
  const { desk } = market(20, { symbol: { funding, fundingIntervalHours: 1 } });
  const times = (query: string): number[] =>
    desk
      .get(`/v5/market/funding/history?category=linear&symbol=TESTUSDT${query}`)
      .result.list.map(
        ({ fundingRateTimestamp }: { fundingRateTimestamp: string }) => (Number(fundingRateTimestamp) - START) / HOUR,
      );

  it('comes newest first', () => {
    expect(times('&limit=3')).toEqual([20, 19, 18]);
    expect(times(`&startTime=${START + 2 * HOUR}&endTime=${START + 4 * HOUR}`)).toEqual([4, 3, 2]);
    expect(times(`&endTime=${START + 4 * HOUR}&limit=2`)).toEqual([4, 3]);
    const [row] = desk.get('/v5/market/funding/history?category=linear&symbol=TESTUSDT&limit=1').result.list;
    expect(row).toEqual({ symbol: 'TESTUSDT', fundingRate: '0.003', fundingRateTimestamp: String(START + 20 * HOUR) });
  });

  it('needs an end with its start', () => {
    const reply = desk.get(`/v5/market/funding/history?category=linear&symbol=TESTUSDT&startTime=${START}`);
    expect(reply.retCode).toBe(10_001);
  });
});
