import { describe, expect, it } from 'vitest';
import { deskOf, KEYS, type Desk, type Params } from '../../../../test/scenarios/exchange-simulator/binance-desk.ts';
import { exchangeOver, hours, tapeSymbol, type Prices } from '../../../../test/scenarios/exchange-market.ts';
import { COSTS, fundingEvery, HOUR, seriesOf, START } from '../../../../test/scenarios/simulated-market.ts';
import { toAtoms, type Atoms } from '../../../domain/money.ts';
import { atomsText } from '../number-text.ts';

const PRICES: readonly Prices[] = [
  ...Array.from({ length: 9 }, (): Prices => [100, 101, 99, 100.5]),
  [100.5, 101, 70, 75],
  ...Array.from({ length: 20 }, (): Prices => [75, 76, 74, 75.5]),
];
const SYMBOLS = ['AAAUSDT', 'BBBUSDT', 'CCCUSDT'];
const ORDER = '/fapi/v1/order';

function desk(more: Parameters<typeof exchangeOver>[1] = {}): Desk {
  const symbols = SYMBOLS.map((symbol) =>
    tapeSymbol(seriesOf(hours(PRICES)), { symbol, funding: { ...fundingEvery(8 * HOUR, 0.0003), symbol } }),
  );
  return deskOf(
    exchangeOver(PRICES, { tape: { symbols }, costs: COSTS, deposit: 10_000, defaultLeverage: 10, ...more }),
  );
}

const buy = (own: Desk, symbol: string, more: Params = {}) =>
  own.post(ORDER, { symbol, side: 'BUY', type: 'MARKET', quantity: '2', ...more });

/** What a text says, in atoms. */
function atomsOf(text: string): Atoms {
  const [whole, fraction = ''] = text.replace('-', '').split('.');
  const atoms = BigInt(whole + fraction.padEnd(12, '0'));
  return text.startsWith('-') ? -atoms : atoms;
}

/** A day with trades of every kind: bought, sold, paid, liquidated, deleveraged, given. */
function eventful(more: Parameters<typeof exchangeOver>[1] = {}): Desk {
  const own = desk(more);
  buy(own, 'AAAUSDT');
  buy(own, 'BBBUSDT', { quantity: '3.333' });
  buy(own, 'CCCUSDT', { side: 'SELL' });
  own.advance(START + 9 * HOUR);
  own.exchange.fate.deleverage('CCCUSDT', 0.5);
  own.exchange.fate.transfer(123.456789);
  own.advance(START + 17 * HOUR);
  buy(own, 'CCCUSDT', { quantity: '0.7', reduceOnly: 'true' });
  return own;
}

describe('the account', () => {
  it.each(['isolated', 'cross'] as const)(
    'shows the money of a %s account to the last digit, everywhere the same',
    (marginMode) => {
      const own = eventful({ marginMode });
      const { wallet, unrealised, equity, available, positionMargin } = own.exchange.wallet();
      for (const version of ['v2', 'v3']) {
        const { body } = own.get(`/fapi/${version}/account`);
        const [asset] = body.assets;
        expect(atomsOf(body.totalWalletBalance)).toBe(wallet);
        expect(atomsOf(body.totalUnrealizedProfit)).toBe(unrealised);
        expect(atomsOf(body.totalMarginBalance)).toBe(equity);
        expect(atomsOf(body.availableBalance)).toBe(available);
        expect(asset).toMatchObject({
          asset: 'USDT',
          walletBalance: body.totalWalletBalance,
          marginBalance: body.totalMarginBalance,
        });
        const [row] = own.get(`/fapi/${version}/balance`).body;
        expect(row).toMatchObject({ balance: body.totalWalletBalance, availableBalance: body.availableBalance });
        expect(atomsOf(row.crossWalletBalance)).toBe(marginMode === 'cross' ? wallet : wallet - positionMargin);
        const sum = body.positions.reduce((total: Atoms, each: any) => total + atomsOf(each.unrealizedProfit), 0n);
        expect(sum).toBe(unrealised);
      }
    },
  );

  it('lists all positions in its second version, those that matter in its third', () => {
    const own = desk();
    buy(own, 'BBBUSDT');
    own.post(ORDER, { symbol: 'CCCUSDT', side: 'BUY', type: 'LIMIT', quantity: '1', price: '90', timeInForce: 'GTC' });
    const symbols = (path: string) => {
      const { body } = own.get(path);
      return (body.positions ?? body).map((row: any) => row.symbol);
    };
    expect(symbols('/fapi/v2/account')).toEqual(SYMBOLS);
    expect(symbols('/fapi/v2/positionRisk')).toEqual(SYMBOLS);
    expect(symbols('/fapi/v3/account')).toEqual(['BBBUSDT', 'CCCUSDT']);
    expect(symbols('/fapi/v3/positionRisk')).toEqual(['BBBUSDT', 'CCCUSDT']);
    expect(own.get('/fapi/v3/positionRisk', { symbol: 'NONEUSDT' }).body.code).toBe(-1121);
  });

  it('shows a position as it is', () => {
    const own = desk();
    buy(own, 'CCCUSDT', { side: 'SELL' });
    own.advance(START + HOUR);
    const position = own.exchange.position('CCCUSDT');
    const [row] = own.get('/fapi/v3/positionRisk').body;
    expect(row).toMatchObject({ positionAmt: '-2.000', positionSide: 'BOTH', marginAsset: 'USDT' });
    expect(Number(row.entryPrice)).toBe(position.entryPrice);
    expect(Number(row.liquidationPrice)).toBe(position.liquidationPrice);
    expect(atomsOf(row.unRealizedProfit)).toBe(position.unrealised);
    expect(atomsOf(row.notional)).toBe(toAtoms(position.quantity * position.markPrice));
    expect(atomsOf(row.isolatedMargin)).toBe(toAtoms(position.margin) + position.unrealised);
    const [, , old] = own.get('/fapi/v2/positionRisk').body;
    expect(old).toMatchObject({
      leverage: '10',
      marginType: 'isolated',
      isAutoAddMargin: 'false',
      positionAmt: '-2.000',
    });
    // Closing at break-even leaves what the wallet was before.
    expect(Number(row.breakEvenPrice)).toBeLessThan(position.entryPrice);
  });
});

describe('what moved the wallet', () => {
  it.each(['isolated', 'cross'] as const)('adds up to it in a %s account', (marginMode) => {
    const own = eventful({ marginMode });
    const rows = own.get('/fapi/v1/income', { limit: 1000 }).body;
    const types = new Set(rows.map((row: any) => row.incomeType));
    for (const type of ['COMMISSION', 'REALIZED_PNL', 'FUNDING_FEE', 'TRANSFER', 'INSURANCE_CLEAR']) {
      if (marginMode === 'isolated' || type !== 'INSURANCE_CLEAR') expect(types).toContain(type);
    }
    const sum = rows.reduce((total: Atoms, row: any) => total + atomsOf(row.income), 0n);
    expect(sum).toBe(own.exchange.ledger.wallet - own.exchange.ledger.start);
    expect(new Set(rows.map((row: any) => row.tranId)).size).toBe(rows.length);
  });

  it('is asked for by kind, symbol, time and page', () => {
    const own = eventful();
    const ask = (params: Params) => own.get('/fapi/v1/income', params).body;
    expect(ask({ incomeType: 'FUNDING_FEE' }).every((row: any) => row.incomeType === 'FUNDING_FEE')).toBe(true);
    expect(ask({ symbol: 'AAAUSDT' }).every((row: any) => row.symbol === 'AAAUSDT')).toBe(true);
    const all = ask({ limit: 1000 });
    expect(ask({ startTime: START + 9 * HOUR, limit: 1000 })).toEqual(
      all.filter((row: any) => row.time >= START + 9 * HOUR),
    );
    expect(ask({ limit: 2, page: 2 })).toEqual(all.slice(2, 4));
    expect(ask({ symbol: 'NONEUSDT' }).code).toBe(-1121);
    expect(ask({ limit: 'all' }).code).toBe(-1130);
  });

  it('in trades has the fee and the profit of each, exact', () => {
    const own = eventful();
    const executions = own.exchange.executions({ symbol: 'CCCUSDT' }).filter(({ kind }) => kind !== 'funding');
    const rows = own.get('/fapi/v1/userTrades', { symbol: 'CCCUSDT' }).body;
    expect(
      rows.map((row: any) => [row.id, atomsOf(row.commission), atomsOf(row.realizedPnl), atomsOf(row.quoteQty)]),
    ).toEqual(executions.map(({ sequence, fee, realised, value }) => [sequence, fee, realised, value]));
    expect(own.get('/fapi/v1/userTrades', { symbol: 'CCCUSDT', fromId: executions[1].sequence }).body).toEqual(
      rows.slice(1),
    );
    expect(own.get('/fapi/v1/userTrades', { symbol: 'CCCUSDT', orderId: rows[0].orderId }).body).toEqual([rows[0]]);
    expect(own.get('/fapi/v1/userTrades', { symbol: 'CCCUSDT', limit: 1 }).body).toEqual(rows.slice(-1));
    expect(own.get('/fapi/v1/userTrades', { symbol: 'CCCUSDT', startTime: START, limit: 1 }).body).toEqual([rows[0]]);
  });
});

describe('settings', () => {
  it('of leverage are told with the size that they allow', () => {
    const own = desk();
    const set = (leverage: unknown) => own.post('/fapi/v1/leverage', { symbol: 'AAAUSDT', leverage: String(leverage) });
    expect(set(5).body).toMatchObject({ symbol: 'AAAUSDT', leverage: 5 });
    expect(set(5).status).toBe(200);
    expect(set(0).body.code).toBe(-4028);
    expect(set(126).body.code).toBe(-4028);
    expect(set('x').body.code).toBe(-1130);
    buy(own, 'AAAUSDT');
    expect(set(4).body.code).toBe(-4161);
    expect(set(6).status).toBe(200);
    expect(own.get('/fapi/v1/symbolConfig', { symbol: 'AAAUSDT' }).body).toMatchObject([
      { leverage: 6, marginType: 'ISOLATED' },
    ]);
  });

  it('of the margin type hold for all symbols at once', () => {
    const own = desk();
    const set = (symbol: string, marginType: string) => own.post('/fapi/v1/marginType', { symbol, marginType }).body;
    expect(set('AAAUSDT', 'ISOLATED')).toEqual({ code: -4046, msg: 'No need to change margin type.' });
    expect(set('AAAUSDT', 'CROSSED')).toEqual({ code: 200, msg: 'success' });
    expect(set('BBBUSDT', 'CROSSED').code).toBe(-4046);
    expect(own.get('/fapi/v1/symbolConfig').body.map((row: any) => row.marginType)).toEqual([
      'CROSSED',
      'CROSSED',
      'CROSSED',
    ]);
    own.post(ORDER, { symbol: 'AAAUSDT', side: 'BUY', type: 'LIMIT', quantity: '1', price: '90', timeInForce: 'GTC' });
    expect(set('BBBUSDT', 'ISOLATED').code).toBe(-4047);
    buy(own, 'CCCUSDT');
    expect(set('BBBUSDT', 'ISOLATED').code).toBe(-4048);
    expect(set('BBBUSDT', 'HALF').code).toBe(-1130);
  });

  it('of the position side are refused as they must be', () => {
    const own = desk();
    const set = (dualSidePosition: string) => own.post('/fapi/v1/positionSide/dual', { dualSidePosition }).body;
    expect(own.get('/fapi/v1/positionSide/dual').body).toEqual({ dualSidePosition: false });
    expect(set('false').code).toBe(-4059);
    expect(set('true').code).toBe(-1020);
    own.exchange.fate.setModesByHand({ positionMode: 'hedge' });
    expect(own.get('/fapi/v1/accountConfig').body.dualSidePosition).toBe(true);
    expect(buy(own, 'AAAUSDT').body.code).toBe(-4061);
    expect(set('false').code).toBe(200);
    own.exchange.fate.setModesByHand({ positionMode: 'hedge' });
    expect(own.get('/fapi/v2/positionRisk', { symbol: 'AAAUSDT' }).body.map((row: any) => row.positionSide)).toEqual([
      'LONG',
      'SHORT',
    ]);
  });

  it('of fees are fractions', () => {
    expect(desk().get('/fapi/v1/commissionRate', { symbol: 'AAAUSDT' }).body).toMatchObject({
      makerCommissionRate: atomsText(toAtoms(COSTS.makerFeeBps / 10_000)),
      takerCommissionRate: atomsText(toAtoms(COSTS.takerFeeBps / 10_000)),
    });
  });

  it('may be read by a key that may not change them', () => {
    const own = deskOf(exchangeOver(PRICES), { credentials: { ...KEYS, readOnly: true } });
    expect(own.get('/fapi/v1/accountConfig').body.canTrade).toBe(false);
    expect(own.get('/fapi/v1/multiAssetsMargin').body).toEqual({ multiAssetsMargin: false });
    expect(own.get('/fapi/v1/apiTradingStatus').status).toBe(200);
  });
});

describe('a symbol that is refused', () => {
  it.each([
    ['reduce-only', -4140],
    ['closing', -4108],
    ['closed', -4108],
    ['pre-launch', -4108],
  ] as const)('because it is %s', (status, code) => {
    const own = desk();
    own.exchange.fate.setStatus('AAAUSDT', status);
    expect(buy(own, 'AAAUSDT').body.code).toBe(code);
    expect(buy(own, 'BBBUSDT').status).toBe(200);
  });
});
