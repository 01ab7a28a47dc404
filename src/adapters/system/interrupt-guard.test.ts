import { describe, expect, it } from 'vitest';
import { createInterruptGuard } from './interrupt-guard.ts';

describe('createInterruptGuard', () => {
  it('aborts its signal with INTERRUPTED and cleans up only when told to', () => {
    const guard = createInterruptGuard();
    let cleaned = 0;
    guard.onInterrupt(() => void (cleaned += 1));
    expect(guard.signal.aborted).toBe(false);
    guard.interrupt();
    expect(() => guard.signal.throwIfAborted()).toThrow(expect.objectContaining({ code: 'INTERRUPTED' }));
    expect(cleaned).toBe(0);
    guard.cleanUp();
    guard.cleanUp();
    expect(cleaned).toBe(1);
  });

  it('runs what is still registered, newest first, whatever one of them throws', () => {
    const guard = createInterruptGuard();
    const order: string[] = [];
    guard.onInterrupt(() => void order.push('oldest'));
    const forget = guard.onInterrupt(() => void order.push('done in time'));
    guard.onInterrupt(() => {
      throw new Error('stuck');
    });
    guard.onInterrupt(() => void order.push('newest'));
    forget();
    expect(guard.cleanUp()).toEqual([new Error('stuck')]);
    expect(order).toEqual(['newest', 'oldest']);
  });
});
