// What time is it on a replayed market? The exchange on this machine is asked again and again, and timers follow it.
import { VenueError } from '../domain/venue-error.ts';
import { SteppedClock } from '../live/rehearsal/stepped-clock.ts';
import type { Clock } from '../ports/clock.ts';

/** How often the exchange is asked, milliseconds of this machine. */
const ASK_EVERY_MS = 20;

/** `absent`: it has no market time of its own; `silent`: it does not answer. */
type MarketTime = number | 'absent' | 'silent';

/** A clock that shows market time; close it when nobody looks at it any more. */
export class FollowedClock implements Clock {
  private readonly stepped: SteppedClock;
  private readonly ask: () => Promise<MarketTime>;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  private constructor(start: number, ask: () => Promise<MarketTime>) {
    this.stepped = new SteppedClock(start);
    this.ask = ask;
  }

  /**
   * Follows the exchange at `baseUrl`; undefined: it has no market time of its own.
   * @throws VenueError UNREACHABLE when it does not answer: whose time it keeps would be a guess
   */
  static async follow(baseUrl: string): Promise<FollowedClock | undefined> {
    const ask = (): Promise<MarketTime> => askMarketTime(baseUrl);
    const start = await ask();
    if (start === 'silent') {
      throw new VenueError({
        code: 'UNREACHABLE',
        message: `nothing answers at ${baseUrl}`,
        retryable: true,
        orderMayExist: false,
      });
    }
    if (start === 'absent') return undefined;
    const clock = new FollowedClock(start, ask);
    clock.goOn();
    return clock;
  }

  now(): number {
    return this.stepped.now();
  }

  after(delayMs: number, wake: () => void): () => void {
    return this.stepped.after(delayMs, wake);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private goOn(): void {
    if (this.closed) return;
    this.timer = setTimeout(() => void this.look(), ASK_EVERY_MS);
  }

  private async look(): Promise<void> {
    const time = await this.ask();
    // While it does not answer, time stands still.
    if (typeof time === 'number' && !this.closed) this.stepped.moveTo(time);
    this.goOn();
  }
}

async function askMarketTime(baseUrl: string): Promise<MarketTime> {
  try {
    const reply = await fetch(`${baseUrl}/control/now`, { signal: AbortSignal.timeout(2_000) });
    if (!reply.ok) return 'absent';
    const value: unknown = await reply.json();
    const isTime = typeof value === 'object' && value !== null && 'now' in value && typeof value.now === 'number';
    return isTime ? Number(value.now) : 'absent';
  } catch {
    // It is being started or has ended.
    return 'silent';
  }
}
