// Does the supervisor hear from a bot whose loop answers, and from no other?
import { describe, expect, it } from 'vitest';
import { beginServiceWatch } from './service-watch.ts';

function watched(probe: () => Promise<void>) {
  const told: string[] = [];
  const wakes: (() => void)[] = [];
  const end = beginServiceWatch({
    supervisor: { aliveEveryMs: 1_000, tell: (state) => void told.push(state) },
    clock: {
      now: () => 0,
      after(delayMs, wake) {
        expect(delayMs).toBe(1_000);
        wakes.push(wake);
        return () => void wakes.splice(wakes.indexOf(wake), 1);
      },
    },
    probe,
  });
  /** The time has come; resolves when everything that follows has happened. */
  const wake = async (): Promise<void> => {
    wakes.shift()?.();
    await new Promise(setImmediate);
  };
  return { told, wakes, wake, end };
}

describe('the supervisor', () => {
  it('hears that the bot is ready, that it lives as long as its loop answers, and that it ends', async () => {
    const { told, wakes, wake, end } = watched(() => Promise.resolve());
    expect(told).toEqual(['ready']);
    await wake();
    await wake();
    expect(told).toEqual(['ready', 'alive', 'alive']);
    end();
    expect(told).toEqual(['ready', 'alive', 'alive', 'stopping']);
    expect(wakes).toEqual([]);
  });

  it('hears nothing from a loop that hangs, nor from one that answers after the end', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { told, wakes, wake, end } = watched(() => promise);
    await wake();
    expect(told).toEqual(['ready']);
    end();
    resolve();
    await wake();
    expect(told).toEqual(['ready', 'stopping']);
    expect(wakes).toEqual([]);
  });
});
