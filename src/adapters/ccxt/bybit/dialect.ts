// What does a reply of Bybit mean? An envelope with a return code, or what the servers in front of it say.
import { z } from 'zod';
import { NO_NEWS, type LimitNews } from '../budget/request-budget.ts';
import type { AnsweredRequest, Dialect, Reading, Refusal } from '../reading.ts';
import { strangersIn } from '../known-fields.ts';
import type { RawReply } from '../wire.ts';
import { BYBIT_FIELDS, BYBIT_REPLIES } from './known-fields.ts';
import { ADDRESS_LIMIT } from './requests.ts';
import { meaningOf } from './return-codes.ts';

/** Bybit shuts an address out for at least so long. */
const BAN_MS = 600_000;
/** The window of the limits of an endpoint, and of an address. */
const GROUP_WINDOW_MS = 1_000;
const ADDRESS_WINDOW_MS = 5_000;

const envelope = z.object({
  retCode: z.union([z.int(), z.string().regex(/^-?\d{1,9}$/)]).transform(String),
  retMsg: z.string().nullish(),
});

export const bybitDialect: Dialect = {
  venue: 'bybit',
  name: 'Bybit',
  read,
  limitNews,
  strangers: (path, value) => strangersIn(resultIn(value), BYBIT_FIELDS.get(BYBIT_REPLIES[path])),
  unchangedValue: { retCode: 0, retMsg: 'OK', result: {} },
};

const resultIn = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'result' in value ? value.result : undefined;

const refused = (refusal: Refusal): Reading => ({ kind: 'refused', refusal });

function read(reply: RawReply, now: number): Reading {
  const { status, text, value } = reply;
  if (status === 403) return refused(shutOut(text, now));
  const parsed = envelope.safeParse(value);
  if (!parsed.success) return refused(noEnvelope(status));
  const { retCode, retMsg } = parsed.data;
  const words = retMsg ?? '';
  const meaning = meaningOf(retCode, words);
  if (meaning === 'done' && (status < 200 || status > 299)) return refused(noEnvelope(status));
  if (meaning === 'done') return { kind: 'done', value };
  if (meaning === 'unchanged') return { kind: 'unchanged' };
  return refused({ ...meaning, words, venueCode: retCode });
}

/** The address is shut out: for a while for too many requests, for good for its country. */
function shutOut(text: string, now: number): Refusal {
  const isForCountry = /country|region|geo/i.test(text);
  if (isForCountry)
    return { code: 'ACCOUNT_RESTRICTED', words: 'not served in this country', unsure: false, venueCode: '403' };
  return { code: 'BANNED', words: 'this address is shut out', unsure: false, venueCode: '403', retryAt: now + BAN_MS };
}

/** HTML, nothing, or a part of a reply. */
function noEnvelope(status: number): Refusal {
  if (status === 429) return { code: 'RATE_LIMITED', words: 'too many requests', unsure: false, venueCode: '429' };
  const code = status >= 500 ? 'OVERLOADED' : 'REPLY_INVALID';
  return { code, words: `a reply with HTTP status ${status} that is not Bybit's`, unsure: true };
}

const headerNumber = ({ headers }: RawReply, name: string): number | undefined => {
  const text = headers.get(name);
  return text !== undefined && /^\d{1,16}$/.test(text) ? Number(text) : undefined;
};

/** The headers speak of the endpoint that was asked; times in them are the venue's. */
function limitNews({ reply, reading, request, now, venueAheadMs }: AnsweredRequest): LimitNews {
  const group = request.costs.find(({ limit }) => limit !== ADDRESS_LIMIT)?.limit;
  const refusal = reading.kind === 'refused' ? reading.refusal : undefined;
  if (refusal?.code === 'BANNED') return { counts: [], blocks: [{ forMs: BAN_MS, isBan: true }] };
  if (refusal?.venueCode === '10018') return { counts: [], blocks: [{ forMs: ADDRESS_WINDOW_MS }] };
  const max = headerNumber(reply, 'x-bapi-limit');
  const left = headerNumber(reply, 'x-bapi-limit-status');
  const isLimited = refusal?.code === 'RATE_LIMITED';
  if (!isLimited && (group === undefined || max === undefined || left === undefined)) return NO_NEWS;
  const counts =
    group === undefined || max === undefined || left === undefined ? [] : [{ limit: group, max, used: max - left }];
  if (!isLimited && left !== 0) return { counts, blocks: [] };
  const resetAt = headerNumber(reply, 'x-bapi-limit-reset-timestamp');
  const untilReset = resetAt === undefined ? GROUP_WINDOW_MS : resetAt - venueAheadMs - now;
  const forMs = Math.min(Math.max(untilReset, isLimited ? GROUP_WINDOW_MS : 0), 60_000);
  return { counts, blocks: forMs > 0 ? [{ limit: group, forMs }] : [] };
}
