// Which requests and frames are faults about, as a rule?
import type { FrameView } from '../fault-pipeline.ts';
import type { FaultScope } from '../fault-row.ts';

const ANSWERS: ReadonlySet<string> = new Set(['ack', 'pong', 'auth']);

/** Whether a frame pushes something, instead of answering the client. */
export const isData = ({ topic }: Pick<FrameView, 'topic'>): boolean => !ANSWERS.has(topic);

type ScopeOf<Counts> = Extract<FaultScope, { readonly counts: Counts }>;

export const ORDERS_PLACED: ScopeOf<'requests'> = {
  counts: 'requests',
  says: 'requests that place an order',
  isAbout: (view, wire) => wire.placesOrder(view),
};

export const ORDERS_CHANGED: ScopeOf<'requests'> = {
  counts: 'requests',
  says: 'requests that cancel or change an order',
  isAbout: (view, wire) => wire.changesOrder(view),
};

export const ALL_REQUESTS: ScopeOf<'requests'> = { counts: 'requests', says: 'all requests', isAbout: () => true };

export const PRIVATE_REQUESTS: ScopeOf<'requests'> = {
  counts: 'requests',
  says: 'signed requests',
  isAbout: ({ isPrivate }) => isPrivate,
};

export const ALL_DATA: ScopeOf<'frames'> = { counts: 'frames', says: 'frames that push something', isAbout: isData };

export const ACCOUNT_DATA: ScopeOf<'frames'> = {
  counts: 'frames',
  says: 'frames about the account',
  isAbout: (view) => view.channel === 'private' && isData(view),
};

export const CLOSED_CANDLES: ScopeOf<'frames'> = {
  counts: 'frames',
  says: 'frames of closed candles',
  isAbout: (view, wire) => wire.isClosedCandle(view),
};

export const CLOSES: ScopeOf<'closes'> = { counts: 'closes', says: 'closes of replayed candles' };
