// How does ccxt drive and see the simulated Bybit? Through its unified methods, with raw rows where those leave something out.
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

/** A ccxt.pro client whose every URL is the simulator's. */
export async function ccxtClient({ httpUrl, webSocketUrl }: Target, keys: object, more: object = {}): Promise<any> {
  const file = new URL('./src/pro/bybit.js', import.meta.resolve('ccxt'));
  const { default: Bybit } = (await import(file.href)) as { default: new (options: object) => any };
  const stream = `${webSocketUrl}/v5/private`;
  const api = {
    public: httpUrl,
    private: httpUrl,
    spot: httpUrl,
    futures: httpUrl,
    v2: httpUrl,
    ws: {
      public: { linear: `${webSocketUrl}/v5/public/linear`, inverse: `${webSocketUrl}/v5/public/inverse` },
      private: {
        contract: stream,
        usdc: stream,
        spot: { unified: stream, nonUnified: stream },
        trade: `${webSocketUrl}/v5/trade`,
      },
    },
  };
  const client = new Bybit({
    ...keys,
    enableRateLimit: false,
    urls: { api, test: api, demotrading: api },
    options: { fetchMarkets: { types: ['linear'] }, enableUnifiedMargin: false, enableUnifiedAccount: true },
    ...more,
  });
  await client.loadHttpProxyAgent();
  await client.loadMarkets();
  return client;
}

const unified = (symbol: string): string => symbol.replace(/^(\w+)USDT$/, '$1/USDT:USDT');

async function coded<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const code = /"retCode":(\d+)/.exec(text)?.[1];
    if (code === undefined) throw error;
    throw new DriverError(Number(code), text);
  }
}

function seenOrder(order: any): SeenOrder {
  return {
    id: order.id,
    clientOrderId: order.clientOrderId === '' ? undefined : order.clientOrderId,
    symbol: order.info.symbol,
    side: order.side,
    type: order.type,
    status: order.status,
    quantity: order.amount,
    filled: order.filled,
    price: numberOrNone(order.info.price),
    average: numberOrNone(order.average),
    triggerPrice: numberOrNone(order.info.triggerPrice),
    reduceOnly: order.reduceOnly,
  };
}

export async function ccxtDriver(target: Target, keys: { key: string; secret: string }): Promise<Driver> {
  const client = await ccxtClient(target, { apiKey: keys.key, secret: keys.secret });
  return {
    name: 'ccxt',
    place: (order) =>
      coded(async () => {
        const { stopPrice, targetPrice, triggerPrice, triggerDirection } = order;
        const placed = await client.createOrder(
          unified(order.symbol),
          order.type,
          order.side,
          order.quantity,
          order.price,
          {
            clientOrderId: order.clientOrderId,
            positionIdx: 0,
            ...(order.reduceOnly === true ? { reduceOnly: true } : {}),
            ...(stopPrice === undefined ? {} : { stopLoss: { triggerPrice: stopPrice }, slTriggerBy: 'MarkPrice' }),
            ...(targetPrice === undefined ? {} : { takeProfit: { triggerPrice: targetPrice } }),
            ...(triggerPrice === undefined ? {} : { triggerPrice }),
            ...(triggerDirection === undefined
              ? {}
              : { triggerDirection: triggerDirection === 'up' ? 'ascending' : 'descending' }),
          },
        );
        return placed.id;
      }),
    amend: (symbol, orderId, { quantity, price }) =>
      coded(() => client.editOrder(orderId, unified(symbol), 'limit', 'buy', quantity, price)),
    cancel: (symbol, orderId) => coded(() => client.cancelOrder(orderId, unified(symbol))),
    cancelAll: (symbol) => coded(() => client.cancelAllOrders(unified(symbol))),
    setLeverage: (symbol, leverage) => coded(() => client.setLeverage(leverage, unified(symbol))),
    setStop: (symbol, stopPrice) =>
      coded(() =>
        client.privatePostV5PositionTradingStop({
          category: 'linear',
          symbol,
          positionIdx: 0,
          tpslMode: 'Full',
          stopLoss: String(stopPrice),
        }),
      ),
    async seen() {
      const open: any[] = await client.fetchOpenOrders(undefined, undefined, undefined, { settleCoin: 'USDT' });
      const closed: any[] = await client.fetchCanceledAndClosedOrders(undefined, undefined, 50, { settleCoin: 'USDT' });
      const positions: any[] = await client.fetchPositions();
      const balance = await client.fetchBalance();
      const account = balance.info.result.list[0];
      return {
        open: byId(open.map(seenOrder)),
        closed: byId(closed.map(seenOrder)),
        positions: bySymbol(
          positions.map((position) => ({
            symbol: position.info.symbol,
            side: position.side,
            quantity: position.contracts,
            entryPrice: position.entryPrice,
            leverage: position.leverage,
            liquidationPrice: position.liquidationPrice,
            stopPrice: numberOrNone(position.stopLossPrice),
            targetPrice: numberOrNone(position.takeProfitPrice),
            unrealised: position.info.unrealisedPnl,
          })),
        ),
        executions: byId(await ccxtExecutions(client)),
        wallet: account.totalWalletBalance,
        equity: account.totalEquity,
        available: account.totalAvailableBalance,
      };
    },
    close: () => client.close(),
  };
}

async function ccxtExecutions(client: any): Promise<SeenExecution[]> {
  const seen: SeenExecution[] = [];
  let cursor: string | undefined;
  do {
    const reply = await client.privateGetV5ExecutionList({
      category: 'linear',
      limit: 7,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const row of reply.result.list) {
      seen.push({
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
    }
    cursor = reply.result.nextPageCursor === '' ? undefined : reply.result.nextPageCursor;
  } while (cursor !== undefined);
  return seen;
}
