// What does a benchmark report? One median with its unit.

export interface BenchRow {
  readonly name: string;
  readonly median: number;
  readonly unit: string;
  /** The median must not be above this; missing: shown, no promise. */
  readonly limit?: number;
  /** How it was measured, or against what. */
  readonly note?: string;
}
