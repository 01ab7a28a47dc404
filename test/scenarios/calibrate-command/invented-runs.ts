// Which runs do the tests of the calibration invent? Sweeps of one setting whose figures are given, on two symbols.
import { SHIPPED_PLACES, shippedLevels } from '../../../src/cli/calibrate-apply.ts';
import { DAY_MS, DAYS_PER_YEAR } from '../../../src/domain/time.ts';
import type {
  CalibrationRow,
  CalibrationRun,
  FlatSettings,
  ShippedLevel,
} from '../../../src/research/calibrate-run.ts';
import type { GateBasis } from '../../../src/research/selection-deflation.ts';

export const SHIPPED: readonly ShippedLevel[] = shippedLevels(SHIPPED_PLACES);
export const KEY = 'labeling.profit_barrier';
export const BARRIERS = ['0.015', '0.02', '0.025', '0.03', '0.035'] as const;
export const FROM = Date.UTC(2022, 0, 1);

export function shippedSettings(riskLevel: string): FlatSettings {
  return SHIPPED.find((level) => level.riskLevel === riskLevel)?.settings ?? {};
}

/** A row that is robust but for its neighbours. */
export function rowOf(facts: Partial<CalibrationRow> & { readonly configHash: string }): CalibrationRow {
  const sharpe = 'sharpe' in facts ? facts.sharpe : 3;
  return {
    symbol: 'AUSDT',
    riskLevel: 'moderate',
    variant: facts.configHash,
    dataHash: `data of ${facts.symbol ?? 'AUSDT'}`,
    from: FROM,
    to: FROM + 730 * DAY_MS,
    netPnl: (sharpe ?? 0) * 1000,
    gateBasis: sharpe === undefined ? undefined : gateBasisOf(sharpe),
    survives: sharpe !== undefined && sharpe > 1,
    trades: 100,
    folds: { planned: 24, won: 16, failed: 0 },
    judged: { sharpe, profitFactor: 2, maxDrawdown: 0.05, trades: 100 },
    ...facts,
    sharpe,
  };
}

/** Of normal returns without memory over 730 days. `sharpe` is annual. */
export function gateBasisOf(sharpe: number): GateBasis {
  const daily = sharpe / Math.sqrt(DAYS_PER_YEAR);
  return { sharpe: daily, observations: 730, skew: 0, kurtosis: 3, varianceByChance: 1 / 729 };
}

export interface InventedSweep {
  /** Sharpe ratio at each of BARRIERS, per symbol. */
  readonly sharpes: Readonly<Record<string, readonly (number | undefined)[]>>;
  readonly riskLevel?: string;
  readonly more?: Partial<CalibrationRow>;
  readonly settings?: FlatSettings;
  readonly run?: Partial<CalibrationRun>;
}

/** A sweep of the profit barrier, 0.02 of which is what is shipped. */
export function sweepOf({
  sharpes,
  riskLevel = 'moderate',
  more = {},
  settings = {},
  run = {},
}: InventedSweep): CalibrationRun {
  const hashes = BARRIERS.map((value) => `${riskLevel} ${value}`);
  return {
    id: `run of ${riskLevel}`,
    codeVersion: 'test',
    synthetic: false,
    seed: 1,
    rows: Object.entries(sharpes).flatMap(([symbol, values]) =>
      values.map((sharpe, at) => rowOf({ symbol, riskLevel, configHash: hashes[at], sharpe, ...more })),
    ),
    settings: new Map(
      hashes.map((hash, at) => [hash, { ...shippedSettings(riskLevel), [KEY]: Number(BARRIERS[at]), ...settings }]),
    ),
    sweep: {
      dimensions: [{ key: KEY, values: BARRIERS }],
      places: Object.fromEntries(hashes.map((hash, at) => [hash, [at]])),
    },
    leakSuspected: false,
    ...run,
  };
}

export const PLATEAU = [2.6, 2.8, 3, 2.9, 2.7] as const;
export const PEAK = [0.2, 0.3, 3, 0.3, 0.2] as const;
export const LOSS = [-1, -0.9, -0.8, -0.9, -1] as const;
