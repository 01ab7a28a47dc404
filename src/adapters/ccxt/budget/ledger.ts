// How many requests still fit into a venue's limits? Rolling counts of what was granted, with a share that only safety may use.
import { z } from 'zod';

export interface Limit {
  readonly id: string;
  /** Requests, or their weight, in any window of this length. */
  readonly max: number;
  readonly windowMs: number;
  /** Counted for this machine's address, or for the API key. */
  readonly scope: 'address' | 'key';
  /** The part of `max` that is used at all: for limits whose breach is punished. */
  readonly usable: number;
}

/** Everything that was granted and may still count at the venue. Times are steady milliseconds. */
export interface LedgerState {
  /** By limit: until when it counts, and how much. */
  readonly counts: Record<string, (readonly [until: number, tokens: number])[]>;
  /** By limit, or `ALL_LIMITS`: nothing is granted until then. */
  readonly blocks: Record<string, number>;
  /** By limit: the most that the venue allows now, where it has said so. */
  readonly allowed: Record<string, number>;
}

export const ALL_LIMITS = '*';
/** Among the blocks: until when the venue has shut us out, as told to whichever process asked. It holds nothing back by itself. */
export const BAN = '!';
export const emptyLedger = (): LedgerState => ({ counts: {}, blocks: {}, allowed: {} });
export const ledgerShape: z.ZodType<LedgerState> = z.object({
  counts: z.record(z.string(), z.array(z.tuple([z.number(), z.number()]))),
  blocks: z.record(z.string(), z.number()),
  allowed: z.record(z.string(), z.number()),
});

export interface Wish {
  readonly limit: Limit;
  /** Spent at once. */
  readonly tokens: number;
  /** Wanted for the next requests on top, to be spent within `LEASE_MS`. */
  readonly spare: number;
}

/** What was leased may be spent for so long. */
export const LEASE_MS = 200;
/** How much later than another a request may arrive that left at the same time. */
const JITTER_MS = 200;
/** No block is believed that lasts longer. */
const LONGEST_BLOCK_MS = 3_600_000;
/** What a request is for: questions must leave room for orders, and both for what brings the account to safety. */
export type Claim = 'question' | 'order' | 'safety';
/** The part of what is usable that each kind may fill. */
const SHARES: Readonly<Record<Claim, number>> = { question: 0.6, order: 0.75, safety: 1 };

export type Grant =
  /** `spares`: how much more of each wish, in order. */
  | { readonly kind: 'granted'; readonly spares: readonly number[]; readonly spareUntil: number }
  /** There may be room then, steady milliseconds. */
  | { readonly kind: 'full'; readonly until: number };

/** Grants all wishes or none. */
export function grant(
  state: LedgerState,
  wishes: readonly Wish[],
  { now, claim }: { readonly now: number; readonly claim: Claim },
): Grant {
  const rooms = wishes.map((wish) => roomOf(state, wish, { now, claim }));
  const until = Math.max(blockedUntil(state, wishes, now), ...rooms.map((room) => room.freeAt));
  if (until > now) return { kind: 'full', until };
  const spares = wishes.map(({ limit, tokens, spare }, index) => {
    const extra = Math.max(0, Math.min(spare, rooms[index].free - tokens));
    const counted = state.counts[limit.id] ?? (state.counts[limit.id] = []);
    add(counted, now + limit.windowMs + JITTER_MS, tokens);
    if (extra > 0) add(counted, now + LEASE_MS + limit.windowMs + JITTER_MS, extra);
    return extra;
  });
  return { kind: 'granted', spares, spareUntil: now + LEASE_MS };
}

/** Until when the block of any of these limits, or of all, lasts; `now` or before: none does. */
export function blockedUntil(state: LedgerState, wishes: readonly Wish[], now: number): number {
  const ids = [ALL_LIMITS, ...wishes.map(({ limit }) => limit.id)];
  const ends = ids.map((id) => state.blocks[id] ?? 0).filter((end) => end <= now + LONGEST_BLOCK_MS);
  return Math.max(0, ...ends);
}

/** Until when the venue has shut us out; `now` or before: it has not. */
export function bannedUntil(state: LedgerState, now: number): number {
  const end = state.blocks[BAN] ?? 0;
  return end <= now + LONGEST_BLOCK_MS ? end : 0;
}

export function block(state: LedgerState, id: string, until: number): void {
  state.blocks[id] = Math.max(state.blocks[id] ?? 0, until);
}

/** The venue has counted `used`; what we do not know of was spent by others. */
export function countAtLeast(state: LedgerState, limit: Limit, { used, now }: { used: number; now: number }): void {
  const counted = current(state, limit, now);
  const foreign = used - sumOf(counted);
  if (foreign > 0) add(counted, now + limit.windowMs, foreign);
}

interface Room {
  /** What the asker may still get, its own wish included. */
  readonly free: number;
  /** When its wish fits; `now` or before: now. */
  readonly freeAt: number;
}

function roomOf(state: LedgerState, { limit, tokens }: Wish, { now, claim }: { now: number; claim: Claim }): Room {
  const counted = current(state, limit, now);
  const usable = Math.floor(Math.min(limit.max, state.allowed[limit.id] ?? Infinity) * limit.usable);
  const most = Math.max(1, Math.floor(usable * SHARES[claim]));
  // A single request that is heavier than the whole share goes when nothing else counts.
  const needed = Math.min(tokens, most);
  let free = most - sumOf(counted);
  if (free >= needed) return { free, freeAt: now };
  for (const [until, spent] of [...counted].sort(([a], [b]) => a - b)) {
    free += spent;
    if (free >= needed) return { free: 0, freeAt: until };
  }
  return { free: 0, freeAt: now + limit.windowMs };
}

/** Without what has left the window; nothing stays longer than it could have been granted for. */
function current(state: LedgerState, limit: Limit, now: number): (readonly [number, number])[] {
  const latest = now + LEASE_MS + limit.windowMs + JITTER_MS;
  const kept = (state.counts[limit.id] ?? []).filter(([until]) => until > now && until <= latest);
  state.counts[limit.id] = kept;
  return kept;
}

const sumOf = (counted: readonly (readonly [number, number])[]): number =>
  counted.reduce((sum, [, tokens]) => sum + tokens, 0);

/** What ends within a few milliseconds of the last is one entry, the later end. */
function add(counted: (readonly [number, number])[], until: number, tokens: number): void {
  const last = counted[counted.length - 1];
  if (last !== undefined && until >= last[0] && until - last[0] < 20)
    counted[counted.length - 1] = [until, last[1] + tokens];
  else counted.push([until, tokens]);
}
