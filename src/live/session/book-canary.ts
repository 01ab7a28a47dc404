// Is an execution that of a canary? By its name; or because only a canary holds something in the symbol, and this takes from it or is paid for it.
import type { Fill, FillReason, FundingPayment } from '../../domain/fill.ts';
import { signOf } from '../../domain/side.ts';
import type { BookedBeside } from '../../engine/event.ts';
import type { VenueExecution } from '../../ports/venue-account.ts';
import { CANARY_COMMAND_PREFIX, canaryPrefix } from './order-ids.ts';

export interface CanaryBookingContext {
  /** What the client order ids of this bot begin with. */
  readonly prefix: string;
  /** Signed base units that are held in the symbol beside all trades. */
  readonly held: number;
}

/** A stop or target that a venue keeps as an order of its own has the name of its entry in its own. */
const PROTECTION = /^(?:sl_|tp_)/;

/** The event that books it; undefined: it is no canary's. */
export function canaryBooking(
  execution: VenueExecution,
  { prefix, held }: CanaryBookingContext,
): BookedBeside | undefined {
  const { clientOrderId, kind, side, time } = execution;
  const name = clientOrderId.replace(PROTECTION, '');
  // Those of the command end flat as well, and are nobody's trades.
  const isNamed = name.startsWith(canaryPrefix(prefix)) || name.startsWith(CANARY_COMMAND_PREFIX);
  const takes = held !== 0 && (kind === 'funding' || (side !== undefined && signOf(side) !== Math.sign(held)));
  if (!isNamed && !takes) return undefined;
  return { kind: 'booked-beside', time, entry: kind === 'funding' ? paymentOf(execution) : fillOf(execution, held) };
}

function paymentOf({ time, symbol, rate, price, fee }: VenueExecution): FundingPayment {
  return { kind: 'funding', time, symbol, rate: rate ?? NaN, markPrice: price, payment: fee, source: 'history' };
}

function fillOf(execution: VenueExecution, held: number): Fill {
  const { time, symbol, clientOrderId, side, quantity, price, fee, liquidity } = execution;
  return {
    kind: 'fill',
    time,
    symbol,
    clientOrderId,
    side: side ?? (held > 0 ? 'sell' : 'buy'),
    quantity,
    price,
    fee,
    slippage: 0,
    liquidity: liquidity ?? 'taker',
    reason: reasonOf(execution),
    stopPrice: undefined,
    targetPrice: undefined,
    liquidationPrice: undefined,
    ambiguous: false,
  };
}

/** Nothing was decided: what a canary ordered itself is foreign to all decisions. */
function reasonOf({ kind, origin }: VenueExecution): FillReason {
  if (kind === 'liquidation' || kind === 'deleverage' || kind === 'delisting') return kind;
  return origin === 'stop' || origin === 'target' ? origin : 'foreign';
}
