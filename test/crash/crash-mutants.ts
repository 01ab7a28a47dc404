// Would the campaign notice a bot that is broken? Five of them, each with one promise that it does not keep.
import type { Journal } from '../../src/ports/journal.ts';
import type { VenueAccount } from '../../src/ports/venue-account.ts';
import type { VenueStreams } from '../../src/ports/venue-streams.ts';

export const MUTANTS = [
  /** Forgets at a start which orders are under way. */
  'no-orders',
  /** Does not write down which executions it has booked. */
  'no-executions',
  /** Overlooks every twentieth execution. */
  'blind',
  /** Sends entries without their stops, and sets none. */
  'no-stops',
  /** Takes a lost answer for a refusal, and orders again under another name. */
  'new-names',
] as const;

export function mutantJournal(journal: Journal, mutant: string | undefined): Journal {
  switch (mutant) {
    case 'no-orders':
      return {
        ...journal,
        read: (query = {}) => journal.read(query.stream === 'order' ? { ...query, until: 0 } : query),
      };
    case 'no-executions':
      return { ...journal, commit: (rows) => journal.commit(rows.filter(({ stream }) => stream !== 'execution')) };
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

export function mutantAccount(account: VenueAccount, mutant: string | undefined): VenueAccount {
  switch (mutant) {
    case 'blind':
      return {
        ...account,
        executions: async (query) =>
          (await account.executions(query)).filter(({ executionId }) => !isOverlooked(executionId)),
      };
    case 'no-stops':
      return {
        ...account,
        place: (order) => account.place({ ...order, protection: undefined }),
        protect: () => Promise.resolve(),
      };
    case 'new-names':
      return { ...account, place: (order) => placeAnyhow(account, order) };
    default:
      return account;
  }
}

const isOverlooked = (executionId: string): boolean =>
  Array.from(executionId, (each) => each.charCodeAt(0)).reduce((sum, code) => sum + code, 0) % 20 === 0;

async function placeAnyhow(account: VenueAccount, order: Parameters<VenueAccount['place']>[0]) {
  try {
    return await account.place(order);
  } catch {
    return account.place({
      ...order,
      clientOrderId: `${order.clientOrderId.slice(0, 30)}-${Math.floor(Math.random() * 1e5)}`,
    });
  }
}
