// Can a long synchronous check be stopped, and does it hand back its result?
import { setImmediate } from 'node:timers';
import { describe, expect, it } from 'vitest';
import { runCheck } from './run-check.ts';

/** Pieces that keep the thread busy for `ms` each. */
function* busy(pieces: number, ms: number): Generator<number, string, void> {
  for (let done = 1; done <= pieces; done += 1) {
    const until = performance.now() + ms;
    while (performance.now() < until) continue;
    yield done;
  }
  return 'the result';
}

describe('a check', () => {
  it('returns its result after all its pieces', async () => {
    let pieces = 0;
    const { signal } = new AbortController();
    expect(await runCheck(busy(5, 0), { onPiece: () => void (pieces += 1), signal })).toBe('the result');
    expect(pieces).toBe(5);
  });

  it('stops at the next piece once it is told to', async () => {
    const controller = new AbortController();
    let pieces = 0;
    const onPiece = (): void => {
      pieces += 1;
      if (pieces === 2) controller.abort(new Error('told to'));
    };
    await expect(runCheck(busy(5, 0), { onPiece, signal: controller.signal })).rejects.toThrow('told to');
    expect(pieces).toBe(2);
  });

  it('lets the event loop have its turn, so that it can be told', async () => {
    const controller = new AbortController();
    setImmediate(() => controller.abort(new Error('from outside')));
    const run = runCheck(busy(100, 60), { onPiece: () => undefined, signal: controller.signal });
    await expect(run).rejects.toThrow('from outside');
  });
});
