// How much of a resting limit order does a candle fill that trades through it? Its share of what is traded from then on, or nothing at all.
import { floorToLot } from '../../domain/instrument.ts';
import { createRandom } from '../../domain/random.ts';
import { volumeBetween } from '../market/cut-candle.ts';
import type { ExchangeState, Listing, LiveOrder } from './exchange-state.ts';
import { leavesOf } from './order-store.ts';

/** Base units. Who is passed by is drawn from the seed, the order and the candle, so that it is the same whenever it is asked. */
export function shareOf({ setup, now }: ExchangeState, { replay, book }: Listing, { record }: LiveOrder): number {
  const wanted = leavesOf(record);
  const { liquidity, seed } = setup;
  if (liquidity === undefined) return wanted;
  const { candle } = replay;
  const draw = createRandom(`missed/${seed}/${record.orderId}/${candle.openTime}`).next();
  if (draw < liquidity.missed) return 0;
  const traded = volumeBetween(candle, now, candle.closeTime);
  return Math.min(wanted, floorToLot(book.instrument, traded * liquidity.participation));
}
