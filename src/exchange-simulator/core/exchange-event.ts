// What happens at the simulated exchange that somebody may hear of? Events in the order in which they happened.
import type { Candle } from '../../domain/candle.ts';
import type { ExecutionRecord, OrderRecord } from './order-record.ts';

export type ExchangeEvent =
  /** A candle of any subscribed length: while it runs (`closed` false) and once when it has closed. */
  | {
      readonly kind: 'candle';
      readonly time: number;
      readonly symbol: string;
      readonly intervalMs: number;
      readonly candle: Candle;
      readonly closed: boolean;
      /** It was made from a coarser stored candle. */
      readonly interpolated: boolean;
    }
  | { readonly kind: 'price'; readonly time: number; readonly symbol: string }
  | { readonly kind: 'order'; readonly time: number; readonly order: OrderRecord }
  | { readonly kind: 'execution'; readonly time: number; readonly execution: ExecutionRecord }
  /** The position of the symbol has changed or was touched; ask the exchange for it. */
  | { readonly kind: 'position'; readonly time: number; readonly symbol: string }
  | { readonly kind: 'wallet'; readonly time: number; readonly cause: 'trade' | 'funding' | 'transfer' }
  /** Leverage, mode or rules of a symbol changed. */
  | { readonly kind: 'settings'; readonly time: number; readonly symbol: string | undefined }
  | { readonly kind: 'instrument'; readonly time: number; readonly symbol: string }
  | { readonly kind: 'maintenance'; readonly time: number; readonly state: 'planned' | 'begun' | 'ended' }
  /** The market data end here: time goes no further. */
  | { readonly kind: 'end'; readonly time: number };
