// How does the Binance USD-M stream speak? Lower-case stream names, numbered requests, an account stream behind a listen key.
import { z } from 'zod';
import { INTERVAL_NAMES, parseInterval } from '../../../domain/time.ts';
import type { StreamTopic } from '../../../ports/venue-streams.ts';
import { BINANCE_EVENTS } from '../binance/known-fields.ts';
import { strangersIn } from '../known-fields.ts';
import {
  accountUpdate,
  algoUpdate,
  executionOfTrade,
  orderOfAlgo,
  orderOfTrade,
  positionOfUpdate,
  tradeUpdate,
} from './binance-account-rows.ts';
import { candleOf } from './candle-values.ts';
import { parseFrame } from './frame-json.ts';
import type { StreamMessage, StreamProtocol } from './stream-protocol.ts';
import { decimal, faultOf, instant, optionalDecimal, wireSymbol } from './wire-values.ts';

const SYMBOL = /^[A-Z0-9]{2,40}$/;
/** Events that tell nothing that the port knows. */
const IGNORED: ReadonlySet<string> = new Set([
  'TRADE_LITE',
  'MARGIN_CALL',
  'ACCOUNT_CONFIG_UPDATE',
  'STRATEGY_UPDATE',
  'GRID_UPDATE',
  'CONDITIONAL_ORDER_TRIGGER_REJECT',
]);

export function createBinanceProtocol(): StreamProtocol {
  return {
    channelOf: (topic) => (topic.kind === 'candle' || topic.kind === 'ticker' ? 'public' : 'private'),
    namesOf,
    login: () => undefined,
    subscribe: (names, id) => JSON.stringify({ method: 'SUBSCRIBE', params: names, id: Number(id) }),
    unsubscribe: (names, id) => JSON.stringify({ method: 'UNSUBSCRIBE', params: names, id: Number(id) }),
    namesPerRequest: 50,
    ping: undefined,
    read,
  };
}

/** A ticker is two streams: the 24 hours' trade, and mark price with funding. The account's events come by themselves. */
function namesOf(topic: StreamTopic): readonly string[] | undefined {
  if (topic.kind !== 'candle' && topic.kind !== 'ticker') return [];
  if (!SYMBOL.test(topic.symbol)) return undefined;
  const symbol = topic.symbol.toLowerCase();
  if (topic.kind === 'ticker') return [`${symbol}@ticker`, `${symbol}@markPrice@1s`];
  const interval = INTERVAL_NAMES.find((name) => parseInterval(name) === topic.intervalMs);
  return interval === undefined ? undefined : [`${symbol}@kline_${interval}`];
}

const answerShape = z.object({
  id: z.union([z.number(), z.string(), z.null()]).optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number().optional(), msg: z.string().optional() }).optional(),
  code: z.number().optional(),
  msg: z.string().optional(),
});
const klineEvent = z.object({
  s: wireSymbol,
  k: z.object({
    t: z.number(),
    i: z.string(),
    o: z.string(),
    h: z.string(),
    l: z.string(),
    c: z.string(),
    v: z.string(),
    x: z.boolean(),
  }),
});
const tickerEvent = z.object({ s: wireSymbol, c: decimal.pipe(z.number().positive()), q: decimal });
const markEvent = z.object({
  s: wireSymbol,
  p: decimal.pipe(z.number().positive()),
  r: optionalDecimal,
  T: instant.optional(),
});

function read(payload: string): readonly StreamMessage[] {
  const value = parseFrame(payload);
  const event = eventOf(value);
  if (event !== undefined) return [...strangersOf(event), ...readEvent(event.e, event)];
  const answer = answerShape.safeParse(value);
  return [answer.success ? answerOf(answer.data) : unreadable(`a message: ${faultOf(answer.error)}`)];
}

function strangersOf(event: { readonly e: string }): readonly StreamMessage[] {
  const names = strangersIn(event, BINANCE_EVENTS.get(event.e));
  return names.length === 0 ? [] : [{ kind: 'strangers', of: event.e, names }];
}

/** The event itself, or the one inside the envelope of a combined stream. */
function eventOf(value: unknown): { readonly e: string } | undefined {
  const inner = isRecord(value) && 'stream' in value ? value['data'] : value;
  return isRecord(inner) && typeof inner['e'] === 'string' ? { ...inner, e: inner['e'] } : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Binance answers what it refuses with an error, sometimes without saying to what. */
function answerOf({ id, error, code, msg }: z.output<typeof answerShape>): StreamMessage {
  const refusal = error ?? (code === undefined ? undefined : { code, msg });
  const words = refusal === undefined ? undefined : `${refusal.code ?? ''} ${refusal.msg ?? ''}`.trim().slice(0, 200);
  const known = String(id ?? '') || undefined;
  if (known === undefined && words === undefined) return unreadable('a message of an unknown kind');
  return { kind: 'answer', id: known, refusal: words };
}

function readEvent(name: string, event: unknown): readonly StreamMessage[] {
  switch (name) {
    case 'kline':
      return meaning(name, klineEvent.safeParse(event), candlesOf);
    case '24hrTicker':
      return meaning(name, tickerEvent.safeParse(event), ({ s, c, q }) => [
        { kind: 'ticker', symbol: s, whole: false, patch: { lastPrice: c, tradedValue24h: q } },
      ]);
    case 'markPriceUpdate':
      return meaning(name, markEvent.safeParse(event), ({ s, p, r, T }) => {
        const funding = r === undefined || T === undefined ? {} : { fundingRate: r, nextFundingTime: T };
        return [{ kind: 'ticker', symbol: s, whole: false, patch: { markPrice: p, ...funding } }];
      });
    case 'ORDER_TRADE_UPDATE':
      return meaning(name, tradeUpdate.safeParse(event), ({ o }) => {
        const execution = executionOfTrade(o);
        const order = { kind: 'order', order: orderOfTrade(o) } as const;
        return execution === undefined ? [order] : [order, { kind: 'execution', execution }];
      });
    case 'ALGO_UPDATE':
      return meaning(name, algoUpdate.safeParse(event), (update) => [{ kind: 'order', order: orderOfAlgo(update) }]);
    case 'ACCOUNT_UPDATE':
      return meaning(name, accountUpdate.safeParse(event), accountOf);
    case 'listenKeyExpired':
      return [{ kind: 'over', reason: 'the listen key has expired' }];
    default:
      return IGNORED.has(name) ? [] : [unreadable(`an event of an unknown kind: ${name.slice(0, 40)}`)];
  }
}

function meaning<Event>(
  name: string,
  parsed: z.ZodSafeParseResult<Event>,
  meaningOf: (event: Event) => readonly StreamMessage[],
): readonly StreamMessage[] {
  return parsed.success ? meaningOf(parsed.data) : [unreadable(`${name}: ${faultOf(parsed.error)}`)];
}

function candlesOf({ s, k }: z.output<typeof klineEvent>): readonly StreamMessage[] {
  const intervalMs = parseInterval(k.i);
  if (intervalMs === undefined) return [unreadable(`a candle of ${s} of unknown length`)];
  const candle = candleOf(k.t, intervalMs, { open: k.o, high: k.h, low: k.l, close: k.c, volume: k.v });
  if (candle === undefined) return [unreadable(`a candle of ${s} with values that no market makes`)];
  return [{ kind: 'candle', symbol: s, intervalMs, candle, confirmed: k.x }];
}

/** Balances come without what is free or open in them, so the event only says that they changed. */
function accountOf({ T, a }: z.output<typeof accountUpdate>): readonly StreamMessage[] {
  const positions = a.P.map((row): StreamMessage => {
    const side = row.ps === 'BOTH' ? '' : row.ps.toLowerCase();
    return { kind: 'position', symbol: row.s, side, position: positionOfUpdate(row, T), updatedAt: T };
  });
  return a.B.length === 0 ? positions : [...positions, { kind: 'balance', balance: undefined, updatedAt: T }];
}

function unreadable(reason: string): StreamMessage {
  return { kind: 'unreadable', reason };
}
