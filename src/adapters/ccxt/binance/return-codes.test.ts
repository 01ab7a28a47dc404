// Does every code of Binance that is known have its own meaning?
import { expect, test } from 'vitest';
import type { VenueErrorCode } from '../../../domain/venue-error.ts';
import { meaningOf } from './return-codes.ts';

const EXPECTED: Readonly<Partial<Record<VenueErrorCode, readonly number[]>>> = {
  OVERLOADED: [-1001, -1008],
  TIMEOUT: [-1006, -1007],
  RATE_LIMITED: [-1003, -1015],
  CLOCK_OFF: [-1021],
  SIGNATURE_INVALID: [-1022],
  KEY_INVALID: [-2014, -2015],
  OFF_GRID: [-1111, -4014, -4023],
  BELOW_MINIMUM: [-4003, -4004, -4164],
  ABOVE_MAXIMUM: [-4005, -2027],
  PARAMETER_REFUSED: [-2010],
  REDUCE_ONLY_REFUSED: [-2022, -2024, -4118],
  ORDER_ID_TAKEN: [-4116],
  ORDER_NOT_FOUND: [-2011, -2013],
  MARGIN_INSUFFICIENT: [-2018, -2019],
  PRICE_REFUSED: [-2020, -4131, -5021, -5022],
  TRIGGER_REFUSED: [-2021],
  ACCOUNT_RESTRICTED: [-2023, -4192, -4400],
  ORDERS_TOO_MANY: [-2025],
  LEVERAGE_REFUSED: [-2028],
  MODE_LOCKED: [-4048, -4067],
  MODE_MISMATCH: [-4061],
  SYMBOL_NOT_TRADING: [-4140, -4108],
  SYMBOL_UNKNOWN: [-1121],
  UNSUPPORTED: [-4120],
};
const UNSURE = new Set([-1001, -1006, -1007, -4116]);

test.each(Object.entries(EXPECTED))('%s', (code, numbers) => {
  for (const number of numbers ?? [])
    expect([number, meaningOf(number)]).toEqual([number, { code, unsure: UNSURE.has(number) }]);
});

test('what is so already is no failure', () => {
  for (const number of [-4046, -4059]) expect(meaningOf(number)).toBe('unchanged');
});

test('an unknown code is a refusal, not a doubt', () => {
  expect(meaningOf(-9999)).toEqual({ code: 'REFUSED', unsure: false });
});
