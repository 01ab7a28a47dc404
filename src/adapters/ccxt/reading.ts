// What does a venue's reply mean? Done, or refused for a reason that has a name; each venue's dialect reads its own.
import type { VenueErrorCode, VenueFailure } from '../../domain/venue-error.ts';
import type { VenueName } from '../../ports/venue-connection.ts';
import type { Cost, LimitNews } from './budget/request-budget.ts';
import type { RawReply } from './wire.ts';

export interface Refusal {
  readonly code: VenueErrorCode;
  /** What the venue said; may hold a key until it has been washed. */
  readonly words: string;
  /** If it answers a write: that may have been carried out all the same. */
  readonly unsure: boolean;
  readonly venueCode?: string | undefined;
  /** Epoch milliseconds of our clock. */
  readonly retryAt?: number | undefined;
}

export type Reading =
  | { readonly kind: 'done'; readonly value: unknown }
  /** What was asked for is so already. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** A reply, what it means, and the request that it answers. */
export interface AnsweredRequest {
  readonly reply: RawReply;
  readonly reading: Reading;
  readonly request: { readonly costs: readonly Cost[] };
  /** Our clock, epoch milliseconds. */
  readonly now: number;
  /** Venue time minus ours. */
  readonly venueAheadMs: number;
}

export interface Dialect {
  readonly venue: VenueName;
  /** As people write it. */
  readonly name: string;
  /** @param now our clock, epoch milliseconds */
  read(reply: RawReply, now: number): Reading;
  /** What headers and refusals say of the limits. */
  limitNews(answered: AnsweredRequest): LimitNews;
  /** Names of fields in the reply that nobody here has heard of; `path`: what was asked. */
  strangers(path: string, value: unknown): readonly string[];
  /** Stands for the reply to a write that had nothing to change. */
  readonly unchangedValue: unknown;
}

/** The same request may succeed later without anybody doing anything. */
const RETRYABLE: ReadonlySet<VenueErrorCode> = new Set([
  'UNREACHABLE',
  'TIMEOUT',
  'REPLY_INVALID',
  'OVERLOADED',
  'MAINTENANCE',
  'RATE_LIMITED',
  'BANNED',
  'CLOCK_OFF',
  'ORDER_BUSY',
] satisfies VenueErrorCode[]);

/** The failure that a refusal is to who asked. `message` is free of secrets. */
export function failureOf(refusal: Omit<Refusal, 'words'>, message: string, isWrite: boolean): VenueFailure {
  return {
    code: refusal.code,
    message,
    retryable: RETRYABLE.has(refusal.code),
    orderMayExist: isWrite && refusal.unsure,
    venueCode: refusal.venueCode,
    retryAt: refusal.retryAt,
  };
}
