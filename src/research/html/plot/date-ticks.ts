// Which dates stand below a chart over time? Round ones, fewer of them where the page is narrow.
import type { AxisTick } from './frame.ts';
import { timeTicks } from './ticks.ts';

/** As many as keep apart on a narrow page. */
const NARROW = 5;

/** Marks in [from, to], epoch milliseconds; at most `wanted`, of which some give way where there is little room. */
export function dateTicks(from: number, to: number, wanted = 12): AxisTick[] {
  const ticks = timeTicks(from, to, wanted);
  const offset = Math.max(
    0,
    ticks.findIndex(({ isMajor }) => isMajor),
  );
  const stride = Math.max(1, Math.ceil(ticks.length / NARROW));
  return ticks.map(({ at, text }, index) => ({ at, text, isMinor: (index - offset) % stride !== 0 }));
}
