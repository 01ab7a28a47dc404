// Which failure is which of Binance's codes? One table; what is not in it is REFUSED.
import type { VenueErrorCode } from '../../../domain/venue-error.ts';

interface Meaning {
  readonly code: VenueErrorCode;
  /** A write may have been carried out all the same. */
  readonly unsure: boolean;
}

const each = (
  codes: readonly number[],
  code: VenueErrorCode,
  unsure = false,
): readonly (readonly [number, Meaning])[] => codes.map((number) => [number, { code, unsure }]);

/** What was to be changed is so already: margin mode, position mode. */
const UNCHANGED: ReadonlySet<number> = new Set([-4046, -4059]);

const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  ...each([-1006, -1007], 'TIMEOUT', true),
  ...each([-1000, -1001], 'OVERLOADED', true),
  ...each([-1008], 'OVERLOADED'),
  ...each([-1016], 'MAINTENANCE', true),
  ...each([-4115, -4116], 'ORDER_ID_TAKEN', true),
  ...each([-4117], 'ORDER_BUSY'),
  ...each([-1021, -5028], 'CLOCK_OFF'),
  ...each([-1002, -2008, -2014, -2015], 'KEY_INVALID'),
  ...each([-1022], 'SIGNATURE_INVALID'),
  ...each([-1003, -1015], 'RATE_LIMITED'),
  ...each([-1109, -2017, -2023, -4087, -4088, -4192, -4400, -4401, -4402, -4403, -4411], 'ACCOUNT_RESTRICTED'),
  ...each([-1020, -2026, -4120], 'UNSUPPORTED'),
  ...each([-1121, -4144], 'SYMBOL_UNKNOWN'),
  ...each([-2016, -4108, -4140, -4141], 'SYMBOL_NOT_TRADING'),
  ...each([-2011, -2013], 'ORDER_NOT_FOUND'),
  ...each([-2018, -2019, -4050, -4051], 'MARGIN_INSUFFICIENT'),
  ...each([-2022, -2024, -4118, -4509], 'REDUCE_ONLY_REFUSED'),
  ...each([-4003, -4004, -4164], 'BELOW_MINIMUM'),
  ...each([-2027, -4005], 'ABOVE_MAXIMUM'),
  ...each([-1111, -4014, -4023], 'OFF_GRID'),
  ...each([-2020, -4002, -4013, -4016, -4024, -4131, -4183, -4184, -5021, -5022], 'PRICE_REFUSED'),
  ...each([-2021, -4142], 'TRIGGER_REFUSED'),
  ...each([-2028, -4028, -4161], 'LEVERAGE_REFUSED'),
  ...each([-2025, -4045, -4130], 'ORDERS_TOO_MANY'),
  ...each([-4060, -4061], 'MODE_MISMATCH'),
  ...each([-4047, -4048, -4067, -4068], 'MODE_LOCKED'),
  ...each([-1013, -1100, -1101, -1102, -1103, -1104, -1105, -1106, -1108, -1112, -1114], 'PARAMETER_REFUSED'),
  ...each([-1115, -1116, -1117, -1118, -1119, -1120, -1125, -1127, -1128, -1130, -1131], 'PARAMETER_REFUSED'),
  ...each([-2010, -4001, -4015, -4062, -4114, -4136, -4137], 'PARAMETER_REFUSED'),
]);

export type CodeMeaning = Meaning | 'unchanged';

/** What one of Binance's negative codes says. */
export function meaningOf(code: number): CodeMeaning {
  if (UNCHANGED.has(code)) return 'unchanged';
  return MEANINGS.get(code) ?? { code: 'REFUSED', unsure: false };
}
