// Who may hear what happens to the account? Whoever has the listen key, one for all, valid for an hour unless it is prolonged.
import { createHash } from 'node:crypto';
import type { Clock } from '../../../ports/clock.ts';

/** How long a key is valid, milliseconds of wall time. */
export const LISTEN_KEY_MS = 3_600_000;

export interface ListenKeys {
  /** The key of the account, prolonged, or a new one where none is valid. */
  open(): string;
  /** Undefined: there is none to prolong. */
  prolong(): string | undefined;
  close(): void;
  isValid(key: string): boolean;
  /**
   * Calls `ended` once when a valid key ends, by time or by being closed. The returned function takes that back.
   */
  watch(key: string, ended: () => void): () => void;
}

interface LiveKey {
  readonly text: string;
  expiresAt: number;
  readonly watchers: Set<() => void>;
  wake: (() => void) | undefined;
}

/** `account` names the account, so that keys of different ones differ. */
export function createListenKeys(clock: Clock, account: string): ListenKeys {
  let live: LiveKey | undefined;
  let made = 0;

  const end = (key: LiveKey): void => {
    key.wake?.();
    if (live === key) live = undefined;
    const watchers = [...key.watchers];
    key.watchers.clear();
    for (const ended of watchers) ended();
  };
  /** A timer runs only while somebody listens. */
  const aim = (key: LiveKey): void => {
    key.wake?.();
    key.wake = undefined;
    if (key.watchers.size > 0) key.wake = clock.after(Math.max(0, key.expiresAt - clock.now()), () => end(key));
  };
  const current = (): LiveKey | undefined => {
    if (live !== undefined && clock.now() >= live.expiresAt) end(live);
    return live;
  };
  const make = (): LiveKey => {
    made += 1;
    const text = createHash('sha256').update(`${account} ${made}`).digest('hex');
    return { text, expiresAt: 0, watchers: new Set(), wake: undefined };
  };
  const prolonged = (key: LiveKey): string => {
    key.expiresAt = clock.now() + LISTEN_KEY_MS;
    aim(key);
    return key.text;
  };
  return {
    open() {
      live = current() ?? make();
      return prolonged(live);
    },
    prolong() {
      const key = current();
      return key && prolonged(key);
    },
    close() {
      const key = current();
      if (key !== undefined) end(key);
    },
    isValid: (text) => current()?.text === text,
    watch(text, ended) {
      const key = current();
      if (key?.text !== text) return () => undefined;
      key.watchers.add(ended);
      aim(key);
      return () => {
        key.watchers.delete(ended);
        aim(key);
      };
    },
  };
}
