// What does Binance know of the account? Key, modes, balance, positions and orders.
import { z } from 'zod';
import { VenueError } from '../../../domain/venue-error.ts';
import type {
  AccountModes,
  HeldPosition,
  KeyFacts,
  OrderName,
  VenueBalance,
  VenueOrder,
} from '../../../ports/venue-account.ts';
import type { VenueEnvironment } from '../../../ports/venue-connection.ts';
import { assertClientOrderId, assertSymbol } from '../names.ts';
import { decimal, instant, optionalPrice, wireSymbol } from '../streams/wire-values.ts';
import type { VenueClient } from '../venue-client.ts';
import { wireAmount } from '../wire-amount.ts';
import { wireTime } from '../wire-time.ts';
import { algoRow, orderOf, orderOfAlgo, orderRow, type AlgoRow, type OrderRow } from './order-rows.ts';
import { accountRead, keyRead } from './requests.ts';

const restrictions = z.object({
  ipRestrict: z.boolean(),
  enableWithdrawals: z.boolean(),
  enableFutures: z.boolean(),
  tradingAuthorityExpirationTime: wireTime,
});
const accountConfig = z.object({ canTrade: z.boolean() });

/** Only the live venue knows what a key may do; on the others there is no money to withdraw. */
export async function binanceKeyFacts(client: VenueClient, environment: VenueEnvironment): Promise<KeyFacts> {
  if (environment !== 'live') {
    const { canTrade } = await client.ask(accountRead({ path: 'accountConfig', weight: 5 }), accountConfig);
    return {
      readOnly: !canTrade,
      mayTrade: canTrade,
      mayWithdraw: false,
      expiresAt: undefined,
      allowedAddresses: undefined,
    };
  }
  const facts = await client.ask(keyRead(), restrictions);
  return {
    readOnly: !facts.enableFutures,
    mayTrade: facts.enableFutures,
    mayWithdraw: facts.enableWithdrawals,
    expiresAt: facts.tradingAuthorityExpirationTime,
    // Which addresses they are is not told.
    allowedAddresses: facts.ipRestrict ? [] : undefined,
  };
}

export const symbolConfig = z.array(
  z.object({
    symbol: wireSymbol,
    marginType: z.string().transform((word) => (/^isolated$/i.test(word) ? 'isolated' : 'cross')),
    leverage: z.number().positive(),
  }),
);
export const positionSideReply = z.object({ dualSidePosition: z.boolean() });

/** Margin is set for each symbol: of those that are named or held, else of all, cross counts when any has it. */
export async function binanceModes(client: VenueClient, symbols: readonly string[]): Promise<AccountModes> {
  const side = await client.ask(accountRead({ path: 'positionSide/dual', weight: 30 }), positionSideReply);
  const configs = await client.ask(accountRead({ path: 'symbolConfig', weight: 5 }), symbolConfig);
  const named = new Set([...symbols, ...(await heldRows(client)).map(({ symbol }) => symbol)]);
  const relevant = named.size === 0 ? configs : configs.filter(({ symbol }) => named.has(symbol));
  const marginMode = relevant.some(({ marginType }) => marginType === 'cross') ? 'cross' : 'isolated';
  return { marginMode, positionMode: side.dualSidePosition ? 'hedge' : 'one-way' };
}

export const accountReply = z.object({
  assets: z.array(
    z.object({ asset: z.string(), walletBalance: wireAmount, marginBalance: decimal, availableBalance: decimal }),
  ),
});

/** An account that never held USDT has no row for it. */
export async function binanceBalance(client: VenueClient): Promise<VenueBalance> {
  const { assets } = await client.ask(accountRead({ path: 'account', weight: 5, version: 3 }), accountReply);
  const row = assets.find(({ asset }) => asset === 'USDT');
  if (row === undefined) return { wallet: 0, equity: 0, available: 0, walletText: '0' };
  const { walletBalance, marginBalance, availableBalance } = row;
  const { value: wallet, text: walletText } = walletBalance;
  return { wallet, equity: marginBalance, available: availableBalance, walletText };
}

export const positionRow = z.object({
  symbol: wireSymbol,
  positionSide: z.enum(['BOTH', 'LONG', 'SHORT']),
  positionAmt: decimal,
  entryPrice: decimal,
  markPrice: optionalPrice,
  liquidationPrice: optionalPrice,
  adl: z.number().optional(),
  updateTime: z.union([z.literal(0), instant]),
});

async function heldRows(client: VenueClient): Promise<readonly z.output<typeof positionRow>[]> {
  const rows = await client.ask(accountRead({ path: 'positionRisk', weight: 5, version: 3 }), z.array(positionRow));
  return rows.filter(({ positionAmt }) => positionAmt !== 0);
}

/** Leverage stands elsewhere, and stop and target are orders that close the position. */
export async function binancePositions(client: VenueClient): Promise<readonly HeldPosition[]> {
  const rows = await heldRows(client);
  if (rows.length === 0) return [];
  const configs = await client.ask(accountRead({ path: 'symbolConfig', weight: 5 }), symbolConfig);
  const leverages = new Map(configs.map(({ symbol, leverage }) => [symbol, leverage]));
  const orders = await conditionalOrders(client, undefined);
  return rows.map((row) => positionOf(row, leverages.get(row.symbol), orders));
}

function positionOf(
  row: z.output<typeof positionRow>,
  leverage: number | undefined,
  orders: readonly VenueOrder[],
): HeldPosition {
  const closing = row.positionAmt > 0 ? 'sell' : 'buy';
  const own = orders.filter((order) => order.symbol === row.symbol && order.closesPosition && order.side === closing);
  return {
    symbol: row.symbol,
    quantity: row.positionAmt,
    entryPrice: row.entryPrice,
    markPrice: row.markPrice,
    liquidationPrice: row.liquidationPrice,
    leverage,
    stopPrice: own.find(({ origin }) => origin === 'stop')?.triggerPrice,
    targetPrice: own.find(({ origin }) => origin === 'target')?.triggerPrice,
    reduceOnly: false,
    // Counted from 0 on the wire.
    deleverageRank: row.adl === undefined ? undefined : Math.min(5, row.adl + 1),
    updatedAt: row.updateTime,
    hedgeSide: row.positionSide === 'BOTH' ? undefined : row.positionSide === 'LONG' ? 'long' : 'short',
  };
}

const named = (symbol: string | undefined) => (symbol === undefined ? {} : { symbol });
const OPEN: ReadonlySet<VenueOrder['state']> = new Set(['untriggered', 'new', 'partly-filled']);

/** Open orders of the conditional book; what has been triggered lives on in the ordinary one. */
export async function conditionalOrders(
  client: VenueClient,
  symbol: string | undefined,
): Promise<readonly VenueOrder[]> {
  const question = { path: 'openAlgoOrders', weight: symbol === undefined ? 40 : 1, params: named(symbol) };
  const rows = await client.ask(accountRead(question), z.array(algoRow));
  return rows.map(orderOfAlgo).filter(({ state }) => state === 'untriggered');
}

export async function binanceOpenOrders(
  client: VenueClient,
  symbol: string | undefined,
): Promise<readonly VenueOrder[]> {
  if (symbol !== undefined) assertSymbol(symbol);
  const question = { path: 'openOrders', weight: symbol === undefined ? 40 : 1, params: named(symbol) };
  const rows = await client.ask(accountRead(question), z.array(orderRow));
  const ordinary = rows.map(orderOf).filter(({ state }) => OPEN.has(state));
  return [...ordinary, ...(await conditionalOrders(client, symbol))];
}

/** The ordinary book first, then the conditional one; an order that was triggered is told with what was filled of it. */
export async function binanceFindOrder(client: VenueClient, name: OrderName): Promise<VenueOrder | undefined> {
  assertSymbol(name.symbol);
  assertClientOrderId(name.clientOrderId);
  const { symbol } = name;
  const ordinary = await ordinaryOrder(client, { symbol, origClientOrderId: name.clientOrderId });
  if (ordinary !== undefined) return orderOf(ordinary);
  const algo = await findAlgo(client, name.clientOrderId);
  if (algo === undefined || algo.symbol !== symbol) return undefined;
  const { actualOrderId } = algo;
  const actual =
    actualOrderId === undefined || actualOrderId === null || actualOrderId === ''
      ? undefined
      : await ordinaryOrder(client, { symbol, orderId: actualOrderId });
  if (actual === undefined) return orderOfAlgo(algo);
  return { ...orderOf(actual), clientOrderId: name.clientOrderId, origin: orderOfAlgo(algo).origin };
}

const ordinaryOrder = (client: VenueClient, params: Readonly<Record<string, string>>): Promise<OrderRow | undefined> =>
  unlessUnknown(client.ask(accountRead({ path: 'order', weight: 1, params }), orderRow));

export const findAlgo = (client: VenueClient, clientAlgoId: string): Promise<AlgoRow | undefined> =>
  unlessUnknown(client.ask(accountRead({ path: 'algoOrder', weight: 1, params: { clientAlgoId } }), algoRow));

async function unlessUnknown<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof VenueError && error.code === 'ORDER_NOT_FOUND') return undefined;
    throw error;
  }
}
