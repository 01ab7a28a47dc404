// What does Binance know of the account? Money, positions, margin brackets, trades, incomes and fees.
import { DAY_MS } from '../../../domain/time.ts';
import { bpsToFraction } from '../../../domain/units.ts';
import type { PositionState, SimulatedExchange } from '../../core/exchange.ts';
import { numberText } from '../number-text.ts';
import type { CodecWorld } from '../venue-codec.ts';
import { badFields, done, refused, type BinanceAnswer } from './answer.ts';
import { bracketRow, quoteAssetOf } from './contract-row.ts';
import { findOrder, isHidden, readHistory } from './find-orders.ts';
import {
  accountPositionRow,
  oldAccountPositionRow,
  oldRiskRow,
  positionSides,
  riskRow,
  type PositionContext,
  type SideOf,
} from './position-rows.ts';
import { SYMBOL_INVALID } from './refusals.ts';
import { limitOf } from './request-fields.ts';
import { namedContracts, withContract, type RouteContext, type Routes } from './route.ts';
import { incomeRow, incomesOf, tradeRow } from './trade-rows.ts';
import { accountSums, assetRow, balanceRow, type AccountMoney } from './wallet-rows.ts';

/** What is told of a history that is asked for without times. */
const USUAL_SPAN_MS = 7 * DAY_MS;

/** The currency that the account is kept in. */
export function accountAsset(exchange: SimulatedExchange): string {
  const [first] = exchange.contracts();
  return first === undefined ? 'USDT' : quoteAssetOf(first);
}

export function accountMoney({ exchange }: CodecWorld): AccountMoney {
  const { lines } = exchange.ledger;
  const last = lines[lines.length - 1];
  return {
    wallet: exchange.wallet(),
    marginMode: exchange.account().marginMode,
    updateTime: last?.time ?? exchange.now,
  };
}

type WriteRow = (position: PositionState, context: PositionContext, sideOf: SideOf) => unknown;

/** Rows of the symbols that are asked for: all of them, or only those with a position or an order. */
function positionRows(context: RouteContext, write: WriteRow, isComplete: boolean): readonly unknown[] | undefined {
  const { exchange } = context.world;
  const contracts = namedContracts(context);
  const account = exchange.account();
  const withOrders = new Set(exchange.openOrders({}).map(({ symbol }) => symbol));
  return contracts?.flatMap((contract) => {
    const position = exchange.position(contract.instrument.symbol);
    const isTouched = position.quantity !== 0 || withOrders.has(position.symbol);
    if (!isComplete && !isTouched) return [];
    const rowContext = { contract, account };
    const sides = positionSides(position, rowContext);
    const shown = isComplete || account.positionMode === 'one-way' ? sides : sides.filter(({ isHeld }) => isHeld);
    return shown.map((side) => write(position, rowContext, side));
  });
}

function account(isComplete: boolean, write: WriteRow): (context: RouteContext) => BinanceAnswer {
  return (context) => {
    const money = accountMoney(context.world);
    const asset = accountAsset(context.world.exchange);
    const positions = positionRows(context, write, isComplete) ?? [];
    const facts = isComplete ? accountFacts(context.world) : {};
    return done({ ...facts, ...accountSums(money), assets: [assetRow(asset, money)], positions });
  };
}

/** What the second version says besides. */
const accountFacts = ({ credentials }: CodecWorld) => ({
  feeTier: 0,
  canTrade: !credentials.readOnly,
  canDeposit: true,
  canWithdraw: true,
  feeBurn: true,
  tradeGroupId: -1,
  updateTime: 0,
  multiAssetsMargin: false,
});

function balance({ world }: RouteContext): BinanceAnswer {
  return done([balanceRow(accountAsset(world.exchange), accountMoney(world))]);
}

function positionRisk(isComplete: boolean, write: WriteRow): (context: RouteContext) => BinanceAnswer {
  return (context) => {
    const rows = positionRows(context, write, isComplete);
    return rows === undefined ? SYMBOL_INVALID : done(rows);
  };
}

const newRisk =
  (asset: string): WriteRow =>
  (position, context, side) =>
    riskRow(position, context, side, asset);

function leverageBrackets(context: RouteContext): BinanceAnswer {
  const contracts = namedContracts(context);
  return contracts === undefined ? SYMBOL_INVALID : done(contracts.map(bracketRow));
}

function userTrades(context: RouteContext): BinanceAnswer {
  return withContract(context, (contract) => {
    const { world, fields, names } = context;
    const { symbol } = contract.instrument;
    const limit = limitOf(fields, 500, 1000);
    const orderNumber = fields.whole('orderId');
    const history = readHistory(fields, 'fromId', world.exchange.now);
    if ('kind' in history) return history;
    const ofOrder = orderNumber === undefined ? undefined : findOrder(context, 'ordinary', { number: orderNumber });
    if (orderNumber !== undefined && ofOrder === undefined) return done([]);
    const hasTimes = (fields.text('startTime') ?? fields.text('endTime')) !== undefined;
    const { from, until, firstNumber } =
      ofOrder !== undefined && !hasTimes ? { ...history, from: 0, until: Infinity } : history;
    const { positionMode } = world.exchange.account();
    const found = world.exchange
      .executions({ symbol, orderId: ofOrder?.order.orderId, from, until })
      .filter(({ kind, orderId }) => kind !== 'funding' && !isHidden(orderId, context))
      .filter(({ sequence }) => firstNumber === undefined || sequence >= firstNumber);
    const page = firstNumber === undefined && !hasTimes ? found.slice(-limit) : found.slice(0, limit);
    return done(page.map((each) => tradeRow(each, { contract, positionMode, name: names.named(each.orderId) })));
  });
}

function incomes({ world, fields }: RouteContext): BinanceAnswer {
  const { exchange } = world;
  const symbol = fields.text('symbol');
  const type = fields.text('incomeType');
  const start = fields.whole('startTime');
  const end = fields.whole('endTime');
  const limit = limitOf(fields, 100, 1000);
  const page = fields.whole('page') ?? 1;
  if (fields.problem !== undefined) return badFields(fields.problem);
  if (symbol !== undefined && exchange.contract(symbol) === undefined) return SYMBOL_INVALID;
  // Only when neither end is named it is the last week.
  const from = start ?? (end === undefined ? exchange.now - USUAL_SPAN_MS : 0);
  const until = end ?? Infinity;
  const asset = accountAsset(exchange);
  const found = incomesOf(exchange)
    .filter((each) => each.time >= from && each.time <= until)
    .filter((each) => (symbol === undefined || each.symbol === symbol) && (type === undefined || each.type === type));
  const first = Math.max(0, page - 1) * limit;
  return done(found.slice(first, first + limit).map((each) => incomeRow(each, asset)));
}

function commissionRate(context: RouteContext): BinanceAnswer {
  return withContract(context, ({ instrument: { symbol } }) => {
    const { makerFeeBps, takerFeeBps } = context.world.exchange.costs;
    return done({
      symbol,
      makerCommissionRate: numberText(bpsToFraction(makerFeeBps)),
      takerCommissionRate: numberText(bpsToFraction(takerFeeBps)),
      rpiCommissionRate: '0.000050',
    });
  });
}

/** What the venue took over itself: liquidations and auto-deleveraging. */
function forceOrders(context: RouteContext): BinanceAnswer {
  const { world, fields, names } = context;
  const symbol = fields.text('symbol');
  const kind = fields.oneOf('autoCloseType', ['LIQUIDATION', 'ADL']);
  const limit = limitOf(fields, 50, 100);
  const history = readHistory(fields, 'fromId', world.exchange.now);
  if ('kind' in history) return history;
  if (fields.problem !== undefined) return badFields(fields.problem);
  const wanted = kind === undefined ? ['liquidation', 'deleverage'] : [kind === 'ADL' ? 'deleverage' : 'liquidation'];
  const found = world.exchange
    .closedOrders({ symbol })
    .filter(
      ({ source, createdAt }) => wanted.includes(source) && createdAt >= history.from && createdAt <= history.until,
    );
  return done(found.slice(-limit).map((order) => ({ orderId: names.of(order).orderNumber, symbol: order.symbol })));
}

function adlQuantile(context: RouteContext): BinanceAnswer {
  const contracts = namedContracts(context);
  if (contracts === undefined) return SYMBOL_INVALID;
  const rows = contracts.flatMap(({ instrument: { symbol } }) => {
    const { quantity, deleverageRank } = context.world.exchange.position(symbol);
    return quantity === 0
      ? []
      : [{ symbol, adlQuantile: { LONG: 0, SHORT: 0, BOTH: Math.max(0, deleverageRank - 1) } }];
  });
  return context.fields.text('symbol') === undefined
    ? done(rows)
    : rows.length === 0
      ? refused(-4054, 'Position is 0.')
      : done(rows[0]);
}

export const accountRoutes: Routes = {
  'GET /fapi/v2/account': { access: 'read', weight: 5, run: account(true, oldAccountPositionRow) },
  'GET /fapi/v3/account': { access: 'read', weight: 5, run: account(false, accountPositionRow) },
  'GET /fapi/v2/balance': { access: 'read', weight: 5, run: balance },
  'GET /fapi/v3/balance': { access: 'read', weight: 5, run: balance },
  'GET /fapi/v2/positionRisk': { access: 'read', weight: 5, run: positionRisk(true, oldRiskRow) },
  'GET /fapi/v3/positionRisk': {
    access: 'read',
    weight: 5,
    run: (context) => positionRisk(false, newRisk(accountAsset(context.world.exchange)))(context),
  },
  'GET /fapi/v1/leverageBracket': { access: 'read', weight: 1, run: leverageBrackets },
  'GET /fapi/v1/userTrades': { access: 'read', weight: 5, run: userTrades },
  'GET /fapi/v1/income': { access: 'read', weight: 30, run: incomes },
  'GET /fapi/v1/commissionRate': { access: 'read', weight: 20, run: commissionRate },
  'GET /fapi/v1/forceOrders': { access: 'read', weight: 20, run: forceOrders },
  'GET /fapi/v1/adlQuantile': { access: 'read', weight: 5, run: adlQuantile },
};
