// How does a paper account survive? Every entry is on the disk before it counts; a start feeds all of them again and must find the same account.
import { PerpilotError } from '../../domain/errors.ts';
import { atomsToNumber } from '../../domain/money.ts';
import type { Journal } from '../../ports/journal.ts';
import { createFollowedExchange, type FollowedExchange } from '../core/create-followed-exchange.ts';
import type { ExchangeEvent } from '../core/exchange-event.ts';
import type { ExecutionRecord, OrderRecord, Outcome } from '../core/order-record.ts';
import {
  entryFromText,
  entryText,
  type LookedAt,
  type OpeningEntry,
  type PaperEntry,
  type PaperNews,
} from './paper-entry.ts';

/** What one set of rules has made of the account. */
interface Chapter {
  readonly opening: OpeningEntry;
  readonly followed: FollowedExchange;
}

/** The account of a paper venue with its past. */
export class PaperBook {
  private readonly journal: Journal;
  private readonly chapters: Chapter[] = [];
  private readonly minutes = new Map<string, LookedAt['minute']>();
  private readonly late = new Set<string>();
  private readonly listeners = new Set<(event: ExchangeEvent) => void>();
  private isLate = false;
  /** Entries that have been fed. */
  private count = 0;

  /** @throws PerpilotError JOURNAL_CORRUPT when the entries do not lead to the account that they say they led to */
  constructor(journal: Journal) {
    this.journal = journal;
    for (const { payload } of journal.read({ stream: 'event' })) {
      const { entry, found } = entryFromText(payload);
      const { wallet, executions } = this.standing();
      if (wallet !== found.wallet || executions !== found.executions) throw this.notTheSame(found);
      this.feed(entry);
    }
  }

  get isNew(): boolean {
    return this.chapters.length === 0;
  }

  get opening(): OpeningEntry {
    return this.chapter().opening;
  }

  get followed(): FollowedExchange {
    return this.chapter().followed;
  }

  /** Writes the entry, then lets it count. @throws PerpilotError JOURNAL_UNWRITABLE: nothing has changed */
  write(entry: PaperEntry, receivedTime: number): Outcome<unknown> {
    const eventTime = entry.kind === 'opening' ? entry.from : this.followed.exchange.now;
    const payload = entryText({ entry, found: this.standing() });
    this.journal.commit([{ stream: 'event', key: entry.kind, eventTime, receivedTime, payload }]);
    return this.feed(entry);
  }

  listen(listener: (event: ExchangeEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** How far the running minute of the symbol had come at the last look that is written. */
  minuteOf(symbol: string): LookedAt['minute'] {
    return this.minutes.get(symbol);
  }

  /** Every execution of the account, oldest first. */
  executions(): readonly ExecutionRecord[] {
    return this.chapters.flatMap(({ followed }) => followed.exchange.executions({}));
  }

  /** The order of that client order id in any chapter, however it ended. */
  orderOf(symbol: string | undefined, clientOrderId: string): OrderRecord | undefined {
    for (const { followed } of this.chapters.toReversed()) {
      const filter = { symbol, clientOrderId };
      const found = followed.exchange.openOrders(filter).at(0) ?? followed.exchange.closedOrders(filter).at(-1);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Whether something happened to the order while nobody looked. */
  happenedLate(orderId: string): boolean {
    return this.late.has(orderId);
  }

  private chapter(): Chapter {
    const chapter = this.chapters.at(-1);
    if (chapter === undefined) throw new PerpilotError('JOURNAL_CORRUPT', 'the paper account was never opened');
    return chapter;
  }

  private standing(): { readonly wallet: string; readonly executions: number } {
    const wallet = this.chapters.at(-1)?.followed.exchange.ledger.wallet ?? 0n;
    return { wallet: String(wallet), executions: this.count };
  }

  private feed(entry: PaperEntry): Outcome<unknown> {
    if (entry.kind === 'opening') {
      this.open(entry);
      return DONE;
    }
    if (entry.kind === 'look') {
      for (const [symbol, { minute }] of Object.entries(entry.symbols)) this.minutes.set(symbol, minute);
      this.isLate = entry.isLate;
    }
    try {
      return feedInto(this.followed, entry);
    } finally {
      this.isLate = false;
    }
  }

  private open(opening: OpeningEntry): void {
    const { rules, symbols, from, deposit } = opening;
    const followed = createFollowedExchange({
      tape: {
        symbols: symbols.map((each) => ({ ...each, finer: [], funding: undefined, delisted: false })),
      },
      from,
      // What a venue does not tell in time is charged: an account of paper does not stop over it.
      costs: { ...rules.costs, missingFunding: 'charge' },
      deposit,
      marginMode: rules.marginMode,
      positionMode: 'one-way',
      defaultLeverage: 1,
      // Every chapter names its orders anew.
      seed: rules.seed + this.chapters.length,
      liquidity: rules.liquidity,
    });
    followed.exchange.listen((event) => {
      if (event.kind === 'execution') this.count += 1;
      if (event.kind === 'order' && this.isLate) this.late.add(event.order.orderId);
      for (const listener of this.listeners) listener(event);
    });
    this.minutes.clear();
    this.chapters.push({ opening, followed });
  }

  private notTheSame(found: { readonly wallet: string }): PerpilotError {
    return new PerpilotError('JOURNAL_CORRUPT', [
      {
        message: `the paper account comes to ${atomsToNumber(BigInt(this.standing().wallet))} where ${atomsToNumber(BigInt(found.wallet))} was written`,
        where: this.journal.place,
        hint: 'another version of perpilot fills otherwise: go on with the version that wrote it, or begin a new account in another folder',
      },
    ]);
  }
}

const DONE: Outcome<unknown> = { kind: 'done', value: undefined };

/** What an entry does to the exchange. */
function feedInto(followed: FollowedExchange, entry: Exclude<PaperEntry, OpeningEntry>): Outcome<unknown> {
  const { exchange } = followed;
  switch (entry.kind) {
    case 'place':
      return exchange.place(entry.request);
    case 'protect':
      return exchange.protect(entry.request);
    case 'cancel':
      return exchange.cancel(entry.symbol, entry.key);
    case 'leverage':
      return exchange.setLeverage(entry.symbol, entry.leverage);
    case 'margin-mode':
      return exchange.setMarginMode(entry.mode);
    case 'position-mode':
      return exchange.setPositionMode(entry.mode);
    default:
      tellOf(followed, entry);
      return DONE;
  }
}

type Told = PaperNews | Extract<PaperEntry, { kind: 'cancel-all' }>;

/** What is not answered. */
function tellOf(followed: FollowedExchange, entry: Told): void {
  switch (entry.kind) {
    case 'cancel-all':
      followed.exchange.cancelAll(entry.symbol, undefined);
      break;
    case 'look':
      followed.follow({ until: entry.until, symbols: new Map(Object.entries(entry.symbols)) });
      break;
    case 'candle':
      followed.tellCandle(entry.symbol, entry.candle);
      break;
    case 'rate':
      followed.tellRate(entry.symbol, entry.time, entry.rate);
      break;
    case 'status':
      followed.tellStatus(entry.symbol, entry.status);
      break;
    case 'contract': {
      const { symbol, instrument, fundingIntervalHours } = entry;
      followed.exchange.fate.changeInstrument(symbol, { ...instrument, fundingIntervalHours });
      break;
    }
  }
}
