// How often was funding paid, and where are stamps missing? Told apart by what comes before and after.
import { HOUR_MS } from './time.ts';

/** A stretch with one spacing between stamps; `from` and `to` are its first and last stamp (shared with its neighbours). */
export interface FundingRegime {
  readonly from: number;
  readonly to: number;
  readonly intervalMs: number;
  /** Steps of `intervalMs` in it. */
  readonly stamps: number;
}

export interface FundingGap {
  /** The first missing stamp. */
  readonly from: number;
  readonly missing: number;
}

/** The longest spacing that venues use; a longer step is a hole. */
const LONGEST_INTERVAL_MS = 8 * HOUR_MS;

interface Step extends FundingRegime {
  readonly isGap: boolean;
}

/** Stretches of equal spacing in strictly rising stamps, holes left out of them. */
export function fundingRegimes(times: Float64Array): readonly FundingRegime[] {
  const regimes: FundingRegime[] = [];
  for (const run of runsOf(times)) {
    if (run.isGap) continue;
    const last = regimes.at(-1);
    const { from, to, intervalMs, stamps } = run;
    if (last !== undefined && last.intervalMs === intervalMs)
      regimes[regimes.length - 1] = { from: last.from, to, intervalMs, stamps: last.stamps + stamps };
    else regimes.push({ from, to, intervalMs, stamps });
  }
  return regimes;
}

/** Holes in strictly rising stamps. A single longer step between equal spacings is a hole; a lasting one is a change. */
export function fundingGaps(times: Float64Array): readonly FundingGap[] {
  const runs = runsOf(times);
  return runs.flatMap((run, index) => {
    if (!run.isGap) return [];
    const usual = spacingNear(runs, index);
    const missing = Math.max(1, Math.round(run.intervalMs / usual) - 1);
    return Array.from({ length: run.stamps }, (_, step) => ({
      from: run.from + step * run.intervalMs + usual,
      missing,
    }));
  });
}

function spacingNear(runs: readonly Step[], index: number): number {
  for (let before = index - 1; before >= 0; before -= 1) if (!runs[before].isGap) return runs[before].intervalMs;
  return runs.slice(index).find((run) => !run.isGap)?.intervalMs ?? LONGEST_INTERVAL_MS;
}

/** Runs of equal steps, each judged to be spacing or hole. */
function runsOf(times: Float64Array): readonly Step[] {
  const runs: FundingRegime[] = [];
  for (let index = 1; index < times.length; index += 1) {
    const intervalMs = times[index] - times[index - 1];
    const last = runs.at(-1);
    if (last !== undefined && last.intervalMs === intervalMs)
      runs[runs.length - 1] = { ...last, to: times[index], stamps: last.stamps + 1 };
    else runs.push({ from: times[index - 1], to: times[index], intervalMs, stamps: 1 });
  }
  return runs.map((run, index) => {
    const before = runs[index - 1]?.intervalMs;
    const after = runs[index + 1]?.intervalMs;
    const isLoneStep = run.stamps === 1 && before !== undefined && before === after && run.intervalMs > before;
    return { ...run, isGap: run.intervalMs > LONGEST_INTERVAL_MS || isLoneStep };
  });
}
