// Does every return code of Bybit that is known have its own meaning?
import { expect, test } from 'vitest';
import type { VenueErrorCode } from '../../../domain/venue-error.ts';
import { meaningOf } from './return-codes.ts';

const EXPECTED: Readonly<Partial<Record<VenueErrorCode, readonly number[]>>> = {
  TIMEOUT: [10_000],
  CLOCK_OFF: [10_002],
  KEY_INVALID: [10_003],
  SIGNATURE_INVALID: [10_004],
  KEY_EXPIRED: [33_004],
  PERMISSION_MISSING: [10_005, 10_029],
  IP_NOT_ALLOWED: [10_010],
  RATE_LIMITED: [10_006, 10_018],
  BANNED: [10_009],
  ACCOUNT_RESTRICTED: [10_027, 10_028, 10_024],
  OVERLOADED: [10_016, 429],
  MAINTENANCE: [10_019],
  ORDER_NOT_FOUND: [110_001, 170_213],
  PRICE_REFUSED: [110_003, 110_120, 110_121],
  MARGIN_INSUFFICIENT: [110_004, 110_006, 110_007, 110_012, 110_014, 110_044, 110_045, 110_051, 110_052, 110_053],
  ORDER_FINAL: [110_008, 110_010],
  ORDERS_TOO_MANY: [110_009, 110_020],
  LEVERAGE_REFUSED: [110_013, 110_085, 110_086, 110_089],
  ABOVE_MAXIMUM: [110_016, 110_090],
  REDUCE_ONLY_REFUSED: [110_017],
  SYMBOL_NOT_TRADING: [110_023, 110_042, 110_074, 30_228],
  MODE_LOCKED: [110_024, 110_028, 3_400_045],
  ORDER_ID_TAKEN: [10_014, 110_072],
  ORDER_BUSY: [110_079],
  TRIGGER_REFUSED: [110_092, 110_093],
  BELOW_MINIMUM: [110_094],
};
const UNSURE = new Set([10_000, 10_016, 429, 10_019, 10_014, 110_072]);

test.each(Object.entries(EXPECTED))('%s', (code, numbers) => {
  for (const number of numbers ?? [])
    expect([number, meaningOf(String(number), '')]).toEqual([number, { code, unsure: UNSURE.has(number) }]);
});

test('0 is done, and what is so already is no failure', () => {
  expect(meaningOf('0', 'OK')).toBe('done');
  for (const number of ['110025', '110026', '110043', '34040']) expect(meaningOf(number, '')).toBe('unchanged');
});

test('an unknown code is a refusal, not a doubt', () => {
  for (const number of ['999999', '-1', '1']) expect(meaningOf(number, '')).toEqual({ code: 'REFUSED', unsure: false });
});

test.each([
  ['params error: symbol invalid NOSUCHUSDT', 'SYMBOL_UNKNOWN'],
  ['params error: Symbol Is Invalid', 'SYMBOL_UNKNOWN'],
  ['Not supported symbols', 'PARAMETER_REFUSED'],
  ['position idx not match position mode', 'MODE_MISMATCH'],
  ['The number of contracts exceeds minimum limit allowed', 'BELOW_MINIMUM'],
  ['The number of contracts exceeds maximum limit allowed', 'ABOVE_MAXIMUM'],
  ['Qty invalid', 'OFF_GRID'],
  ['Price invalid', 'OFF_GRID'],
  ['can not set tp/sl/ts for zero position', 'REDUCE_ONLY_REFUSED'],
  ['StopLoss set for the position should not lie beyond liq_price', 'TRIGGER_REFUSED'],
  ['empty value: apiTimestamp[] apiKey[] apiSignature[]', 'KEY_INVALID'],
  ['OrderLinkedID is duplicate', 'ORDER_ID_TAKEN'],
  ['something else', 'PARAMETER_REFUSED'],
])('a wrong parameter is told apart by its words: %s', (words, code) => {
  expect(meaningOf('10001', words)).toMatchObject({ code });
});

test('a key of another environment is told apart by its words', () => {
  expect(meaningOf('10003', 'API key is invalid.')).toMatchObject({ code: 'KEY_INVALID' });
  const words = 'API key is invalid. Check whether the key and domain are matched, there are 4 env: mainnet, testnet';
  expect(meaningOf('10003', words)).toMatchObject({ code: 'KEY_OF_OTHER_ENVIRONMENT' });
});
