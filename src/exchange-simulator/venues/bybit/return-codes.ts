// Which code and which words does Bybit have for a refusal?
import type { RejectReason } from '../../core/order-record.ts';
import type { WireRefusal } from '../../faults/fault-pipeline.ts';
import { refused, type BybitAnswer } from './answer.ts';

type Said = readonly [code: number, words: string];

/** What was asked for, where the words depend on it. */
export interface Asked {
  readonly of: 'order' | 'amend' | 'cancel' | 'protect' | 'leverage' | 'margin-mode' | 'position-mode';
  readonly triggerDirection?: 'up' | 'down' | undefined;
  readonly hasPosition?: boolean | undefined;
}

const ORDER_WORDS: Readonly<
  Record<Exclude<RejectReason, 'trigger-on-wrong-side' | 'not-modified' | 'mode-locked'>, Said>
> = {
  'unknown-symbol': [10_001, 'params error: symbol invalid'],
  'not-trading': [110_074, 'This contract is not live'],
  'reduce-only-symbol': [
    110_023,
    'This contract only supports position closing via reduceOnly orders, please contact customer service for details',
  ],
  'bad-parameter': [10_001, 'params error'],
  'off-tick': [10_001, 'Price invalid'],
  'off-lot': [10_001, 'Qty invalid'],
  'below-minimum-quantity': [10_001, 'The number of contracts exceeds minimum limit allowed'],
  'above-maximum-quantity': [10_001, 'The number of contracts exceeds maximum limit allowed'],
  'below-minimum-notional': [110_094, 'Order does not meet minimum order value'],
  'price-out-of-range': [110_003, 'Order price is out of permissible range'],
  'insufficient-margin': [110_007, 'ab not enough for new order'],
  'leverage-above-tier': [110_013, 'Cannot set leverage due to risk limit level'],
  'above-largest-tier': [
    110_090,
    'Order placement failed as your position may exceed the max limit. Please adjust your leverage to increase the max. position limit',
  ],
  'stop-beyond-liquidation': [10_001, 'StopLoss set for the position should not lie beyond liq_price'],
  'protection-on-wrong-side': [10_001, 'StopLoss or TakeProfit lies on the wrong side of base_price'],
  'nothing-to-reduce': [110_017, 'current position is zero, cannot fix reduce-only order qty'],
  'duplicate-client-id': [110_072, 'OrderLinkedID is duplicate'],
  'unknown-order': [110_001, 'order not exists or too late to cancel'],
  'order-final': [110_008, 'Order has been finished or canceled'],
  'too-many-orders': [110_020, 'Cannot have more than 500 active orders.'],
  'too-many-conditional-orders': [110_009, 'The number of stop orders exceeds maximum limit allowed'],
  'position-index-mismatch': [10_001, 'position idx not match position mode'],
  'no-position': [10_001, 'can not set tp/sl/ts for zero position'],
  unsupported: [10_001, 'this is not supported here'],
};

/** Reasons whose detail the venue tells as well. */
const TELLS_DETAIL: ReadonlySet<RejectReason> = new Set([
  'unknown-symbol',
  'bad-parameter',
  'protection-on-wrong-side',
  'stop-beyond-liquidation',
  'below-minimum-notional',
  'unsupported',
]);

const NOT_MODIFIED: Readonly<Record<Asked['of'], Said>> = {
  order: [10_001, 'order not modified'],
  amend: [10_001, 'order not modified'],
  cancel: [110_010, 'Order already cancelled'],
  protect: [34_040, 'not modified'],
  leverage: [110_043, 'leverage not modified'],
  'margin-mode': [110_026, 'Cross/isolated margin mode is not modified'],
  'position-mode': [110_025, 'Position mode is not modified'],
};

function wordsOf(reason: RejectReason, asked: Asked): Said {
  switch (reason) {
    case 'trigger-on-wrong-side':
      return asked.triggerDirection === 'down'
        ? [110_093, 'expect Falling, but trigger_price >= current']
        : [110_092, 'expect Rising, but trigger_price <= current'];
    case 'not-modified':
      return NOT_MODIFIED[asked.of];
    case 'mode-locked':
      if (asked.of === 'margin-mode') return [3_400_045, 'set margin mode failed'];
      return asked.hasPosition === false
        ? [110_028, 'Open orders exist, so you cannot change position mode']
        : [110_024, 'You have an existing position, so position mode cannot be switched'];
    default:
      return ORDER_WORDS[reason];
  }
}

/** What the exchange core refused, in Bybit's words. */
export function rejection(reason: RejectReason, detail: string, asked: Asked): BybitAnswer {
  const [code, words] = wordsOf(reason, asked);
  const message = TELLS_DETAIL.has(reason) && detail !== '' ? `${words}: ${detail}` : words;
  const result = code === 3_400_045 ? { reasons: [{ reasonCode: String(code), reasonMsg: detail }] } : undefined;
  return refused(code, message, result);
}

const WIRE_WORDS: Readonly<Record<WireRefusal, Said>> = {
  'server-timeout': [10_000, 'Server Timeout'],
  'server-error': [10_016, 'Internal System Error.'],
  overloaded: [
    429,
    'The trading service is experiencing a high server load. Please retry if you encounter this error.',
  ],
  'rate-limited': [10_006, 'Too many visits. Exceeded the API Rate Limit.'],
  banned: [10_018, 'access too frequent'],
  'clock-off': [10_002, 'invalid request, please check your server timestamp or recv_window param'],
  'key-invalid': [10_003, 'API key is invalid.'],
  'key-expired': [33_004, 'Your api key has expired.'],
  'signature-invalid': [10_004, 'error sign! please check your signature generation algorithm.'],
  'address-not-bound': [10_010, "Unmatched IP, please check your API key's bound IP addresses."],
  'permission-missing': [10_005, 'Permission denied, please check your API key permissions.'],
  maintenance: [10_019, 'The service is restarting, please retry later.'],
  'order-processing': [110_079, 'The order is processing and can not be operated, please try again later'],
  'duplicate-client-id': ORDER_WORDS['duplicate-client-id'],
  'not-modified': NOT_MODIFIED.leverage,
  'trigger-refused': [110_092, 'expect Rising, but trigger_price <= current'],
  'stream-key-unknown': [10_003, 'API key is invalid.'],
};

/** A setting that is so already, in the words for what was asked. */
export function notModified(of: Asked['of']): BybitAnswer {
  return refused(...NOT_MODIFIED[of]);
}

/** What does not come from the exchange itself, in Bybit's words; `message` where it says more than usual. */
export function wireRefusal(refusal: WireRefusal, message?: string): BybitAnswer {
  const [code, words] = WIRE_WORDS[refusal];
  const status = refusal === 'banned' ? 403 : refusal === 'maintenance' ? 503 : 200;
  return { kind: 'refused', code, message: message ?? words, status };
}
