// How is a venue asked? One ccxt exchange behind budget, clock, deadline and retries; out come checked values or VenueErrors.
import type { z } from 'zod';
import { VenueError, type VenueFailure } from '../../domain/venue-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { VenueName } from '../../ports/venue-connection.ts';
import { NO_NEWS, type Cost, type LimitNews, type RequestBudget } from './budget/request-budget.ts';
import type { ClockOffset } from './clock-offset.ts';
import type { NoticeListener } from './notice.ts';
import { failureOf, type Dialect, type Reading, type Refusal } from './reading.ts';
import type { RestTiming } from './rest-timing.ts';
import { createBackOff } from './streams/back-off.ts';
import { faultOf } from './streams/wire-values.ts';
import type { Sent, Wire, WireRequest } from './wire.ts';

export interface ClientRequest extends WireRequest {
  /** It changes something: it is sent once, and a failure may leave its outcome unknown. */
  readonly isWrite: boolean;
  readonly isSigned: boolean;
  readonly costs: readonly Cost[];
  /** It brings the account to safety: it may use the reserved share of the budget. */
  readonly safety?: boolean | undefined;
}

export interface VenueClient {
  readonly venue: VenueName;
  /** The venue's time as far as it is known, epoch milliseconds. */
  venueNow(): number;
  /** The value of the reply, in `shape`. Reads are tried again; fails with a VenueError and nothing else. */
  ask<Value>(request: ClientRequest, shape: z.ZodType<Value>): Promise<Value>;
  /** What the venue has told of its limits elsewhere than in headers. */
  heed(news: LimitNews): void;
}

export interface VenueClientOptions {
  readonly dialect: Dialect;
  readonly wire: Wire;
  readonly budget: RequestBudget;
  readonly offset: ClockOffset;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly timing: RestTiming;
  readonly hasKey: boolean;
  /** Whatever is asked brings the account to safety, questions too: it may use the reserved share of the budget. */
  readonly urgent: boolean;
  /** Takes secrets out of a text. */
  readonly wash: (text: string) => string;
  readonly notice: NoticeListener;
}

type Outcome =
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly failure: VenueFailure };

/** So many unknown fields are told of. */
const MOST_STRANGERS = 200;

export function createVenueClient(options: VenueClientOptions): VenueClient {
  const { dialect, budget, offset, clock, random, timing, notice } = options;
  const met = new Set<string>();
  const meetStrangers = ({ method, path }: ClientRequest, value: unknown): void => {
    for (const name of dialect.strangers(path, value)) {
      const of = `${method} ${path}`;
      if (met.has(`${of} ${name}`) || met.size >= MOST_STRANGERS) continue;
      met.add(`${of} ${name}`);
      notice({ kind: 'field-unknown', of, name });
    }
  };
  return {
    venue: dialect.venue,
    venueNow: () => offset.venueNow(),
    heed: (news) => budget.heed(news),
    async ask(request, shape) {
      const backOff = createBackOff({ firstMs: timing.firstBackOffMs, longestMs: timing.longestBackOffMs }, random);
      let hasSetClock = false;
      for (let tries = 1; ; tries += 1) {
        const outcome = await askOnce(request, options);
        const checked = outcome.kind === 'done' ? shape.safeParse(outcome.value) : undefined;
        if (checked?.success === true) {
          if (outcome.kind === 'done') meetStrangers(request, outcome.value);
          return checked.data;
        }
        const failure =
          outcome.kind === 'failed'
            ? outcome.failure
            : invalidReply(request, options, checked === undefined ? '' : faultOf(checked.error));
        if (failure.code === 'CLOCK_OFF' && request.isSigned && !hasSetClock) {
          // The venue has not looked at what was asked: with the right time the same may be sent, a write too.
          hasSetClock = true;
          await offset.measure().catch(() => undefined);
          continue;
        }
        if (request.isWrite || !failure.retryable || tries >= timing.readTries) throw new VenueError(failure);
        const waitMs = Math.max(backOff.next(), (failure.retryAt ?? 0) - clock.now());
        if (waitMs > timing.patienceMs) throw new VenueError(failure);
        await pause(clock, waitMs);
      }
    },
  };
}

async function askOnce(request: ClientRequest, options: VenueClientOptions): Promise<Outcome> {
  const { budget, offset, wire, timing, hasKey } = options;
  const failed = (refusal: Refusal): Outcome => ({ kind: 'failed', failure: described(request, refusal, options) });
  if (request.isSigned && !hasKey) return failed({ code: 'KEY_INVALID', words: 'no API key was given', unsure: false });
  const claim = options.urgent || request.safety === true ? 'safety' : request.isWrite ? 'order' : 'question';
  const terms = { claim, patienceMs: timing.patienceMs } as const;
  const admission = await budget.admit(request.costs, terms);
  if (admission.kind === 'closed') return failed(closedWords(false));
  if (admission.kind === 'refused') return failed(notAdmitted(admission, options.clock.now()));
  if (request.isSigned) await offset.settle();
  const sent = await wire.send(request, request.isWrite ? timing.writeDeadlineMs : timing.readDeadlineMs);
  if (sent.kind !== 'replied') return failed(unanswered(sent, request, timing));
  const now = options.clock.now();
  const reading = options.dialect.read(sent.reply, now);
  const times = { now, venueAheadMs: offset.offsetMs ?? 0 };
  const news = options.dialect.limitNews({ reply: sent.reply, reading, request, ...times });
  if (news !== NO_NEWS) budget.heed(news);
  switch (reading.kind) {
    case 'done':
      return reading;
    case 'unchanged':
      return { kind: 'done', value: options.dialect.unchangedValue };
    default:
      return failed(withEnd(reading, news, now));
  }
}

/** When the venue listens again, where its refusal does not say so but its limits do. */
function withEnd({ refusal }: Extract<Reading, { kind: 'refused' }>, news: LimitNews, now: number): Refusal {
  if (refusal.retryAt !== undefined || news.blocks.length === 0) return refusal;
  return { ...refusal, retryAt: now + Math.max(...news.blocks.map(({ forMs }) => forMs)) };
}

function described(
  request: ClientRequest,
  refusal: Refusal,
  { dialect, wash, notice }: VenueClientOptions,
): VenueFailure {
  const words = wash(refusal.words);
  const { venueCode } = refusal;
  if (refusal.code === 'REFUSED') notice({ kind: 'code-unknown', venueCode: venueCode ?? '', words });
  const code = venueCode === undefined ? '' : ` (${venueCode})`;
  return failureOf(refusal, `${dialect.name}, ${request.method} ${request.path}: ${words}${code}`, request.isWrite);
}

/** A reply that is well, but not to this question: an order that was taken may hide behind it. */
function invalidReply(request: ClientRequest, options: VenueClientOptions, fault: string): VenueFailure {
  return described(
    request,
    { code: 'REPLY_INVALID', words: `the reply cannot be used: ${fault}`, unsure: true },
    options,
  );
}

function unanswered(sent: Exclude<Sent, { kind: 'replied' }>, request: ClientRequest, timing: RestTiming): Refusal {
  switch (sent.kind) {
    case 'timed-out': {
      const deadlineMs = request.isWrite ? timing.writeDeadlineMs : timing.readDeadlineMs;
      return { code: 'TIMEOUT', words: `no whole reply within ${deadlineMs} ms`, unsure: true };
    }
    case 'failed':
      return { code: 'UNREACHABLE', words: sent.reason, unsure: sent.reached };
    default:
      return closedWords(true);
  }
}

const closedWords = (unsure: boolean): Refusal => ({ code: 'CLOSED', words: 'the connection was closed', unsure });

function notAdmitted(
  { isBlocked, forMs }: { readonly isBlocked: boolean; readonly forMs: number },
  now: number,
): Refusal {
  const words = isBlocked ? 'the venue has shut us out' : 'the request budget has no room in time';
  return { code: isBlocked ? 'BANNED' : 'RATE_LIMITED', words, unsure: false, retryAt: now + forMs };
}

/** Resolves after `ms` of the clock's time. */
function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}
