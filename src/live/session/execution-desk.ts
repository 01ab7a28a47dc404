// Is every execution of the account booked once, in order, and none forgotten? Streams bring them, and requests make sure.
import { toExactJson } from '../../domain/exact-json.ts';
import type { NewJournalRow } from '../../ports/journal.ts';
import type { VenueExecution } from '../../ports/venue-account.ts';

/** Executions that are not booked yet, in the order in which they are to be booked. */
export class ExecutionDesk {
  private readonly held = new Map<string, VenueExecution>();
  private readonly funded = new Map<string, number>();
  private askedAt = -Infinity;
  /** Held ones that the venue has shown in a list: all before them stood in it too. */
  private readonly listed = new Set<string>();
  private booked = 0;
  private newest: number;

  /** `from`: executions before this time, epoch milliseconds, are of no concern; the newest one that was booked, after a restart. */
  constructor(from: number) {
    this.newest = from;
  }

  /** Executions that this life of the program has learned of, booked or not. */
  get knownCount(): number {
    return this.booked + this.held.size;
  }

  /** Time of the newest execution booked: what is asked for begins some way before it. */
  get newestTime(): number {
    return this.newest;
  }

  /** Time of the newest funding of the symbol that is booked. */
  fundedAt(symbol: string): number {
    return this.funded.get(symbol) ?? -Infinity;
  }

  /** Whether what is awaited may be asked for again; then it counts as asked for at `now`. */
  mayAsk(now: number, everyMs: number): boolean {
    if (now < this.askedAt + everyMs) return false;
    this.askedAt = now;
    return true;
  }

  get isEmpty(): boolean {
    return this.held.size === 0;
  }

  /** True: of what was traded in the symbol nothing waits to be booked, so that the books say what is held now, not what once was. */
  isCurrent(symbol: string): boolean {
    return [...this.held.values()].every((each) => each.symbol !== symbol || each.kind === 'funding');
  }

  /** Takes one in, unless it has been booked; the same one any number of times. `isListed`: out of a list of the venue. */
  take(execution: VenueExecution, isBooked: (executionId: string) => boolean, isListed = false): void {
    const { executionId } = execution;
    if (isBooked(executionId)) return;
    this.held.set(executionId, execution);
    if (isListed) this.listed.add(executionId);
  }

  /** False: it came by itself, and one that happened before it may have been lost on the way. */
  isListed({ executionId }: VenueExecution): boolean {
    return this.listed.has(executionId);
  }

  /**
   * Those that happened before `before`, oldest first; at one instant by symbol, as research orders them, funding ahead of
   * trades.
   */
  due(before: number): readonly VenueExecution[] {
    return [...this.held.values()].filter(({ time }) => time < before).sort(byTime);
  }

  done({ executionId, time, kind, symbol }: VenueExecution): void {
    this.held.delete(executionId);
    this.listed.delete(executionId);
    if (kind === 'funding') this.funded.set(symbol, time);
    this.booked += 1;
    this.newest = Math.max(this.newest, time);
  }
}

function byTime(a: VenueExecution, b: VenueExecution): number {
  if (a.time !== b.time) return a.time - b.time;
  if (a.symbol !== b.symbol) return a.symbol < b.symbol ? -1 : 1;
  return kindOrder(a) - kindOrder(b) || (a.executionId < b.executionId ? -1 : 1);
}

const kindOrder = ({ kind }: VenueExecution): number => (kind === 'funding' ? 0 : 1);

/** The row that makes sure that it is never booked again. */
export function executionRow(execution: VenueExecution, receivedTime: number): NewJournalRow {
  return {
    stream: 'execution',
    key: execution.executionId,
    eventTime: execution.time,
    receivedTime,
    payload: toExactJson(execution),
  };
}
