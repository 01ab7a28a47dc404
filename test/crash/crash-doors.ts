// At which doors does the campaign kill the bot? At a commit of its journal and at a request that changes something, before, during or after it.
import type { Journal } from '../../src/ports/journal.ts';

export interface DoorDeath {
  readonly door: string;
  /** The how many-eth of this life. */
  at: number;
  readonly when: string;
  /** Nothing is counted before. */
  readonly isAwake: () => boolean;
}

/** `commit:12:before`; undefined: it is not killed by itself. */
export function readDeath(text: string | undefined, isAwake: () => boolean): DoorDeath | undefined {
  if (text === undefined) return undefined;
  const [door, at, when] = text.split(':');
  return { door, at: Number(at), when, isAwake };
}

/** The end, as an operating system makes it. */
const die = (): void => process.kill(process.pid, 'SIGKILL') as unknown as void;

const isDue = (death: DoorDeath | undefined, door: string): boolean => {
  if (death?.door !== door || !death.isAwake()) return false;
  death.at -= 1;
  return death.at === 0;
};

/** A commit is one act of the disk: before it or after it. */
export function mortalJournal(journal: Journal, death: DoorDeath | undefined): Journal {
  return {
    ...journal,
    commit(rows) {
      const due = isDue(death, 'commit');
      if (due && death?.when === 'before') die();
      const sequence = journal.commit(rows);
      if (due) die();
      return sequence;
    },
  };
}

/** Before the request leaves, while it is on its way, or when its answer has come and nobody has seen it. */
export function mortalFetch(death: DoorDeath | undefined): typeof fetch {
  return async (input, init) => {
    const isWrite = (init?.method ?? 'GET') !== 'GET';
    if (!isWrite || !isDue(death, 'request')) return fetch(input, init);
    if (death?.when === 'before') die();
    const answer = fetch(input, init);
    if (death?.when === 'during') setTimeout(die, 1);
    try {
      return await answer;
    } finally {
      die();
    }
  };
}
