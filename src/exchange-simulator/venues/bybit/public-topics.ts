// Which public topics does Bybit have? Their names taken apart; the names of the rest are refused.
import type { SimulatedExchange } from '../../core/exchange.ts';
import { intervalMsOf } from './kline-row.ts';

export type PublicTopic =
  | {
      readonly kind: 'kline';
      readonly name: string;
      readonly symbol: string;
      readonly interval: string;
      readonly intervalMs: number;
    }
  | { readonly kind: 'ticker' | 'trade' | 'liquidation'; readonly name: string; readonly symbol: string }
  | { readonly kind: 'book'; readonly name: string; readonly symbol: string; readonly depth: number }
  | { readonly kind: 'status'; readonly name: string };

export const STATUS_TOPIC = 'system.status';

const DEPTHS: ReadonlySet<string> = new Set(['1', '50', '200', '1000']);

/** What a topic's name asks for; undefined: there is no such topic, or no such contract. */
export function publicTopic(name: string, exchange: SimulatedExchange): PublicTopic | undefined {
  if (name === STATUS_TOPIC) return { kind: 'status', name };
  const [kind, ...parts] = name.split('.');
  const symbol = parts[parts.length - 1] ?? '';
  if (exchange.contract(symbol) === undefined) return undefined;
  if (parts.length === 2 && kind === 'kline') {
    const intervalMs = intervalMsOf(parts[0]);
    return intervalMs === undefined ? undefined : { kind: 'kline', name, symbol, interval: parts[0], intervalMs };
  }
  if (parts.length === 2 && kind === 'orderbook' && DEPTHS.has(parts[0])) {
    return { kind: 'book', name, symbol, depth: Number(parts[0]) };
  }
  if (parts.length !== 1) return undefined;
  if (kind === 'tickers') return { kind: 'ticker', name, symbol };
  if (kind === 'publicTrade') return { kind: 'trade', name, symbol };
  return kind === 'allLiquidation' ? { kind: 'liquidation', name, symbol } : undefined;
}
