// Would the campaign notice a bot that is broken? Six of them, each with one promise that it does not keep.
import type { NewJournalRow, Journal } from '../../src/ports/journal.ts';
import type { VenueAccount } from '../../src/ports/venue-account.ts';

export const MUTANTS = [
  /** Goes on while the newest commits are not on the disk yet. */
  'late-journal',
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

const COMMITS_BEHIND = 5;

export function mutantJournal(journal: Journal, mutant: string | undefined): Journal {
  switch (mutant) {
    case 'late-journal':
      return lateJournal(journal);
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

/** The newest commits are not on the disk yet. */
function lateJournal(journal: Journal): Journal {
  const waiting: NewJournalRow[][] = [];
  return {
    ...journal,
    latest(stream, key) {
      const row = waiting.flat().findLast((each) => each.stream === stream && each.key === key);
      return row === undefined ? journal.latest(stream, key) : { ...row, sequence: 0 };
    },
    commit(rows) {
      waiting.push([...rows]);
      return waiting.length <= COMMITS_BEHIND ? 0 : journal.commit(waiting.shift() ?? []);
    },
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
