// What time is it on the market? The venue's own time, asked only where what is known already does not suffice.

export interface MarketTime {
  /** The venue's time now, epoch milliseconds. */
  now(): Promise<number>;
  /**
   * A time that has surely passed at the venue: `wanted` or later if it has been seen to pass, else the time now.
   * Ask before reading what must have ended by then.
   */
  before(wanted: number): Promise<number>;
}

export function createMarketTime(ask: () => Promise<number>): MarketTime {
  let passed = -Infinity;
  const now = async (): Promise<number> => {
    const time = await ask();
    passed = Math.max(passed, time);
    return time;
  };
  return { now, before: async (wanted) => (passed >= wanted ? passed : now()) };
}
