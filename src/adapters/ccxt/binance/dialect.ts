// What does a reply of Binance mean? A status, a body, and where it refuses a code in it.
import { z } from 'zod';
import { MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';
import { NO_NEWS, type LimitNews } from '../budget/request-budget.ts';
import type { AnsweredRequest, Dialect, Reading, Refusal } from '../reading.ts';
import { strangersIn } from '../known-fields.ts';
import type { RawReply } from '../wire.ts';
import { BINANCE_FIELDS, BINANCE_REPLIES } from './known-fields.ts';
import { ORDERS_LONG, ORDERS_SHORT, WEIGHT } from './requests.ts';
import { meaningOf } from './return-codes.ts';

/** Binance shuts an address out for at least so long. */
const SHORTEST_BAN_MS = 2 * MINUTE_MS;
const LONGEST_BLOCK_MS = 60 * MINUTE_MS;

const refusalShape = z.object({ code: z.int(), msg: z.string().nullish() });

export const binanceDialect: Dialect = {
  venue: 'binance',
  name: 'Binance',
  read,
  limitNews,
  strangers: (path, value) => strangersIn(value, BINANCE_FIELDS.get(BINANCE_REPLIES[path])),
  unchangedValue: { code: 200, msg: 'success' },
};

const refused = (refusal: Refusal): Reading => ({ kind: 'refused', refusal });

function read({ status, value, text }: RawReply): Reading {
  const said = refusalShape.safeParse(value);
  const code = said.success && said.data.code < 0 ? said.data.code : undefined;
  const words = said.data?.msg ?? '';
  if (status === 418)
    return refused({ code: 'BANNED', words: 'this address is shut out', unsure: false, venueCode: '418' });
  if (status === 403 || status === 451) return refused(notServed(status));
  if (status === 429) {
    return refused({ code: 'RATE_LIMITED', words: 'too many requests', unsure: false, venueCode: String(code ?? 429) });
  }
  if (status === 503 && code !== -1008) return refused(unavailable(code === undefined ? text : words));
  if (code !== undefined) {
    const meaning = meaningOf(code);
    if (meaning === 'unchanged') return { kind: 'unchanged' };
    return refused({ ...meaning, words, venueCode: String(code) });
  }
  if (status >= 200 && status <= 299 && typeof value === 'object' && value !== null) return { kind: 'done', value };
  const isServerError = status >= 500;
  const kind = isServerError ? 'OVERLOADED' : 'REPLY_INVALID';
  return refused({ code: kind, words: `a reply with HTTP status ${status} that is not Binance's`, unsure: true });
}

/** Its firewall, or its list of countries. */
function notServed(status: number): Refusal {
  if (status === 451) {
    return { code: 'ACCOUNT_RESTRICTED', words: 'not served in this country', unsure: false, venueCode: '451' };
  }
  return { code: 'BANNED', words: 'this address is shut out', unsure: false, venueCode: '403' };
}

/** Only one of its ways to say so means that nothing was done. */
function unavailable(words: string): Refusal {
  const isSure = /service unavailable/i.test(words) && !/unknown/i.test(words) && !/<html/i.test(words);
  return { code: 'OVERLOADED', words: 'the service is unavailable', unsure: !isSure, venueCode: '503' };
}

const HEADERS: readonly (readonly [header: string, limit: string])[] = [
  ['x-mbx-used-weight-1m', WEIGHT],
  ['x-mbx-order-count-10s', ORDERS_SHORT],
  ['x-mbx-order-count-1m', ORDERS_LONG],
];

function limitNews({ reply, reading, now, venueAheadMs }: AnsweredRequest): LimitNews {
  const counts = HEADERS.flatMap(([header, limit]) => {
    const text = reply.headers.get(header);
    return text !== undefined && /^\d{1,9}$/.test(text) ? [{ limit, used: Number(text) }] : [];
  });
  const refusal = reading.kind === 'refused' ? reading.refusal : undefined;
  if (refusal?.code !== 'BANNED' && refusal?.code !== 'RATE_LIMITED')
    return counts.length === 0 ? NO_NEWS : { counts, blocks: [] };
  const told = [bannedUntil(reply.text, now + venueAheadMs), retryAfter(reply)].filter((ms) => ms !== undefined);
  const usual = refusal.code === 'BANNED' ? SHORTEST_BAN_MS : MINUTE_MS - ((now + venueAheadMs) % MINUTE_MS);
  const forMs = Math.min(told.length === 0 ? usual : Math.max(...told), LONGEST_BLOCK_MS);
  // Too many orders do not hinder questions.
  const block =
    refusal.venueCode === '-1015'
      ? { limit: ORDERS_SHORT, forMs: 10 * SECOND_MS }
      : { forMs, isBan: refusal.code === 'BANNED' };
  return { counts, blocks: [block] };
}

/** Milliseconds until the time that a ban names, the venue's clock. */
function bannedUntil(text: string, venueNow: number): number | undefined {
  const found = /until (\d{13})/.exec(text.slice(0, 1_000));
  return found === null ? undefined : Math.max(0, Number(found[1]) - venueNow);
}

function retryAfter({ headers }: RawReply): number | undefined {
  const seconds = headers.get('retry-after');
  return seconds !== undefined && /^\d{1,6}$/.test(seconds) ? Number(seconds) * SECOND_MS : undefined;
}
