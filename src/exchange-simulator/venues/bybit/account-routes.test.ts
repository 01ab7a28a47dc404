import { describe, expect, it } from 'vitest';
import { atomsToNumber, toAtoms } from '../../../domain/money.ts';
import { atomsText } from '../number-text.ts';
import { exchangeOver, type Prices } from '../../../../test/scenarios/exchange-market.ts';
import { deskOf } from '../../../../test/scenarios/exchange-simulator/bybit-desk.ts';
import { COSTS, fundingEvery, HOUR, START } from '../../../../test/scenarios/simulated-market.ts';

const rising: Prices[] = Array.from({ length: 48 }, (_, index) => [100 + index, 101 + index, 99 + index, 100 + index]);
const SCOPE = 'category=linear&symbol=TESTUSDT';

function market() {
  const funding = fundingEvery(8 * HOUR, 0.0002);
  const exchange = exchangeOver(rising, { deposit: 10_000, costs: COSTS, symbol: { funding } });
  const desk = deskOf(exchange);
  const order = (side: string, qty: string, more: object = {}) =>
    desk.post('/v5/order/create', { category: 'linear', symbol: 'TESTUSDT', orderType: 'Market', side, qty, ...more });
  return { exchange, desk, order };
}

describe('the wallet', () => {
  it('is the ledger, to the last digit', () => {
    const { exchange, desk, order } = market();
    order('Buy', '3.333');
    exchange.advanceTo(START + 9 * HOUR);
    const [row] = desk.get('/v5/account/wallet-balance?accountType=UNIFIED').result.list;
    const { wallet, equity, available } = exchange.wallet();
    expect(row).toMatchObject({
      totalWalletBalance: atomsText(wallet),
      totalEquity: atomsText(equity),
      totalAvailableBalance: atomsText(available),
    });
    expect(desk.get('/v5/account/wallet-balance?accountType=CONTRACT').retCode).toBe(10_001);
    expect(desk.get('/v5/account/wallet-balance').retCode).toBe(10_001);
  });

  it('is moved by the lines of its log and by nothing else', () => {
    const { exchange, desk, order } = market();
    order('Buy', '3', { orderLinkId: 'in' });
    exchange.advanceTo(START + 9 * HOUR);
    exchange.fate.transfer(-123.456);
    order('Sell', '1');
    exchange.fate.deleverage('TESTUSDT', 2);
    const { list } = desk.get('/v5/account/transaction-log?currency=USDT').result as {
      list: Record<'type' | 'change' | 'cashBalance' | 'funding' | 'size', string>[];
    };
    expect(list.map(({ type }) => type)).toEqual(['ADL', 'TRADE', 'TRANSFER_OUT', 'SETTLEMENT', 'TRADE']);
    const moved = list.reduce((sum, { change }) => sum + toAtoms(Number(change)), 0n);
    expect(atomsText(toAtoms(10_000) + moved)).toBe(atomsText(exchange.wallet().wallet));
    expect(list[0]).toMatchObject({ cashBalance: atomsText(exchange.wallet().wallet), size: '0' });
    expect(Number(list[3]?.funding)).toBeLessThan(0);
    expect(list[4]).toMatchObject({ orderLinkId: 'in', side: 'Buy', size: '3' });
    expect(desk.get('/v5/account/transaction-log?type=SETTLEMENT').result.list).toHaveLength(1);
    expect(desk.get('/v5/account/transaction-log?currency=BTC').result.list).toEqual([]);
    const first = desk.get('/v5/account/transaction-log?limit=2').result;
    const rest = desk.get(
      `/v5/account/transaction-log?limit=3&cursor=${encodeURIComponent(first.nextPageCursor)}`,
    ).result;
    expect([...first.list, ...rest.list]).toEqual(list);
  });
});

describe('closed profits', () => {
  it('add up to what the wallet gained, when all is closed', () => {
    const { exchange, desk, order } = market();
    order('Buy', '3');
    exchange.advanceTo(START + HOUR);
    order('Buy', '2');
    exchange.advanceTo(START + 2 * HOUR);
    order('Sell', '4');
    exchange.advanceTo(START + 3 * HOUR);
    order('Sell', '2');
    order('Buy', '1');
    const { list } = desk.get(`/v5/position/closed-pnl?${SCOPE}`).result as { list: Record<string, string>[] };
    expect(list.map(({ side, closedSize, fillCount }) => [side, closedSize, fillCount])).toEqual([
      ['Buy', '1', '1'],
      ['Sell', '1', '1'],
      ['Sell', '4', '1'],
    ]);
    const sum = list.reduce((total, { closedPnl }) => total + Number(closedPnl), 0);
    expect(sum).toBeCloseTo(atomsToNumber(exchange.wallet().wallet) - 10_000, 9);
    const [, , four] = list;
    expect(Number(four?.['cumExitValue']) / 4).toBeCloseTo(Number(four?.['avgExitPrice']), 9);
    expect(Number(four?.['avgEntryPrice'])).toBeGreaterThan(100);
  });
});

const both = (leverage: string) => ({
  category: 'linear',
  symbol: 'TESTUSDT',
  buyLeverage: leverage,
  sellLeverage: leverage,
});

describe('settings', () => {
  it('leverage', () => {
    const { desk, exchange } = market();
    const set = (body: object) => desk.post('/v5/position/set-leverage', body).retCode;
    expect([set(both('10')), set(both('10')), set(both('51')), set(both('0'))]).toMatchObject([
      0, 110_043, 110_013, 10_001,
    ]);
    expect(set({ ...both('3'), sellLeverage: '4' })).toBe(10_001);
    expect(exchange.position('TESTUSDT').leverage).toBe(10);
  });

  it('margin mode', () => {
    const { desk, order } = market();
    const set = (setMarginMode: string) => desk.post('/v5/account/set-margin-mode', { setMarginMode });
    expect(desk.get('/v5/account/info').result.marginMode).toBe('ISOLATED_MARGIN');
    expect(set('ISOLATED_MARGIN').retCode).toBe(110_026);
    expect(set('REGULAR_MARGIN')).toMatchObject({ retCode: 0, result: { reasons: [] } });
    expect(desk.get('/v5/account/info').result.marginMode).toBe('REGULAR_MARGIN');
    expect(set('PORTFOLIO_MARGIN').retCode).toBe(3_400_045);
    expect(set('odd').retCode).toBe(10_001);
    order('Buy', '1');
    expect(set('ISOLATED_MARGIN')).toMatchObject({
      retCode: 3_400_045,
      result: { reasons: [{ reasonCode: '3400045' }] },
    });
  });

  it('position mode', () => {
    const { desk, order, exchange } = market();
    const set = (mode: unknown) =>
      desk.post('/v5/position/switch-mode', { category: 'linear', coin: 'USDT', mode }).retCode;
    // Positions held both ways at once are not simulated; a mode that a person changed is.
    expect([set(0), set(3), set(7)]).toEqual([110_025, 10_001, 10_001]);
    exchange.fate.setModesByHand({ positionMode: 'hedge' });
    expect(order('Buy', '1', { positionIdx: 0 }).retCode).toBe(10_001);
    expect([set(0), set(0)]).toEqual([0, 110_025]);
    order('Buy', '1');
    exchange.fate.setModesByHand({ positionMode: 'hedge' });
    expect(set(0)).toBe(110_024);
  });

  it('in hedge mode shows both sides of a symbol', () => {
    const { desk, exchange } = market();
    exchange.fate.setModesByHand({ positionMode: 'hedge' });
    const { list } = desk.get(`/v5/position/list?${SCOPE}`).result;
    expect(list.map(({ positionIdx, size }: { positionIdx: number; size: string }) => [positionIdx, size])).toEqual([
      [1, '0'],
      [2, '0'],
    ]);
  });

  it('stop and target of what is held', () => {
    const { desk, order, exchange } = market();
    const stop = (more: object) =>
      desk.post('/v5/position/trading-stop', {
        category: 'linear',
        symbol: 'TESTUSDT',
        positionIdx: 0,
        tpslMode: 'Full',
        ...more,
      }).retCode;
    expect(stop({ stopLoss: '95' })).toBe(10_001);
    order('Buy', '1');
    expect(stop({ stopLoss: '95', slTriggerBy: 'MarkPrice', takeProfit: '140' })).toBe(0);
    expect(exchange.position('TESTUSDT')).toMatchObject({ stopPrice: 95, stopTrigger: 'mark', targetPrice: 140 });
    expect(stop({ stopLoss: '95', slTriggerBy: 'MarkPrice', takeProfit: '140' })).toBe(34_040);
    expect(stop({ stopLoss: '0' })).toBe(0);
    expect(exchange.position('TESTUSDT')).toMatchObject({ stopPrice: undefined, targetPrice: 140 });
    expect(stop({ trailingStop: '4' })).toBe(0);
    expect(exchange.position('TESTUSDT').trailingDistance).toBe(4);
    expect([stop({ stopLoss: '150' }), stop({ tpslMode: 'Partial' }), stop({ activePrice: '110' })]).toEqual([
      10_001, 10_001, 10_001,
    ]);
    expect(stop({ positionIdx: undefined, stopLoss: '96' })).toBe(10_001);
  });

  it('what is not simulated says so', () => {
    const { desk } = market();
    expect(desk.post('/v5/position/add-margin', {}).retMsg).toContain('not simulated');
  });
});

describe('positions and fees', () => {
  it('a flat symbol has a row when it is asked for, and none among what is held', () => {
    const { desk, order } = market();
    expect(desk.get(`/v5/position/list?${SCOPE}`).result.list).toMatchObject([{ size: '0', side: '' }]);
    expect(desk.get('/v5/position/list?category=linear&settleCoin=USDT').result.list).toEqual([]);
    expect(desk.get('/v5/position/list?category=linear').retCode).toBe(10_001);
    order('Sell', '1');
    expect(desk.get('/v5/position/list?category=linear&settleCoin=USDT').result.list).toMatchObject([{ side: 'Sell' }]);
  });

  it('fee rates are those that are charged', () => {
    const { desk } = market();
    expect(desk.get(`/v5/account/fee-rate?${SCOPE}`).result.list).toEqual([
      { symbol: 'TESTUSDT', takerFeeRate: '0.0005', makerFeeRate: '0.0002', baseCoin: '' },
    ]);
    expect(desk.get('/v5/asset/coin/query-info').result).toEqual({ rows: [] });
  });
});
