// Which failure is which of Bybit's return codes? One table; what is not in it is REFUSED.
import type { VenueErrorCode } from '../../../domain/venue-error.ts';

interface Meaning {
  readonly code: VenueErrorCode;
  /** A write may have been carried out all the same. */
  readonly unsure: boolean;
}

const sure = (code: VenueErrorCode): Meaning => ({ code, unsure: false });
const unsure = (code: VenueErrorCode): Meaning => ({ code, unsure: true });

const each = (codes: readonly number[], meaning: Meaning): readonly (readonly [string, Meaning])[] =>
  codes.map((code) => [String(code), meaning]);

/** What was to be changed is so already: leverage, margin mode, position mode, margin, stops. */
const UNCHANGED: ReadonlySet<string> = new Set(['110025', '110026', '110027', '110043', '34036', '34040']);

const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ...each([10_000], unsure('TIMEOUT')),
  ...each([10_016, 429, 340_099], unsure('OVERLOADED')),
  ...each([10_019], unsure('MAINTENANCE')),
  // The same request was received before: what became of the first one is not said.
  ...each([10_014, 110_030, 110_072], unsure('ORDER_ID_TAKEN')),
  ...each([110_079], sure('ORDER_BUSY')),
  ...each([10_002], sure('CLOCK_OFF')),
  ...each([10_003, 10_007], sure('KEY_INVALID')),
  ...each([10_004], sure('SIGNATURE_INVALID')),
  ...each([33_004], sure('KEY_EXPIRED')),
  ...each([10_005, 10_029], sure('PERMISSION_MISSING')),
  ...each([10_010], sure('IP_NOT_ALLOWED')),
  ...each([10_006, 10_018], sure('RATE_LIMITED')),
  ...each([10_009], sure('BANNED')),
  ...each([10_008, 10_020, 10_024, 10_027, 10_028, 100_028, 110_066, 110_067, 110_068], sure('ACCOUNT_RESTRICTED')),
  ...each([10_017], sure('UNSUPPORTED')),
  ...each([110_001, 170_213], sure('ORDER_NOT_FOUND')),
  ...each([110_008, 110_010], sure('ORDER_FINAL')),
  ...each([110_003, 110_120, 110_121], sure('PRICE_REFUSED')),
  ...each(
    [
      110_004, 110_006, 110_007, 110_011, 110_012, 110_014, 110_039, 110_040, 110_044, 110_045, 110_046, 110_051,
      110_052,
    ],
    sure('MARGIN_INSUFFICIENT'),
  ),
  ...each([110_053], sure('MARGIN_INSUFFICIENT')),
  ...each([110_009, 110_020, 110_061], sure('ORDERS_TOO_MANY')),
  ...each([110_013, 110_036, 110_038, 110_085, 110_086, 110_089], sure('LEVERAGE_REFUSED')),
  ...each([110_016, 110_021, 110_022, 110_090], sure('ABOVE_MAXIMUM')),
  ...each([110_017, 110_034], sure('REDUCE_ONLY_REFUSED')),
  ...each([110_023, 110_042, 110_063, 110_074, 30_228], sure('SYMBOL_NOT_TRADING')),
  ...each([110_024, 110_028, 110_073, 3_400_045], sure('MODE_LOCKED')),
  ...each([110_015, 110_029], sure('MODE_MISMATCH')),
  ...each([110_092, 110_093], sure('TRIGGER_REFUSED')),
  ...each([110_094], sure('BELOW_MINIMUM')),
  ...each([110_018, 110_019, 110_032, 110_050, 110_057, 110_059, 110_060], sure('PARAMETER_REFUSED')),
]);

/** Bybit's code for wrong parameters stands for much; its words tell what. The first that fits counts. */
const PARAMETER_WORDS: readonly (readonly [RegExp, VenueErrorCode])[] = [
  [/apiTimestamp\[|apiKey\[/i, 'KEY_INVALID'],
  [/req_timestamp|recv_window/i, 'CLOCK_OFF'],
  [/position idx not match/i, 'MODE_MISMATCH'],
  [/symbol.{0,20}(invalid|not exist|illegal)|(invalid|illegal|unknown).{0,20}symbol/i, 'SYMBOL_UNKNOWN'],
  [/duplicate/i, 'ORDER_ID_TAKEN'],
  [/minimum limit|less than (the )?min|lower limit|too small/i, 'BELOW_MINIMUM'],
  [/maximum limit|greater than (the )?max|upper limit|too (big|large)/i, 'ABOVE_MAXIMUM'],
  [/zero position|truncated to zero|position is zero/i, 'REDUCE_ONLY_REFUSED'],
  [/stop_?loss|take_?profit|tp\/sl|trigger|base_price|liq_price/i, 'TRIGGER_REFUSED'],
  [
    /(qty|quantity|price) ?(is )?(invalid|not a multiple)|(invalid|illegal) (qty|quantity|price)|step|tick/i,
    'OFF_GRID',
  ],
];

/** A key of another environment is refused with a hint at the environments. */
const ENVIRONMENT_WORDS = /key and domain|mainnet|testnet/i;

export type ReturnCodeMeaning = Meaning | 'done' | 'unchanged';

/** What Bybit's `retCode` says; `words` is its `retMsg`. */
export function meaningOf(returnCode: string, words: string): ReturnCodeMeaning {
  if (returnCode === '0') return 'done';
  if (UNCHANGED.has(returnCode)) return 'unchanged';
  if (returnCode === '10001') {
    const [, code = 'PARAMETER_REFUSED'] = PARAMETER_WORDS.find(([pattern]) => pattern.test(words)) ?? [];
    return code === 'ORDER_ID_TAKEN' ? unsure(code) : sure(code);
  }
  if (returnCode === '10003' && ENVIRONMENT_WORDS.test(words)) return sure('KEY_OF_OTHER_ENVIRONMENT');
  return MEANINGS.get(returnCode) ?? sure('REFUSED');
}
