// What moved position and money at Binance? Trades with the names of their orders, and funding, symbol by symbol.
import { z } from 'zod';
import type { ExecutionQuery, VenueExecution } from '../../../ports/venue-account.ts';
import type { MarketTime } from '../market-time.ts';
import { assertSymbol, refuse } from '../names.ts';
import { instant, wireId } from '../streams/wire-values.ts';
import type { VenueClient } from '../venue-client.ts';
import { wireAmount } from '../wire-amount.ts';
import { binanceFundingRates } from './market.ts';
import { executionOf, orderRow, tradeRow, type OrderRow, type TradeRow } from './order-rows.ts';
import { accountRead, WINDOW_MS } from './requests.ts';

const PAGE = 1_000;

export const incomeRow = z.object({
  symbol: z.string(),
  incomeType: z.string(),
  income: wireAmount,
  asset: z.string(),
  time: instant,
  tranId: wireId,
});
type IncomeRow = z.output<typeof incomeRow>;

interface Span {
  readonly from: number;
  readonly until: number;
}

export async function binanceExecutions(
  client: VenueClient,
  time: MarketTime,
  query: ExecutionQuery,
): Promise<readonly VenueExecution[]> {
  for (const symbol of [query.symbol ?? [], query.surely ?? []].flat()) assertSymbol(symbol);
  const until = query.until ?? (await time.now());
  const found = new Map<string, VenueExecution>();
  for (let from = query.from; from <= until; from += WINDOW_MS) {
    const span = { from, until: Math.min(until, from + WINDOW_MS - 1) };
    for (const execution of await within(client, span, query)) found.set(execution.executionId, execution);
  }
  return [...found.values()].sort((a, b) => a.time - b.time);
}

/** The incomes tell which symbols there was anything with, which no list of trades does; a trade without fee and profit has none. */
async function within(
  client: VenueClient,
  span: Span,
  { symbol, surely = [] }: ExecutionQuery,
): Promise<readonly VenueExecution[]> {
  const incomes = await incomesOf(client, span, symbol);
  const symbols = symbol === undefined ? new Set([...surely, ...incomes.map((row) => row.symbol)]) : [symbol];
  const executions: VenueExecution[] = [];
  for (const each of symbols) {
    if (each === '') continue;
    const funding = incomes.filter((row) => row.symbol === each && row.incomeType === 'FUNDING_FEE');
    executions.push(...(await tradesOf(client, each, span)), ...(await fundingOf(client, each, funding)));
  }
  return executions;
}

/** Pages by time: ids of the house are not in the order of time. */
async function incomesOf(client: VenueClient, span: Span, symbol: string | undefined): Promise<readonly IncomeRow[]> {
  const ask = (startTime: number): Promise<readonly IncomeRow[]> => {
    const params = { startTime, endTime: span.until, limit: PAGE, ...(symbol === undefined ? {} : { symbol }) };
    return client.ask(accountRead({ path: 'income', weight: 30, params }), z.array(incomeRow));
  };
  return forward(ask, span, (row) => `${row.tranId} ${row.incomeType} ${row.symbol}`);
}

async function tradesOf(client: VenueClient, symbol: string, span: Span): Promise<readonly VenueExecution[]> {
  const ask = (startTime: number): Promise<readonly TradeRow[]> => {
    const params = { symbol, startTime, endTime: span.until, limit: PAGE };
    return client.ask(accountRead({ path: 'userTrades', weight: 5, params }), z.array(tradeRow));
  };
  const trades = await forward(ask, span, ({ id }) => id);
  if (trades.length === 0) return [];
  const foreign = trades.find(({ commissionAsset }) => !symbol.endsWith(commissionAsset));
  if (foreign !== undefined)
    throw refuse('UNSUPPORTED', `fees are paid in ${foreign.commissionAsset.slice(0, 10)}: turn that off at Binance`);
  const orders = await ordersOf(client, symbol, { span, trades });
  return trades.map((trade) => executionOf(trade, orders.get(trade.orderId)));
}

/** The orders of the trades: those of the same days in one question, older ones each by itself. */
async function ordersOf(
  client: VenueClient,
  symbol: string,
  { span, trades }: { readonly span: Span; readonly trades: readonly TradeRow[] },
): Promise<ReadonlyMap<string, OrderRow>> {
  const params = { symbol, startTime: span.from, endTime: span.until, limit: PAGE };
  const listed = await client.ask(accountRead({ path: 'allOrders', weight: 5, params }), z.array(orderRow));
  const orders = new Map(listed.map((row) => [row.orderId, row]));
  for (const orderId of new Set(trades.map((trade) => trade.orderId))) {
    if (orders.has(orderId)) continue;
    const question = accountRead({ path: 'order', weight: 1, params: { symbol, orderId } });
    orders.set(orderId, await client.ask(question, orderRow));
  }
  return orders;
}

/** Incomes of funding name neither rate nor price; the rate is the one that was stamped then. */
async function fundingOf(
  client: VenueClient,
  symbol: string,
  incomes: readonly IncomeRow[],
): Promise<readonly VenueExecution[]> {
  if (incomes.length === 0) return [];
  const times = incomes.map((row) => row.time);
  const stamps = await binanceFundingRates(client, {
    symbol,
    from: Math.min(...times) - STAMP_TOLERANCE_MS,
    until: Math.max(...times) + STAMP_TOLERANCE_MS,
  });
  return incomes.map((row) => {
    const stamp = stamps.find((each) => Math.abs(each.time - row.time) <= STAMP_TOLERANCE_MS);
    const rate = stamp?.rate;
    const price = stamp?.markPrice ?? 0;
    const paid = row.income.value === 0 ? 0 : -row.income.value;
    const quantity = rate === undefined || rate === 0 || price === 0 ? 0 : Math.abs(paid / (rate * price));
    return {
      kind: 'funding',
      executionId: `${symbol}-funding-${row.tranId}`,
      symbol,
      venueOrderId: '',
      clientOrderId: '',
      side: undefined,
      quantity,
      price,
      fee: paid,
      feeText: negated(row.income.text),
      rate,
      liquidity: undefined,
      origin: 'client',
      time: row.time,
    };
  });
}

/** How far a payment may lie from its stamp. */
const STAMP_TOLERANCE_MS = 60_000;

/** What was received is a cost below 0, not a digit changed. */
function negated(text: string): string {
  if (text.startsWith('-')) return text.slice(1);
  return /^0*(\.0*)?$/.test(text) ? text : `-${text}`;
}

/** Rows in pages that begin where the last one ended; each once. */
async function forward<Row extends { readonly time: number }>(
  ask: (startTime: number) => Promise<readonly Row[]>,
  span: Span,
  idOf: (row: Row) => string,
): Promise<readonly Row[]> {
  const rows = new Map<string, Row>();
  for (let startTime = span.from; ;) {
    const page = await ask(startTime);
    const before = rows.size;
    for (const row of page) rows.set(idOf(row), row);
    const last = Math.max(...page.map(({ time }) => time));
    if (page.length < PAGE || rows.size === before || last > span.until) break;
    startTime = last;
  }
  return [...rows.values()];
}
