// How long is a symbol left alone that goes wrong again and again? Counted in a window, and longer each time.
import { fromExactJson } from '../../domain/exact-json.ts';
import type { Journal, JournalRow } from '../../ports/journal.ts';

export interface PatienceRules {
  /** So many within the window are too many. */
  readonly most: number;
  readonly windowMs: number;
  /** So long it is left alone first, twice as long where that follows soon, and so on up to `mostMs`. */
  readonly firstMs: number;
  readonly mostMs: number;
}

/** From when to when a symbol is left alone, and the how many-eth time in a row. */
export interface Rest {
  readonly since: number;
  readonly until: number;
  readonly round: number;
}

/** What is read again of a journal: the cause of its rests, the incidents that are counted, and from when on. */
export interface Recovery {
  readonly cause: string;
  readonly counted: string;
  readonly since: number;
}

/** What one kind of trouble has come to, by symbol. */
export class PatienceBook {
  private readonly rules: PatienceRules;
  private readonly times = new Map<string, number[]>();
  private readonly rests = new Map<string, Rest>();

  constructor(rules: PatienceRules) {
    this.rules = rules;
  }

  /** Until when the symbol is left alone; in the past, or -Infinity: it is not. */
  until(symbol: string): number {
    return this.rests.get(symbol)?.until ?? -Infinity;
  }

  /** One more; tells the rest that follows from it, if one does. `certain`: one is enough. */
  count(symbol: string, now: number, certain: boolean): Rest | undefined {
    const { most, windowMs, firstMs, mostMs } = this.rules;
    const times = [...(this.times.get(symbol) ?? []), now].filter((time) => time > now - windowMs);
    this.times.set(symbol, times);
    const before = this.rests.get(symbol);
    // Trouble that comes back within the longest rest is the same trouble, and one of it is enough.
    const isSame = before !== undefined && now <= before.until + mostMs;
    if (times.length < most && !isSame && !certain) return undefined;
    this.times.delete(symbol);
    const round = isSame ? before.round + 1 : 1;
    const rest = { since: now, until: now + Math.min(mostMs, firstMs * 2 ** (round - 1)), round };
    this.rests.set(symbol, rest);
    return rest;
  }

  /** The count begins anew; without `rest` it is as if nothing had ever been. */
  forgive(symbol: string, rest?: Rest): void {
    this.times.delete(symbol);
    if (rest === undefined) this.rests.delete(symbol);
    else this.rests.set(symbol, { since: rest.since, until: rest.until, round: rest.round });
  }

  /** What earlier lives wrote down: rests under `cause`, a person's word that they are over, and incidents `counted` since. */
  recover(journal: Journal, { cause, counted, since }: Recovery): void {
    for (const row of journal.read({ stream: 'incident', since })) {
      const { key, eventTime } = row;
      if (![counted, 'quarantined', 'quarantine-lifted'].includes(key)) continue;
      const { symbol, detail } = noteOf(row);
      if (symbol === undefined) continue;
      if (key === counted) {
        this.times.set(symbol, [...(this.times.get(symbol) ?? []), eventTime]);
      } else if (detail.cause === cause) {
        this.forgive(
          symbol,
          key === 'quarantined' ? detail : detail.by === 'person' ? undefined : this.rests.get(symbol),
        );
      }
    }
  }
}

interface Note {
  readonly symbol: string | undefined;
  readonly detail: Rest & { readonly cause?: string; readonly by?: string };
}

/** An incident as this program writes it. */
const noteOf = ({ payload }: JournalRow): Note => fromExactJson(payload) as Note;
