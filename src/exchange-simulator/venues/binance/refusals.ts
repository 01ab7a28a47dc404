// Which code and which words does Binance have for a refusal?
import type { ListedContract } from '../../core/exchange.ts';
import type { OrderRecord, RejectReason } from '../../core/order-record.ts';
import type { WireRefusal } from '../../faults/fault-pipeline.ts';
import { numberText } from '../number-text.ts';
import { refused, type Refused } from './answer.ts';

type Said = readonly [code: number, words: string];

/** What was asked for, where the words depend on it. */
export type Asked = 'order' | 'algo-order' | 'amend' | 'cancel' | 'leverage' | 'margin-type' | 'position-side';

const PRICE_TOO_HIGH: Said = [-4016, "Limit price can't be higher than mark price multiplier cap."];
const PRICE_TOO_LOW: Said = [-4024, "Limit price can't be lower than mark price multiplier floor."];
const LEVERAGE_TOO_SMALL: Said = [-2028, 'Leverage is smaller than permitted: insufficient margin balance.'];

/** Reasons whose words depend on more than themselves. */
type Dependent = 'below-minimum-notional' | 'not-modified' | 'mode-locked' | 'price-out-of-range';

const WORDS: Readonly<Record<Exclude<RejectReason, Dependent>, Said>> = {
  'unknown-symbol': [-1121, 'Invalid symbol.'],
  'not-trading': [-4108, 'This symbol is on delivering or delivered or settling or closed or pre-trading.'],
  'reduce-only-symbol': [-4140, 'Invalid symbol status for opening position.'],
  'bad-parameter': [-1130, 'Data sent for a parameter is not valid.'],
  'off-tick': [-4014, 'Price not increased by tick size.'],
  'off-lot': [-4023, 'Qty not increased by step size.'],
  'below-minimum-quantity': [-4004, 'Quantity less than min quantity.'],
  'above-maximum-quantity': [-4005, 'Quantity greater than max quantity.'],
  'trigger-on-wrong-side': [-2021, 'Order would immediately trigger.'],
  'insufficient-margin': [-2019, 'Margin is insufficient.'],
  'leverage-above-tier': [-4028, 'Leverage is not valid'],
  'above-largest-tier': [-2027, 'Exceeded the maximum allowable position at current leverage.'],
  'stop-beyond-liquidation': [-2021, 'Order would immediately trigger.'],
  'protection-on-wrong-side': [-2021, 'Order would immediately trigger.'],
  'nothing-to-reduce': [-2022, 'ReduceOnly Order is rejected.'],
  'duplicate-client-id': [-4116, 'ClientOrderId is duplicated.'],
  'unknown-order': [-2011, 'Unknown order sent.'],
  'order-final': [-2011, 'Unknown order sent.'],
  'too-many-orders': [-2025, 'Reach max open order limit.'],
  'too-many-conditional-orders': [-4045, 'Reach max stop order limit.'],
  'position-index-mismatch': [-4061, "Order's position side does not match user's setting."],
  'no-position': [-4509, 'Time in Force (TIF) GTE can only be used with open positions.'],
  unsupported: [-1020, 'This operation is not supported.'],
};

const NOT_MODIFIED: Readonly<Partial<Record<Asked, Said>>> = {
  amend: [-5027, 'No need to modify the order.'],
  'margin-type': [-4046, 'No need to change margin type.'],
  'position-side': [-4059, 'No need to change position side.'],
};

/** Locked by positions, else by orders. */
const LOCKED: Readonly<Partial<Record<Asked, readonly [Said, Said]>>> = {
  'margin-type': [
    [-4048, 'Margin type cannot be changed if there exists position.'],
    [-4047, 'Margin type cannot be changed if there exists open orders.'],
  ],
  'position-side': [
    [-4068, 'Position side cannot be changed if there exists position.'],
    [-4067, 'Position side cannot be changed if there exists open orders.'],
  ],
};

export interface Circumstances {
  readonly asked: Asked;
  readonly contract?: ListedContract | undefined;
  readonly hasPosition?: boolean | undefined;
  readonly side?: OrderRecord['side'] | undefined;
}

function wordsOf(reason: RejectReason, { asked, contract, hasPosition = false, side }: Circumstances): Said {
  switch (reason) {
    case 'below-minimum-notional': {
      const least = contract === undefined ? '' : numberText(contract.instrument.minNotional);
      return [-4164, `Order's notional must be no smaller than ${least} (unless you choose reduce only).`];
    }
    case 'not-modified':
      return NOT_MODIFIED[asked] ?? WORDS['bad-parameter'];
    case 'mode-locked':
      return LOCKED[asked]?.[hasPosition ? 0 : 1] ?? WORDS.unsupported;
    case 'price-out-of-range':
      return side === 'sell' ? PRICE_TOO_LOW : PRICE_TOO_HIGH;
    case 'insufficient-margin':
      return asked === 'leverage' ? LEVERAGE_TOO_SMALL : WORDS[reason];
    case 'unknown-order':
      return asked === 'amend' ? [-2013, 'Order does not exist.'] : WORDS[reason];
    default:
      return WORDS[reason];
  }
}

/** What the exchange core refused, in Binance's words. */
export function rejection(reason: RejectReason, circumstances: Circumstances): Refused {
  return refused(...wordsOf(reason, circumstances));
}

export const ORDER_UNKNOWN: Refused = refused(-2013, 'Order does not exist.');
export const CANCEL_UNKNOWN: Refused = refused(-2011, 'Unknown order sent.');
export const SYMBOL_INVALID: Refused = refused(-1121, 'Invalid symbol.');

/** An order that came, but ended at once in a way that the venue calls a refusal; undefined: it does not. */
export function refusedAtOnce({ status, cancelReason, timeInForce, filledQuantity }: OrderRecord): Refused | undefined {
  if (status !== 'cancelled' || filledQuantity > 0) return undefined;
  if (cancelReason === 'post-only-would-take') {
    const words = 'Due to the order could not be executed as maker, the Post Only order will be rejected.';
    return refused(-5022, `${words} The order will not be recorded in the order history`);
  }
  if (timeInForce !== 'fok' || cancelReason !== 'no-liquidity') return undefined;
  const words = 'Due to the order could not be filled immediately, the FOK order has been rejected.';
  return refused(-5021, `${words} The order will not be recorded in the order history`);
}

interface Wire {
  readonly status: number;
  readonly code: number | undefined;
  readonly words: string;
}

/** Whoever is not known, and whoever may not, is told the same. */
const NO_KEY: Wire = { status: 401, code: -2015, words: 'Invalid API-key, IP, or permissions for action.' };

const WIRE: Readonly<Record<WireRefusal, Wire>> = {
  'server-timeout': {
    status: 408,
    code: -1007,
    words: 'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
  },
  'server-error': {
    status: 503,
    code: -1006,
    words: 'An unexpected response was received from the message bus. Execution status unknown.',
  },
  overloaded: {
    status: 503,
    code: -1008,
    words:
      'Request throttled by system-level protection. Reduce-only/close-position orders are exempt. Please try again.',
  },
  'rate-limited': {
    status: 429,
    code: -1003,
    words:
      'Too many requests; current limit of IP(127.0.0.1) is 2400 requests per minute. Please use the websocket for live updates to avoid polling the API.',
  },
  banned: {
    status: 418,
    code: -1003,
    words: 'Way too many requests; IP(127.0.0.1) banned. Please use the websocket for live updates to avoid bans.',
  },
  'clock-off': { status: 400, code: -1021, words: 'Timestamp for this request is outside of the recvWindow.' },
  'key-invalid': NO_KEY,
  'key-expired': NO_KEY,
  'signature-invalid': { status: 400, code: -1022, words: 'Signature for this request is not valid.' },
  'address-not-bound': { ...NO_KEY, words: `${NO_KEY.words.slice(0, -1)}, request ip: 127.0.0.1` },
  'permission-missing': NO_KEY,
  // The web server in front says so, in no envelope of the venue's own.
  maintenance: { status: 503, code: undefined, words: 'Service Unavailable.' },
  'order-processing': {
    status: 400,
    code: -4117,
    words: 'Stop order is in triggering process. Please try again later.',
  },
  'duplicate-client-id': { status: 400, code: -4116, words: 'ClientOrderId is duplicated.' },
  'not-modified': { status: 400, code: -4046, words: 'No need to change margin type.' },
  'trigger-refused': { status: 400, code: -2021, words: 'Order would immediately trigger.' },
  'stream-key-unknown': { status: 400, code: -1125, words: 'This listenKey does not exist.' },
};

/** What does not come from the exchange itself, in Binance's words; `message` where it says more than usual. */
export function wireRefusal(refusal: WireRefusal, message?: string): Refused {
  const { status, code, words } = WIRE[refusal];
  return { kind: 'refused', status, code, message: message ?? words };
}
