// When is a close complete, and what is missing? A pure assembler: candles and the clock come in, slices and requests go out.
import type { Candle } from '../../domain/candle.ts';

export interface AssemblerRules {
  readonly barMs: number;
  /** After a close so long is waited for the streams before a candle is asked for. */
  readonly graceMs: number;
  /** A close is decided so long after it was first waited for at the latest, with what is there. */
  readonly deadlineMs: number;
  /** Whether the symbol is traded at a close; one that is not is not waited for. Default: always. */
  readonly expects?: ((symbol: string, close: number) => boolean) | undefined;
}

/** `backfill`: closes before the last one that are only to be known; `current`: the close to decide at. */
export type SliceUse = 'backfill' | 'current';

export type AssemblerOutput =
  /** Candles in the order of the symbols; undefined: none came in time. */
  | {
      readonly kind: 'slice';
      readonly time: number;
      readonly candles: readonly (Candle | undefined)[];
      readonly use: SliceUse;
      readonly missing: readonly string[];
    }
  /** Candles of `symbol` that open from `from` on are to be asked for. */
  | { readonly kind: 'request'; readonly symbol: string; readonly from: number }
  /** A candle that was used has other values now; the decision stands, the difference is to be noted. */
  | { readonly kind: 'revision'; readonly symbol: string; readonly used: Candle; readonly now: Candle };

interface SymbolFeed {
  readonly symbol: string;
  /** Candles that have come and are not used yet, by open time. */
  readonly waiting: Map<number, Candle>;
  /** The last candles that were used, by open time, to notice revisions. */
  readonly used: Map<number, Candle>;
  /** Open time of the last candle used; -Infinity: none. */
  lastUsed: number;
  /** Open time from which candles were asked for last. */
  asked: number;
  /** Open times of the candles after the last one used that closes were decided without, first and last; none: `to` lies before. */
  readonly owed: { from: number; to: number };
}

/** A symbol that owes a candle is not decided on for so many closes; then what it owes is given up. */
const HELD_BACK = 6;
/** How many used candles are remembered per symbol. */
const REMEMBERED = 16;

/** Assembles closes one after the other from `firstClose` on; candles of one symbol are used in rising time, each once. */
export class SliceAssembler {
  private readonly feeds: readonly SymbolFeed[];
  private readonly bySymbol: ReadonlyMap<string, SymbolFeed>;
  private readonly rules: AssemblerRules;
  private next: number;
  /** Since when `next` has passed and is waited for; undefined: it has not. */
  private waitingSince: number | undefined;

  constructor(symbols: readonly string[], firstClose: number, rules: AssemblerRules) {
    this.feeds = symbols.map((symbol) => ({
      symbol,
      waiting: new Map(),
      used: new Map(),
      lastUsed: -Infinity,
      asked: -Infinity,
      owed: { from: Infinity, to: -Infinity },
    }));
    this.bySymbol = new Map(this.feeds.map((feed) => [feed.symbol, feed]));
    this.rules = rules;
    this.next = firstClose;
  }

  /** The close that is waited for. */
  get nextClose(): number {
    return this.next;
  }

  /** Takes a candle that has closed, from a stream or an answer. Late, double and revised ones are told apart. */
  take(symbol: string, candle: Candle): readonly AssemblerOutput[] {
    const feed = this.bySymbol.get(symbol);
    if (feed === undefined || candle.closeTime - candle.openTime !== this.rules.barMs) return [];
    const used = feed.used.get(candle.openTime);
    if (used !== undefined) {
      if (isSame(used, candle)) return [];
      feed.used.set(candle.openTime, candle);
      return [{ kind: 'revision', symbol, used, now: candle }];
    }
    if (candle.openTime > feed.lastUsed) feed.waiting.set(candle.openTime, candle);
    return [];
  }

  /** Takes what the venue answers to a request. What it leaves out before its last candle it does not have. */
  answered(symbol: string, candles: readonly Candle[]): readonly AssemblerOutput[] {
    const outputs = candles.flatMap((candle) => this.take(symbol, candle));
    const feed = this.bySymbol.get(symbol);
    if (feed !== undefined) noneBefore(feed, Math.max(...candles.map(({ openTime }) => openTime)));
    return outputs;
  }

  /**
   * A candle that opens at `openTime` is running: the one before it has closed, whether or not anybody said so. Undefined
   * when it has come.
   */
  sawRunning(symbol: string, openTime: number): AssemblerOutput | undefined {
    const feed = this.bySymbol.get(symbol);
    const closed = openTime - this.rules.barMs;
    if (feed === undefined || openTime < this.next || closed <= feed.lastUsed || feed.waiting.has(closed))
      return undefined;
    return this.request(feed, this.next - this.rules.barMs);
  }

  /** Lets time pass: slices that are complete or overdue, and what is to be asked for. */
  advance(now: number): readonly AssemblerOutput[] {
    const outputs: AssemblerOutput[] = [];
    while (now >= this.next) {
      const { barMs, graceMs, deadlineMs } = this.rules;
      const openTime = this.next - barMs;
      const missing = this.feeds.filter((feed) => !feed.waiting.has(openTime) && this.isExpected(feed));
      for (const feed of this.feeds) noneBefore(feed, openTime - HELD_BACK * barMs);
      const owing = this.feeds.filter((feed) => owes(feed, barMs) && this.isExpected(feed));
      this.waitingSince ??= now;
      const overdue = now >= this.waitingSince + deadlineMs;
      if (missing.length + owing.length > 0 && !overdue) {
        // Once it is used, nothing before a candle can be: what an earlier close went without is asked for at once.
        outputs.push(...owing.flatMap((feed) => this.request(feed, openTime) ?? []));
        if (now >= this.next + graceMs) outputs.push(...missing.flatMap((feed) => this.request(feed, openTime) ?? []));
        break;
      }
      const without = this.feeds.filter((feed) => missing.includes(feed) || owing.includes(feed));
      outputs.push(...this.late(openTime, owing));
      outputs.push({
        kind: 'slice',
        time: this.next,
        candles: this.feeds.map((feed) => (without.includes(feed) ? undefined : useUp(feed, openTime))),
        use: now < this.next + barMs ? 'current' : 'backfill',
        missing: without.map(({ symbol }) => symbol),
      });
      for (const { owed } of without) {
        owed.from = Math.min(owed.from, openTime);
        owed.to = openTime;
      }
      this.next += barMs;
      this.waitingSince = undefined;
    }
    return outputs;
  }

  private isExpected({ symbol }: SymbolFeed): boolean {
    return this.rules.expects?.(symbol, this.next) !== false;
  }

  /** Asked requests may be repeated from now on: an answer came without what was missing, or none came. */
  askAgain(symbol: string): void {
    const feed = this.bySymbol.get(symbol);
    if (feed !== undefined) feed.asked = -Infinity;
  }

  /** Candles that came after their close had been decided without them: known now, in their order, before the next slice. */
  private late(before: number, owing: readonly SymbolFeed[]): AssemblerOutput[] {
    const times = new Set<number>();
    const whole = this.feeds.filter((feed) => !owing.includes(feed));
    for (const { waiting, lastUsed } of whole) {
      for (const time of waiting.keys()) if (time < before && time > lastUsed) times.add(time);
    }
    return [...times]
      .sort((a, b) => a - b)
      .map((openTime) => ({
        kind: 'slice',
        time: openTime + this.rules.barMs,
        candles: this.feeds.map((feed) => (whole.includes(feed) ? useUp(feed, openTime) : undefined)),
        use: 'backfill',
        missing: [],
      }));
  }

  private request(feed: SymbolFeed, openTime: number): AssemblerOutput | undefined {
    const isFirst = !Number.isFinite(feed.lastUsed);
    const from = Math.min(openTime, isFirst ? feed.owed.from : feed.lastUsed + this.rules.barMs);
    if (feed.asked >= openTime) return undefined;
    feed.asked = openTime;
    return { kind: 'request', symbol: feed.symbol, from };
  }
}

/** Nothing that opens before `time` is to come any more. */
function noneBefore({ owed }: SymbolFeed, time: number): void {
  if (time <= owed.from) return;
  owed.from = time > owed.to ? Infinity : time;
  if (time > owed.to) owed.to = -Infinity;
}

/** Closes were decided without a candle that has not come and may still. */
function owes({ owed, waiting }: SymbolFeed, barMs: number): boolean {
  for (let time = owed.from; time <= owed.to; time += barMs) if (!waiting.has(time)) return true;
  return false;
}

function useUp(feed: SymbolFeed, openTime: number): Candle | undefined {
  const candle = feed.waiting.get(openTime);
  if (candle === undefined) return undefined;
  for (const time of feed.waiting.keys()) if (time <= openTime) feed.waiting.delete(time);
  feed.lastUsed = openTime;
  noneBefore(feed, openTime + (candle.closeTime - candle.openTime));
  feed.used.set(openTime, candle);
  for (const time of feed.used.keys()) {
    if (feed.used.size <= REMEMBERED) break;
    feed.used.delete(time);
  }
  return candle;
}

function isSame(a: Candle, b: Candle): boolean {
  return a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume;
}
