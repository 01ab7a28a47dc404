// Does an exit wait for the funding that fell on its position, and for nothing else?
import { expect, it } from 'vitest';
import type { OpenTrade } from '../../engine/state.ts';
import type { VenueExecution } from '../../ports/venue-account.ts';
import { awaitsFunding, type FundingWait } from './awaited-funding.ts';

const HOUR = 3_600_000;
const STAMP = 1_717_228_800_000;
const exit: VenueExecution = {
  kind: 'trade',
  executionId: 'x',
  symbol: 'AUSDT',
  venueOrderId: 'o',
  clientOrderId: 'c',
  side: 'sell',
  quantity: 1,
  price: 100,
  fee: 0.1,
  feeText: '0.1',
  rate: undefined,
  liquidity: 'taker',
  origin: 'client',
  time: STAMP,
};
const heldSince = (entryTime: number) => ({ entryTime }) as OpenTrade;
const WAIT: FundingWait = {
  trade: heldSince(STAMP - HOUR),
  intervalHours: 8,
  fundedAt: STAMP - 8 * HOUR,
  now: STAMP + 300,
  deadlineMs: 10_000,
};

it.each<[string, boolean, Partial<FundingWait>, Partial<VenueExecution>?]>([
  ['an exit at the stamp waits', true, {}],
  ['an exit just after it waits', true, {}, { time: STAMP + 200 }],
  ['the funding itself does not', false, {}, { kind: 'funding' }],
  ['nor does one whose funding is known', false, { fundedAt: STAMP }],
  ['nor one of a position that was opened at the stamp', false, { trade: heldSince(STAMP) }],
  ['nor one where nothing is held', false, { trade: undefined }],
  ['nor for longer than it may', false, { now: STAMP + 10_000 }],
  ['nor one that happened long after it', false, { now: STAMP + HOUR }, { time: STAMP + HOUR }],
  ['every hour is a stamp where funding is hourly', true, { intervalHours: 1 }, {}],
  ['an unknown spacing is eight hours', true, { intervalHours: undefined }],
])('%s', (_name, waits, wait, more = {}) => {
  expect(awaitsFunding({ ...exit, ...more }, { ...WAIT, ...wait })).toBe(waits);
});
