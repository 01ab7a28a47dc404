import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toAtoms } from '../../../domain/money.ts';
import { INSTRUMENT } from '../../../../test/scenarios/simulated-market.ts';
import type { ListedContract, PositionState, WalletState } from '../../core/exchange.ts';
import type { ExecutionRecord, OrderRecord } from '../../core/order-record.ts';
import { executionFrameRow, executionRow, fastExecutionRow } from './execution-row.ts';
import { instrumentRow, riskLimitRows } from './instrument-row.ts';
import { klineFrame, klineRow } from './kline-row.ts';
import { orderFrameRow, orderRow, positionIndexOf, settleCoinOf } from './order-row.ts';
import { positionFrameRow, positionRow } from './position-row.ts';
import { tickerDelta, tickerRow } from './ticker-row.ts';
import { walletRow } from './wallet-row.ts';

const SAMPLES = new URL('../../../../../shared/data/payloads/bybit/', import.meta.url);
const hasSamples = existsSync(SAMPLES);

const CONTRACT: ListedContract = {
  instrument: INSTRUMENT,
  baseCurrency: 'TEST',
  status: 'trading',
  listedAt: 1_600_000_000_000,
  delistingAt: undefined,
  fundingIntervalHours: 8,
  maxLimitQuantity: 1_000,
};
const CONTEXT = { contract: CONTRACT, positionMode: 'one-way' } as const;

const ORDER: OrderRecord = {
  orderId: 'o-1',
  clientOrderId: 'bot-7-entry',
  parentClientOrderId: '',
  symbol: 'TESTUSDT',
  side: 'buy',
  type: 'limit',
  timeInForce: 'gtc',
  status: 'partly-filled',
  source: 'client',
  quantity: 0.5,
  filledQuantity: 0.2,
  filledValue: toAtoms(20.02),
  fees: toAtoms(0.011_011),
  price: 100.1,
  triggerPrice: undefined,
  triggerSource: 'last',
  triggerDirection: undefined,
  reduceOnly: false,
  closesPosition: false,
  attachedStop: 90,
  attachedTarget: 120.5,
  stopTrigger: 'mark',
  targetTrigger: 'last',
  leverage: 10,
  cancelReason: undefined,
  rejectReason: undefined,
  lastPriceOnCreated: 100.2,
  createdAt: 1_700_000_000_000,
  updatedAt: 1_700_000_000_005,
  conditional: false,
};

const EXECUTION: ExecutionRecord = {
  executionId: 'e-1',
  sequence: 17,
  kind: 'trade',
  orderId: 'o-1',
  clientOrderId: 'bot-7-entry',
  source: 'client',
  symbol: 'TESTUSDT',
  side: 'buy',
  orderType: 'market',
  orderQuantity: 0.5,
  orderPrice: undefined,
  quantity: 0.2,
  price: 100.1,
  value: toAtoms(20.02),
  fee: toAtoms(0.011_011),
  rate: 0.000_55,
  maker: false,
  closedQuantity: 0,
  realised: 0n,
  leavesQuantity: 0.3,
  markPrice: 100.05,
  time: 1_700_000_000_005,
};

const POSITION: PositionState = {
  symbol: 'TESTUSDT',
  quantity: -0.2,
  basis: toAtoms(-20.02),
  entryPrice: 100.1,
  markPrice: 100.05,
  leverage: 10,
  margin: 2.002,
  maintenanceMargin: 0.2,
  liquidationPrice: 108.9,
  bankruptcyPrice: 110.1,
  stopPrice: 105,
  stopTrigger: 'mark',
  targetPrice: undefined,
  targetTrigger: 'last',
  trailingDistance: undefined,
  unrealised: toAtoms(0.01),
  realisedSinceOpen: toAtoms(-0.011_011),
  realisedEver: toAtoms(-3.2),
  status: 'normal',
  reduceOnly: false,
  deleverageRank: 2,
  openedAt: 1_700_000_000_005,
  updatedAt: 1_700_000_000_006,
  sequence: 18,
};

const WALLET: WalletState = {
  wallet: toAtoms(1_000.123_456_789_012),
  unrealised: toAtoms(1),
  equity: toAtoms(1_001.123_456_789_012),
  positionMargin: toAtoms(60),
  orderMargin: toAtoms(40),
  maintenanceMargin: toAtoms(5),
  available: toAtoms(901.123_456_789_012),
  realisedEver: toAtoms(-3.2),
};

const QUOTE = {
  time: 1_700_000_000_000,
  last: 100.2,
  mark: 100.1,
  bid: 100.2,
  ask: 100.3,
  open24h: 99,
  high24h: 101,
  low24h: 98,
  volume24h: 1_234.5,
  turnover24h: 123_450,
  fundingRate: -0.000_05,
  nextFundingTime: 1_700_006_400_000,
};

type Row = Readonly<Record<string, unknown>>;

/** The first row of a sample, wherever it stands in its message. */
function sampleRow(name: string): Row {
  const message = JSON.parse(readFileSync(new URL(name, SAMPLES), 'utf8')) as {
    result?: { list: Row[] };
    data?: Row[] | Row;
  };
  const rows = message.result?.list ?? message.data;
  return (Array.isArray(rows) ? rows[0] : rows) as Row;
}

/** Keys of the sample that ours lacks, and keys whose values are of another type; null tells nothing. */
function differences(sample: Row, ours: Row): string[] {
  return Object.entries(sample).flatMap(([key, value]) => {
    if (!(key in ours)) return [`${key} is missing`];
    const isOther = value !== null && ours[key] !== null && typeof value !== typeof ours[key];
    return isOther ? [`${key} is ${typeof ours[key]} instead of ${typeof value}`] : [];
  });
}

const wallet = walletRow(WALLET, 'USDT');
type Case = readonly [sample: string, ours: Row, known: readonly string[]];
const cases: readonly Case[] = [
  ['docs__rest_order_realtime.json', orderRow(ORDER, CONTEXT), []],
  ['docs__rest_order_history.json', orderRow(ORDER, CONTEXT), []],
  ['http_get_orders_realtime_tp_sl.json', orderRow(ORDER, CONTEXT), []],
  ['ws_account_order_filled.json', orderFrameRow(ORDER, CONTEXT), []],
  ['ws_account_order_stop_loss.json', orderFrameRow(ORDER, CONTEXT), []],
  ['docs__rest_execution_list.json', executionRow(EXECUTION, CONTEXT), []],
  ['http_get_executions.json', executionRow(EXECUTION, CONTEXT), []],
  // A list of taxes in the example, empty where none are due.
  ['docs__ws_execution.json', executionFrameRow(EXECUTION, CONTEXT), ['extraFees is string instead of object']],
  ['ws_account_execution_adl.json', executionFrameRow(EXECUTION, CONTEXT), []],
  ['docs__ws_execution_fast.json', fastExecutionRow(EXECUTION, CONTEXT), []],
  // The example's page spells the key both ways.
  ['docs__rest_position_list.json', positionRow(POSITION, CONTEXT), ['mmrSysUpdateTime is missing']],
  ['http_get_positions_with_open_time.json', positionRow(POSITION, CONTEXT), []],
  ['docs__ws_position.json', positionFrameRow(POSITION, CONTEXT), []],
  ['ws_account_position.json', positionFrameRow(POSITION, CONTEXT), []],
  ['docs__rest_wallet_balance.json', wallet, []],
  ['docs__ws_wallet.json', wallet, []],
  ['docs__rest_market_instruments.json', instrumentRow(CONTRACT), ['symbolId is missing']],
  ['docs__rest_market_instruments_2.json', instrumentRow({ ...CONTRACT, status: 'pre-launch' }), []],
  ['http_get_instruments_linear.json', instrumentRow(CONTRACT), []],
  ['docs__rest_market_risk_limit.json', riskLimitRows(CONTRACT)[0], []],
];

describe.skipIf(!hasSamples)("rows have the keys and types of Bybit's own messages", () => {
  it.each(cases)('%s', (name, ours, known) => {
    expect(differences(sampleRow(name), ours)).toEqual(known);
  });

  it('down to the coins of the wallet', () => {
    for (const name of ['docs__rest_wallet_balance.json', 'docs__ws_wallet.json']) {
      const [coin] = sampleRow(name)['coin'] as Row[];
      expect(differences(coin, (wallet['coin'] as Row[])[0])).toEqual([]);
    }
  });

  it('down to the filters of an instrument', () => {
    const sample = sampleRow('docs__rest_market_instruments.json');
    for (const filter of ['leverageFilter', 'priceFilter', 'lotSizeFilter']) {
      expect(differences(sample[filter] as Row, instrumentRow(CONTRACT)[filter] as Row)).toEqual([]);
    }
  });

  it('tickers', () => {
    const whole = new Set(['tickDirection', 'prevPrice1h', 'preOpenPrice', 'preQty', 'curPreListingPhase']);
    const missing = differences(sampleRow('docs__ws_ticker.json'), tickerRow(CONTRACT, QUOTE) as Row);
    expect(missing.filter((each) => !whole.has(each.split(' ')[0]))).toEqual([]);
  });

  it('klines', () => {
    const candle = { openTime: 0, closeTime: 60_000, open: 1, high: 3, low: 0.5, close: 2, volume: 8, flags: 0 };
    const frame = { topic: 'kline.1.TESTUSDT', interval: '1', candle, closed: true, interpolated: false, time: 60_000 };
    const message = JSON.parse(klineFrame(frame)) as { data: Row[] };
    expect(differences(sampleRow('docs__ws_kline.json'), message.data[0])).toEqual([]);
    expect(message.data[0]).toMatchObject({ start: 0, end: 59_999, confirm: true, open: '1', turnover: '13' });
    expect(klineRow(candle, true)).toHaveLength(7);
    expect(klineRow(candle, false)).toHaveLength(5);
  });
});

const indexOf = (side: 'buy' | 'sell', reduceOnly: boolean, mode: 'one-way' | 'hedge') =>
  positionIndexOf({ side, reduceOnly, closesPosition: false }, mode);

describe('rows say what the records say', () => {
  it('an order that has filled in part', () => {
    expect(orderFrameRow(ORDER, CONTEXT)).toMatchObject({
      category: 'linear',
      orderStatus: 'PartiallyFilled',
      qty: '0.500',
      price: '100.1',
      cumExecQty: '0.200',
      leavesQty: '0.300',
      avgPrice: '100.1',
      cumExecValue: '20.02',
      cumExecFee: '0.011011',
      stopLoss: '90.0',
      takeProfit: '120.5',
      slTriggerBy: 'MarkPrice',
      tpTriggerBy: 'LastPrice',
      cumFeeDetail: { USDT: '0.011011' },
      createdTime: '1700000000000',
    });
  });

  it.each([
    ['by-client', { cancelType: 'CancelByUser', rejectReason: 'EC_PerCancelRequest' }],
    ['post-only-would-take', { cancelType: 'UNKNOWN', rejectReason: 'EC_PostOnlyWillTakeLiquidity' }],
    ['no-liquidity', { cancelType: 'UNKNOWN', rejectReason: 'EC_NoImmediateQtyToFill' }],
    ['position-closed', { cancelType: 'CancelByTpSlTsClear', rejectReason: 'EC_NoError' }],
    ['before-liquidation', { cancelType: 'CancelAllBeforeLiq' }],
    ['delisting', { cancelType: 'CancelBySettle' }],
    ['sibling-filled', { cancelType: 'CancelByOCOSlCanceledByTpTriggered' }],
  ] as const)('an order that was cancelled %s', (cancelReason, said) => {
    const row = orderRow({ ...ORDER, status: 'cancelled', cancelReason }, CONTEXT);
    expect(row).toMatchObject({ orderStatus: 'Cancelled', leavesQty: '0.000', ...said });
  });

  it('an attached stop', () => {
    const stop: OrderRecord = {
      ...ORDER,
      clientOrderId: '',
      parentClientOrderId: 'bot-7-entry',
      side: 'sell',
      type: 'market',
      status: 'untriggered',
      source: 'attached-stop',
      filledQuantity: 0,
      filledValue: 0n,
      price: undefined,
      triggerPrice: 90,
      triggerSource: 'mark',
      triggerDirection: 'down',
      reduceOnly: true,
      closesPosition: true,
      attachedStop: undefined,
      attachedTarget: undefined,
      conditional: true,
    };
    expect(orderRow(stop, CONTEXT)).toMatchObject({
      orderLinkId: '',
      parentOrderLinkId: 'bot-7-entry',
      orderStatus: 'Untriggered',
      stopOrderType: 'StopLoss',
      createType: 'CreateByStopLoss',
      triggerPrice: '90.0',
      triggerDirection: 2,
      triggerBy: 'MarkPrice',
      reduceOnly: true,
      closeOnTrigger: true,
      avgPrice: '',
      tpslMode: 'Full',
    });
  });

  it('position indices of both modes', () => {
    expect([indexOf('buy', false, 'one-way'), indexOf('sell', true, 'one-way')]).toEqual([0, 0]);
    expect([indexOf('buy', false, 'hedge'), indexOf('sell', true, 'hedge')]).toEqual([1, 1]);
    expect([indexOf('sell', false, 'hedge'), indexOf('buy', true, 'hedge')]).toEqual([2, 2]);
  });

  it('funding that was paid', () => {
    const funding = executionRow(
      { ...EXECUTION, kind: 'funding', orderType: 'unknown', fee: toAtoms(0.002), rate: 0.0001 },
      CONTEXT,
    );
    expect(funding).toMatchObject({
      execType: 'Funding',
      orderType: 'UNKNOWN',
      execFee: '0.002',
      feeRate: '0.0001',
      orderQty: '0',
    });
  });

  it.each([
    ['liquidation', 'BustTrade', 'liquidation', 'CreateByLiq'],
    ['deleverage', 'AdlTrade', 'deleverage', 'CreateByAdl_PassThrough'],
    ['settlement', 'Delivery', 'settlement', 'CreateBySettle'],
  ] as const)('a forced close by %s', (kind, execType, source, createType) => {
    expect(executionFrameRow({ ...EXECUTION, kind, source }, CONTEXT)).toMatchObject({ execType, createType });
  });

  it('a short position, and a flat one', () => {
    expect(positionFrameRow(POSITION, CONTEXT)).toMatchObject({
      side: 'Sell',
      size: '0.200',
      entryPrice: '100.1',
      stopLoss: '105.0',
      takeProfit: '0',
      liqPrice: '108.9',
      cumRealisedPnl: '-3.2',
      riskId: 1,
      riskLimitValue: '10000',
    });
    expect(positionRow({ ...POSITION, quantity: 0 }, CONTEXT)).toMatchObject({
      side: '',
      size: '0',
      avgPrice: '0',
      liqPrice: '',
      leverage: '10',
    });
  });

  it('the wallet to the last digit', () => {
    expect(wallet).toMatchObject({
      totalWalletBalance: '1000.123456789012',
      totalEquity: '1001.123456789012',
      totalAvailableBalance: '901.123456789012',
      totalInitialMargin: '100',
      coin: [{ coin: 'USDT', walletBalance: '1000.123456789012', totalOrderIM: '40', totalPositionIM: '60' }],
    });
  });

  it('an instrument with its steps', () => {
    expect(instrumentRow(CONTRACT)).toMatchObject({
      status: 'Trading',
      baseCoin: 'TEST',
      settleCoin: 'USDT',
      fundingInterval: 480,
      priceFilter: { tickSize: '0.1' },
      lotSizeFilter: { qtyStep: '0.001', minOrderQty: '0.001', maxMktOrderQty: '1000.000', minNotionalValue: '5' },
      leverageFilter: { maxLeverage: '50.00' },
    });
    expect(settleCoinOf(CONTRACT)).toBe('USDT');
    expect(riskLimitRows(CONTRACT).map(({ id, mmDeduction }) => [id, mmDeduction])).toEqual([
      [1, ''],
      [2, '100'],
      [3, '3100'],
    ]);
  });

  it('a ticker, and what changes of it', () => {
    const before = tickerRow(CONTRACT, QUOTE) as Record<string, string>;
    const after = tickerRow(CONTRACT, { ...QUOTE, last: 100.4 }) as Record<string, string>;
    expect(before).toMatchObject({ lastPrice: '100.2', price24hPcnt: '0.012121', fundingRate: '-0.00005' });
    expect(tickerDelta(before, before)).toBeUndefined();
    expect(tickerDelta(before, after)).toEqual({ symbol: 'TESTUSDT', lastPrice: '100.4', price24hPcnt: '0.014141' });
    expect(tickerRow(CONTRACT, { ...QUOTE, last: NaN })).toBeUndefined();
  });
});
