// An annual Sharpe ratio of 3 over two years is found in most seeds, wherever among 36 rows it is planted.
// Measured over 100 seeds at correlations 0.5, 0.7 and 0.9 of the variants, with fat tails: planted in all rows 93, 93 and 94 %;
// in all variants of one symbol 98, 93 and 78 %; in one variant 59, 64 and 73 %; growing from 0 to 3 over the variants 84, 77
// and 70 %; in 6 variants while the other 30 lose at -2: 93, 87 and 74 %. A Sharpe ratio of 2 in all rows 84, 86 and 81 %.
// The published deflated Sharpe ratio alone finds 7 to 15 % where one symbol holds the edge, none where other rows lose.
import { describe, expect, it } from 'vitest';
import { judgedRun } from './judged-run.ts';
import type { SimulatedRun } from './simulated-rows.ts';

const SEEDS = 8;

describe('selection of a planted edge', () => {
  it.each<[string, NonNullable<SimulatedRun['edge']>, number]>([
    ['in all rows', () => 3, 0.75],
    ['in all variants of one symbol', (symbol) => (symbol === 0 ? 3 : 0), 0.75],
    ['in one variant', (symbol, variant) => (symbol === 0 && variant === 4 ? 3 : 0), 0.5],
  ])('%s is found in most seeds', (where, edge, share) => {
    let found = 0;
    for (let seed = 0; seed < SEEDS; seed += 1) {
      const run = { seed: `${where}/${seed}`, days: 730, correlation: 0.7, edge };
      if (judgedRun(run).survival.survives) found += 1;
    }
    expect(found).toBeGreaterThan(share * SEEDS);
  });
});
