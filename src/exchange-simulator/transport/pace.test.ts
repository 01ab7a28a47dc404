import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../test/scenarios/exchange-simulator/manual-clock.ts';
import { startPace, TICK_MS } from './pace.ts';

function market(endsAt = Infinity) {
  return {
    now: 1_000_000,
    get ended() {
      return this.now >= endsAt;
    },
    advanceTo(time: number) {
      this.now = Math.max(this.now, Math.min(time, endsAt));
    },
  };
}

describe('the pace of market time', () => {
  it.each([1, 60, 1000])('runs %i times as fast as wall time', (speed) => {
    const clock = createManualClock();
    const exchange = market();
    let moves = 0;
    startPace({ exchange, clock, speed, moved: () => (moves += 1) });
    clock.advance(10_000);
    expect(exchange.now).toBe(1_000_000 + 10_000 * speed);
    expect(moves).toBe(10_000 / TICK_MS);
  });

  it('waits for whoever drives it in lock-step', () => {
    const clock = createManualClock();
    const exchange = market();
    startPace({ exchange, clock, speed: 'lockstep', moved: () => undefined });
    clock.advance(10_000);
    expect(exchange.now).toBe(1_000_000);
    expect(clock.waiting).toBe(0);
  });

  it('goes on from a jump by hand', () => {
    const clock = createManualClock();
    const exchange = market();
    startPace({ exchange, clock, speed: 1, moved: () => undefined });
    clock.advance(1_000);
    exchange.advanceTo(5_000_000);
    clock.advance(1_000);
    expect(exchange.now).toBe(5_001_000);
  });

  it('leaves no timer behind when it is stopped or the market has ended', () => {
    const clock = createManualClock();
    const stop = startPace({ exchange: market(), clock, speed: 60, moved: () => undefined });
    stop();
    expect(clock.waiting).toBe(0);
    startPace({ exchange: market(1_000_001), clock, speed: 60, moved: () => undefined });
    clock.advance(1_000);
    expect(clock.waiting).toBe(0);
  });
});
