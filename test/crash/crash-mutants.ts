// Would the campaign notice a bot that is broken? Some of them, each with one promise that it does not keep.
import type { ExecutionQuery, OrderRequest, ProtectionRequest, VenueAccount } from '../../src/ports/venue-account.ts';
import type { Journal, NewJournalRow } from '../../src/ports/journal.ts';
import type { VenueStreams } from '../../src/ports/venue-streams.ts';
import type { Habits } from './crash-market.ts';

export interface Mutant {
  readonly name: string;
  readonly venue: 'bybit' | 'binance';
  /** What has to be on in the month, or off, for it to show itself. */
  readonly habits: Partial<Habits>;
}

const PLAIN = { rebalances: false, trails: false, rests: false, shuts: false, switches: false };

export const MUTANTS: readonly Mutant[] = [
  /** Forgets at a start which orders are under way. */
  { name: 'no-orders', venue: 'bybit', habits: PLAIN },
  /** Does not write down which executions it has booked. */
  { name: 'no-executions', venue: 'bybit', habits: PLAIN },
  /** Overlooks every twentieth execution. */
  { name: 'blind', venue: 'bybit', habits: { rebalances: true } },
  /** Sends entries without their stops, and sets none. */
  { name: 'no-stops', venue: 'bybit', habits: PLAIN },
  /** Takes a lost answer for a refusal, and orders again under another name. */
  { name: 'new-names', venue: 'bybit', habits: PLAIN },
  /** Sends an order, and writes it down a moment later. */
  { name: 'sends-first', venue: 'bybit', habits: PLAIN },
  /** Never finds an order that it looks for. */
  { name: 'no-look-up', venue: 'binance', habits: PLAIN },
  /** Believes that a stop is where it wants it, and leaves it where it is. */
  { name: 'stale-stops', venue: 'bybit', habits: { rebalances: false, trails: true } },
  /** Books an execution again when it is told of it on another way. */
  { name: 'books-twice', venue: 'bybit', habits: PLAIN },
  /** Takes back at a start what a person has switched off. */
  { name: 'forgets-switches', venue: 'bybit', habits: { switches: true } },
  /** Believes that an order is cancelled, and does not cancel it. */
  { name: 'leaves-orders', venue: 'binance', habits: PLAIN },
];

/** So long after a commit its rows are on the disk, where they are written late; milliseconds. */
const LATE_MS = 30;

export function mutantJournal(journal: Journal, mutant: string | undefined): Journal {
  switch (mutant) {
    case 'no-orders':
      return {
        ...journal,
        read: (query = {}) => journal.read(query.stream === 'order' ? { ...query, until: 0 } : query),
      };
    case 'no-executions':
      return { ...journal, commit: (rows) => journal.commit(rows.filter(({ stream }) => stream !== 'execution')) };
    case 'sends-first': {
      const late: (readonly NewJournalRow[])[] = [];
      return {
        ...journal,
        commit(rows) {
          late.push(rows);
          setTimeout(() => journal.commit(late.shift() ?? []), LATE_MS);
          return 0;
        },
      };
    }
    default:
      return journal;
  }
}

export function mutantStreams(streams: VenueStreams, mutant: string | undefined): VenueStreams {
  if (mutant !== 'blind') return streams;
  return {
    subscribe: (topics, listener) =>
      streams.subscribe(topics, (event) => {
        if (event.kind !== 'execution' || !isOverlooked(event.execution.executionId)) listener(event);
      }),
  };
}

const nothing = (): Promise<void> => Promise.resolve();

export function mutantAccount(account: VenueAccount, mutant: string | undefined): VenueAccount {
  switch (mutant) {
    case 'blind':
      return { ...account, executions: (query) => seen(account, query) };
    case 'no-stops':
      return { ...account, place: (order) => account.place({ ...order, protection: undefined }), protect: nothing };
    case 'new-names':
      return { ...account, place: (order) => placeAnyhow(account, order) };
    case 'no-look-up':
      return { ...account, findOrder: () => Promise.resolve(undefined) };
    case 'stale-stops':
      return staleStops(account);
    case 'books-twice':
      return { ...account, executions: (query) => renamed(account, query) };
    case 'leaves-orders':
      return { ...account, cancel: nothing, cancelAll: nothing };
    default:
      return account;
  }
}

const isOverlooked = (executionId: string): boolean =>
  Array.from(executionId, (each) => each.charCodeAt(0)).reduce((sum, code) => sum + code, 0) % 20 === 0;

const seen = async (account: VenueAccount, query: ExecutionQuery) =>
  (await account.executions(query)).filter(({ executionId }) => !isOverlooked(executionId));

const renamed = async (account: VenueAccount, query: ExecutionQuery) =>
  (await account.executions(query)).map((each) => ({ ...each, executionId: `${each.executionId}-again` }));

function staleStops(account: VenueAccount): VenueAccount {
  const wanted = new Map<string, ProtectionRequest['stopPrice']>();
  return {
    ...account,
    async protect(symbol, protection) {
      wanted.set(symbol, protection.stopPrice);
    },
    async positions() {
      return (await account.positions()).map((position) => {
        const stopPrice = wanted.get(position.symbol);
        return typeof stopPrice === 'number' ? { ...position, stopPrice } : position;
      });
    },
  };
}

async function placeAnyhow(account: VenueAccount, order: OrderRequest) {
  try {
    return await account.place(order);
  } catch {
    return account.place({
      ...order,
      clientOrderId: `${order.clientOrderId.slice(0, 30)}-${Math.floor(Math.random() * 1e5)}`,
    });
  }
}
