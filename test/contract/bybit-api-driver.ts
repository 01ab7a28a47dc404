// How does bybit-api, which shares no code with ccxt, drive and see the simulated Bybit? By its REST client, row by row.
import { RestClientV5, WebsocketClient } from 'bybit-api';
import {
  byId,
  bySymbol,
  DriverError,
  numberOrNone,
  type Driver,
  type SeenExecution,
  type SeenOrder,
} from './bybit-driver.ts';

interface Target {
  readonly httpUrl: string;
  readonly webSocketUrl: string;
}

/** A stream client whose connections go to the simulator's real paths. */
export function bybitApiStream({ webSocketUrl }: Target, keys: { key: string; secret: string }): WebsocketClient {
  const paths: Record<string, string> = {
    v5LinearPublic: '/v5/public/linear',
    v5Private: '/v5/private',
    v5PrivateTrade: '/v5/trade',
  };
  class LocalStream extends WebsocketClient {
    protected override async getWsUrl(wsKey: string): Promise<string> {
      return `${webSocketUrl}${paths[wsKey]}`;
    }
  }
  const silent = { trace: () => undefined, info: () => undefined, error: () => undefined };
  return new LocalStream({ ...keys, pongTimeout: 10_000 }, silent);
}

/** The result of a reply; this client resolves for refusals too. */
async function result<Reply extends { retCode: number; retMsg: string; result: unknown }>(
  reply: Promise<Reply>,
): Promise<Reply['result']> {
  const { retCode, retMsg, result } = await reply;
  if (retCode !== 0) throw new DriverError(retCode, retMsg);
  return result;
}

const STATUS: Record<string, SeenOrder['status']> = {
  New: 'open',
  PartiallyFilled: 'open',
  Untriggered: 'open',
  Filled: 'closed',
  Cancelled: 'canceled',
  Deactivated: 'canceled',
  Rejected: 'rejected',
};

function seenOrder(row: any): SeenOrder {
  return {
    id: row.orderId,
    clientOrderId: row.orderLinkId === '' ? undefined : row.orderLinkId,
    symbol: row.symbol,
    side: row.side.toLowerCase(),
    type: row.orderType.toLowerCase(),
    status: STATUS[row.orderStatus] ?? 'open',
    quantity: Number(row.qty),
    filled: Number(row.cumExecQty),
    price: numberOrNone(row.price),
    average: numberOrNone(row.avgPrice),
    triggerPrice: numberOrNone(row.triggerPrice),
    reduceOnly: row.reduceOnly,
  };
}

const seenExecution = (row: any): SeenExecution => ({
  id: row.execId,
  orderId: row.orderId,
  symbol: row.symbol,
  kind: row.execType,
  side: row.side,
  quantity: Number(row.execQty),
  price: Number(row.execPrice),
  fee: row.execFee,
  time: Number(row.execTime),
});

/** Every page of a list. */
async function all(ask: (cursor: object) => Promise<any>): Promise<any[]> {
  const rows: any[] = [];
  let cursor = {};
  for (;;) {
    const page = await ask(cursor);
    rows.push(...page.list);
    if (page.nextPageCursor === '') return rows;
    cursor = { cursor: page.nextPageCursor };
  }
}

const text = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));
/** Without the keys that say nothing: this client sends them as they are. */
const defined = (fields: object): any =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

export function bybitApiDriver(target: Target, keys: { key: string; secret: string }): Driver {
  const rest = new RestClientV5({ ...keys, baseUrl: target.httpUrl }, { timeout: 10_000 });
  const category = 'linear';
  return {
    name: 'bybit-api',
    async place(order) {
      const { triggerDirection } = order;
      const fields = {
        category,
        symbol: order.symbol,
        side: order.side === 'buy' ? 'Buy' : 'Sell',
        orderType: order.type === 'market' ? 'Market' : 'Limit',
        qty: String(order.quantity),
        orderLinkId: order.clientOrderId,
        price: text(order.price),
        reduceOnly: order.reduceOnly,
        stopLoss: text(order.stopPrice),
        slTriggerBy: order.stopPrice === undefined ? undefined : 'MarkPrice',
        takeProfit: text(order.targetPrice),
        triggerPrice: text(order.triggerPrice),
        triggerDirection: triggerDirection === undefined ? undefined : triggerDirection === 'up' ? 1 : 2,
        positionIdx: 0,
      };
      const placed = await result(rest.submitOrder(defined(fields)));
      return (placed as { orderId: string }).orderId;
    },
    async amend(symbol, orderId, { quantity, price }) {
      await result(rest.amendOrder({ category, symbol, orderId, qty: String(quantity), price: String(price) }));
    },
    async cancel(symbol, orderId) {
      await result(rest.cancelOrder({ category, symbol, orderId }));
    },
    async cancelAll(symbol) {
      await result(rest.cancelAllOrders({ category, symbol }));
    },
    async setLeverage(symbol, leverage) {
      const both = { buyLeverage: String(leverage), sellLeverage: String(leverage) };
      await result(rest.setLeverage({ category, symbol, ...both }));
    },
    async setStop(symbol, stopPrice) {
      const stop = { positionIdx: 0, tpslMode: 'Full', stopLoss: String(stopPrice) } as const;
      await result(rest.setTradingStop({ category, symbol, ...stop }));
    },
    async seen() {
      const scope = { category, settleCoin: 'USDT' } as const;
      const open = await all((cursor) => result(rest.getActiveOrders({ ...scope, limit: 2, ...cursor })));
      const closed = await all((cursor) => result(rest.getHistoricOrders({ ...scope, limit: 3, ...cursor })));
      const executions = await all((cursor) => result(rest.getExecutionList({ category, limit: 4, ...cursor })));
      const positions = await all((cursor) => result(rest.getPositionInfo({ ...scope, limit: 2, ...cursor })));
      const [account] = (await result(rest.getWalletBalance({ accountType: 'UNIFIED' }))).list as any[];
      return {
        open: byId(open.map(seenOrder)),
        closed: byId(closed.map(seenOrder)),
        executions: byId(executions.map(seenExecution)),
        positions: bySymbol(
          positions.map((row) => ({
            symbol: row.symbol,
            side: row.side === 'Buy' ? ('long' as const) : ('short' as const),
            quantity: Number(row.size),
            entryPrice: Number(row.avgPrice),
            leverage: Number(row.leverage),
            liquidationPrice: numberOrNone(row.liqPrice),
            stopPrice: numberOrNone(row.stopLoss),
            targetPrice: numberOrNone(row.takeProfit),
            unrealised: row.unrealisedPnl,
          })),
        ),
        wallet: account.totalWalletBalance,
        equity: account.totalEquity,
        available: account.totalAvailableBalance,
      };
    },
    close: async () => undefined,
  };
}
