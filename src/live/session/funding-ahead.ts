// Which payments of funding are near? The one before and the one after, at the rates that the venue has named.
import { HOUR_MS } from '../../domain/time.ts';
import type { VenueTicker } from '../../ports/venue-market.ts';
import type { FundingPayment } from './entry-windows.ts';

/** What the venue says of the payments of one symbol. */
export class FundingAhead {
  private next: FundingPayment | undefined;
  private last: FundingPayment | undefined;

  /** The venue names the next payment and the rate that it will have as things stand. */
  heard({ nextFundingTime: time, fundingRate: rate }: VenueTicker): void {
    if (time === undefined) return;
    if (this.next !== undefined && time > this.next.time) this.last = this.next;
    // A message without the rate does not take back what was said before.
    this.next = { time, rate: rate ?? (this.next?.time === time ? this.next.rate : undefined) };
  }

  /** The payments around `now`; where the venue has named none, those on multiples of their spacing. */
  around(now: number, intervalHours = 8): readonly FundingPayment[] {
    const intervalMs = intervalHours * HOUR_MS;
    const before = Math.floor(now / intervalMs) * intervalMs;
    const named = [this.last, this.next].flatMap((payment) => payment ?? []);
    const isNamed = (from: number, until: number): boolean => named.some(({ time }) => time > from && time <= until);
    const assumed = [
      ...(isNamed(now - intervalMs, now) ? [] : [before]),
      ...(isNamed(now, Infinity) ? [] : [before + intervalMs]),
    ].map((time): FundingPayment => ({ time, rate: undefined }));
    return [...named, ...assumed];
  }
}
