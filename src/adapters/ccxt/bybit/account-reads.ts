// What does Bybit know of the account? Key, modes, balance, positions, orders and executions.
import { z } from 'zod';
import { DAY_MS } from '../../../domain/time.ts';
import type {
  AccountModes,
  ExecutionQuery,
  HeldPosition,
  KeyFacts,
  MarginMode,
  OrderName,
  VenueBalance,
  VenueExecution,
  VenueOrder,
} from '../../../ports/venue-account.ts';
import type { MarketTime } from '../market-time.ts';
import { assertClientOrderId, assertSymbol } from '../names.ts';
import {
  balanceOf,
  executionOf,
  executionRow,
  orderOf,
  orderRow,
  positionOf,
  positionRow,
  walletRow,
} from '../streams/bybit-account-rows.ts';
import { optionalDecimal } from '../streams/wire-values.ts';
import type { VenueClient } from '../venue-client.ts';
import { orderOfExecutions } from '../order-of-executions.ts';
import { ownRow } from './own-row.ts';
import { allRows } from './pages.ts';
import { accountRead, resultOf } from './requests.ts';

/** Longest span that one question for executions may cover. */
const WINDOW_MS = 7 * DAY_MS;
const SETTLED = { category: 'linear', settleCoin: 'USDT' } as const;
const of = (symbol: string | undefined) => (symbol === undefined ? SETTLED : { category: 'linear', symbol });

const keyFactsReply = resultOf(
  z.object({
    readOnly: z.union([z.literal(0), z.literal(1)]),
    permissions: z.record(z.string(), z.array(z.string()).nullish()),
    ips: z.array(z.string()).nullish(),
    expiredAt: z.string().nullish(),
  }),
);

export async function bybitKeyFacts(client: VenueClient): Promise<KeyFacts> {
  const { readOnly, permissions, ips, expiredAt } = await client.ask(accountRead('v5/user/query-api'), keyFactsReply);
  const contract = permissions['ContractTrade'] ?? [];
  const isBound = ips !== undefined && ips !== null && ips.length > 0 && !ips.includes('*');
  return {
    readOnly: readOnly === 1,
    mayTrade: readOnly === 0 && contract.includes('Order') && contract.includes('Position'),
    mayWithdraw: Object.values(permissions).some((names) => names?.includes('Withdraw') === true),
    expiresAt: expiryOf(expiredAt),
    allowedAddresses: isBound ? ips : undefined,
  };
}

/** Keys that do not expire have none, or the beginning of time. */
function expiryOf(text: string | null | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isFinite(time) && time > DAY_MS ? time : undefined;
}

const MARGIN_MODES: Readonly<Record<string, MarginMode>> = {
  ISOLATED_MARGIN: 'isolated',
  REGULAR_MARGIN: 'cross',
  PORTFOLIO_MARGIN: 'portfolio',
};
export const accountInfoReply = resultOf(z.object({ marginMode: z.enum(Object.keys(MARGIN_MODES)) }));

/** The position mode shows in the rows of a symbol only: one of them, flat or not, or one of each side. */
export async function bybitModes(client: VenueClient, symbols: readonly string[]): Promise<AccountModes> {
  const { marginMode } = await client.ask(accountRead('v5/account/info'), accountInfoReply);
  const held = (await bybitPositions(client)).map(({ hedgeSide }) => hedgeSide !== undefined);
  const hedged = held.length === 0 ? await flatModes(client, symbols) : held;
  const positionMode = hedged.length === 0 ? undefined : hedged.includes(true) ? 'hedge' : 'one-way';
  return { marginMode: MARGIN_MODES[marginMode], positionMode };
}

/** Whether each row of the first symbol is of one side only. */
async function flatModes(client: VenueClient, [symbol]: readonly string[]): Promise<readonly boolean[]> {
  if (symbol === undefined) return [];
  assertSymbol(symbol);
  const rows = await allRows(client, accountRead('v5/position/list', of(symbol)), modeRow);
  return rows.map(({ positionIdx }) => positionIdx !== 0);
}

const modeRow = z.object({ positionIdx: z.number() });

/** An account that holds no USDT has no row for it. */
export const walletReply = resultOf(
  z.object({
    list: z.tuple(
      [walletRow.transform((row) => balanceOf(row) ?? emptyBalance(row.totalAvailableBalance ?? 0, row.coin))],
      z.unknown(),
    ),
  }),
);

function emptyBalance(available: number, coins: readonly { readonly coin: string }[]): VenueBalance | undefined {
  if (coins.some(({ coin }) => coin === 'USDT')) return undefined;
  return { wallet: 0, equity: 0, available, walletText: '0' };
}
const balanceReply = walletReply.transform(({ list: [balance] }, context) => {
  if (balance !== undefined) return balance;
  context.addIssue({ code: 'custom', message: 'a wallet without an amount' });
  return z.NEVER;
});

export async function bybitBalance(client: VenueClient): Promise<VenueBalance> {
  return client.ask(accountRead('v5/account/wallet-balance', { accountType: 'UNIFIED' }), balanceReply);
}

export async function bybitPositions(client: VenueClient): Promise<readonly HeldPosition[]> {
  const request = accountRead('v5/position/list', { ...SETTLED, limit: 200 });
  const rows = await allRows(client, request, ownRow(positionRow));
  return rows.flatMap((row) => (row === undefined ? [] : (positionOf(row).position ?? [])));
}

export async function bybitOpenOrders(client: VenueClient, symbol: string | undefined): Promise<readonly VenueOrder[]> {
  if (symbol !== undefined) assertSymbol(symbol);
  const request = accountRead('v5/order/realtime', { ...of(symbol), openOnly: 0, limit: 50 });
  const rows = await allRows(client, request, ownRow(orderRow));
  const orders = rows.flatMap((row) => (row === undefined ? [] : orderOf(row)));
  return orders.filter(({ state }) => OPEN.has(state));
}

const OPEN: ReadonlySet<VenueOrder['state']> = new Set(['untriggered', 'new', 'partly-filled']);

/** Executions say how much is left of their order, orders how much was filled. */
const executionWithRest = executionRow.extend({ leavesQty: optionalDecimal });

/** Open and recent orders first, then the history, which lags, then executions, which outlive both. */
export async function bybitFindOrder(client: VenueClient, name: OrderName): Promise<VenueOrder | undefined> {
  assertSymbol(name.symbol);
  assertClientOrderId(name.clientOrderId);
  const params = { category: 'linear', symbol: name.symbol, orderLinkId: name.clientOrderId };
  for (const path of ['v5/order/realtime', 'v5/order/history']) {
    const rows = await allRows(client, accountRead(path, params), orderRow);
    const found = rows.map(orderOf).find(({ clientOrderId }) => clientOrderId === name.clientOrderId);
    if (found !== undefined) return found;
  }
  const rows = await allRows(client, accountRead('v5/execution/list', params), executionWithRest);
  const own = rows.filter(({ orderLinkId, execType }) => orderLinkId === name.clientOrderId && execType !== 'funding');
  const executions = own.flatMap((row) => executionOf(row) ?? []);
  const left = Math.min(...own.map(({ leavesQty }) => leavesQty ?? Infinity));
  return orderOfExecutions(executions, left);
}

export async function bybitExecutions(
  client: VenueClient,
  time: MarketTime,
  query: ExecutionQuery,
): Promise<readonly VenueExecution[]> {
  if (query.symbol !== undefined) assertSymbol(query.symbol);
  const until = query.until ?? (await time.now());
  const found = new Map<string, VenueExecution>();
  for (let startTime = query.from; startTime <= until; startTime += WINDOW_MS) {
    const endTime = Math.min(until, startTime + WINDOW_MS - 1);
    const request = accountRead('v5/execution/list', executionParams(query.symbol, startTime, endTime));
    // Newest first on the wire: of the same moment, what happened first stays first.
    const rows = await allRows(client, request, ownRow(executionWithFee));
    for (const execution of rows.toReversed()) if (execution !== undefined) found.set(execution.executionId, execution);
  }
  return [...found.values()].sort((a, b) => a.time - b.time);
}

const executionWithFee = executionRow.transform((row, context) => {
  const execution = executionOf(row);
  if (execution !== undefined) return execution;
  context.addIssue({ code: 'custom', message: 'an execution without a fee' });
  return z.NEVER;
});

const executionParams = (symbol: string | undefined, startTime: number, endTime: number) => ({
  category: 'linear',
  ...(symbol === undefined ? {} : { symbol }),
  startTime,
  endTime,
  limit: 100,
});
