// What does the Binance side keep besides the exchange itself? The names of orders, listen keys and running countdowns.
import type { CodecWorld } from '../venue-codec.ts';
import type { Countdowns } from './countdowns.ts';
import type { ListenKeys } from './listen-keys.ts';
import type { OrderNames } from './order-names.ts';

export interface Desk {
  readonly world: CodecWorld;
  readonly names: OrderNames;
  readonly listenKeys: ListenKeys;
  readonly countdowns: Countdowns;
}
