// How does one socket stay up? It is dialled, watched, and dialled anew after a failure, until it is closed.
import { createBackOff, type BackOff } from './back-off.ts';
import type { OpenSocket, Socket, SocketListener } from './socket.ts';
import type { StreamTiming } from './stream-timing.ts';

export interface LinkListener {
  /** The socket is open; nothing was sent on it yet. */
  opened(): void;
  text(payload: string): void;
  unreadable(reason: string): void;
  /** It is gone, or the try to reach it failed; another try follows by itself. */
  lost(reason: string): void;
}

export interface LinkOptions {
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly openSocket: OpenSocket;
  /** Asked before each try; a failure counts as a failed try. */
  readonly address: () => Promise<string>;
  readonly timing: StreamTiming;
  /** Text of a ping, where the venue has pings of its own; undefined: a ping of the protocol. */
  readonly ping: (() => string) | undefined;
  readonly listener: LinkListener;
}

export interface Link {
  /** When the last sign of life came, by `now`; undefined: none yet. */
  readonly heardAt: number | undefined;
  readonly isOpen: boolean;
  send(payload: string): void;
  /** Drops the socket as if it had failed; `waitMs`: dial again after this, instead of the usual back-off. */
  renew(reason: string, waitMs?: number): void;
  /** Looks at every deadline. Called often by the owner, who holds the only timer. */
  pulse(): void;
  close(): Promise<void>;
}

type Phase = 'waiting' | 'addressing' | 'dialling' | 'open' | 'closed';

interface LinkState {
  phase: Phase;
  /** When the phase began. */
  since: number;
  /** In `waiting`: when to dial. */
  dialAt: number;
  /** Counts tries, so that what belongs to an earlier one is recognised. */
  attempt: number;
  socket: Socket | undefined;
  heardAt: number | undefined;
  pingedAt: number;
  /** Sockets that are being cut. */
  ending: Set<Promise<void>>;
}

/** What the steps below share. */
interface Work {
  readonly options: LinkOptions;
  readonly backOff: BackOff;
  readonly state: LinkState;
}

/** A link that dials at its first pulse. */
export function createLink(options: LinkOptions): Link {
  const { timing } = options;
  const now = options.now();
  const state: LinkState = {
    phase: 'waiting',
    since: now,
    dialAt: now,
    attempt: 0,
    socket: undefined,
    heardAt: undefined,
    pingedAt: now,
    ending: new Set(),
  };
  const limits = { firstMs: timing.firstBackOffMs, longestMs: timing.longestBackOffMs };
  const work: Work = { options, backOff: createBackOff(limits, options.random), state };
  return {
    get heardAt() {
      return state.heardAt;
    },
    get isOpen() {
      return state.phase === 'open';
    },
    send: (payload) => state.socket?.send(payload),
    renew: (reason, waitMs) => fail(work, reason, waitMs),
    pulse: () => pulse(work),
    async close() {
      enter(work, 'closed');
      state.attempt += 1;
      cut(work);
      await Promise.all(state.ending);
    },
  };
}

function enter({ state, options }: Work, phase: Phase): void {
  state.phase = phase;
  state.since = options.now();
}

function cut({ state }: Work): void {
  if (state.socket === undefined) return;
  const ended = state.socket.end();
  state.socket = undefined;
  state.ending.add(ended);
  void ended.then(() => state.ending.delete(ended));
}

function fail(work: Work, reason: string, waitMs?: number): void {
  const { state, options, backOff } = work;
  if (state.phase === 'waiting' || state.phase === 'closed') return;
  if (state.phase === 'open' && options.now() - state.since >= options.timing.goodAfterMs) backOff.reset();
  cut(work);
  state.attempt += 1;
  enter(work, 'waiting');
  state.dialAt = options.now() + (waitMs ?? backOff.next());
  options.listener.lost(reason);
}

function dial(work: Work): void {
  const { state, options } = work;
  const { attempt } = state;
  const isCurrent = (): boolean => state.attempt === attempt && state.phase !== 'closed';
  const found = (url: string): void => {
    if (isCurrent()) open(work, url, isCurrent);
  };
  const failed = (error: unknown): void => {
    if (isCurrent()) fail(work, reasonOf(error));
  };
  enter(work, 'addressing');
  options.address().then(found, failed);
}

function open(work: Work, url: string, isCurrent: () => boolean): void {
  const { state, options } = work;
  const { listener } = options;
  const heard = (event: () => void): void => {
    if (!isCurrent()) return;
    state.heardAt = options.now();
    event();
  };
  const events: SocketListener = {
    opened: () =>
      heard(() => {
        enter(work, 'open');
        state.pingedAt = options.now();
        listener.opened();
      }),
    text: (payload) => heard(() => listener.text(payload)),
    binary: (length) => heard(() => listener.unreadable(`a binary message of ${length} bytes`)),
    ponged: () => heard(() => undefined),
    closed: (reason) => {
      if (isCurrent()) fail(work, reason);
    },
  };
  enter(work, 'dialling');
  try {
    state.socket = options.openSocket(url, events);
  } catch (error) {
    fail(work, reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function pulse(work: Work): void {
  const { state, options } = work;
  const { timing } = options;
  const now = options.now();
  const age = now - state.since;
  switch (state.phase) {
    case 'waiting':
      if (now >= state.dialAt) dial(work);
      break;
    case 'addressing':
    case 'dialling':
      if (age >= timing.connectMs) fail(work, `not connected after ${timing.connectMs} ms`);
      break;
    case 'open':
      if (age >= timing.longestLifeMs) fail(work, 'renewed before the venue ends it by its age', 0);
      else if (now - (state.heardAt ?? state.since) >= timing.deadAfterMs)
        fail(work, `nothing heard for ${timing.deadAfterMs} ms`);
      else if (now - state.pingedAt >= timing.pingEveryMs) {
        state.pingedAt = now;
        if (options.ping === undefined) state.socket?.ping();
        else state.socket?.send(options.ping());
      }
      break;
    case 'closed':
      break;
  }
}
