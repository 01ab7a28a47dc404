// Does the deflated probability of a stored row equal the one of its daily returns?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowOf, sweepOf, FROM, PLATEAU } from '../../test/scenarios/calibrate-command/invented-runs.ts';
import { DAY_MS, DAYS_PER_YEAR } from '../domain/time.ts';
import { deflationOver } from './calibrate-deflation.ts';
import { deflatedSharpe } from './statistics/deflated-sharpe.ts';
import { estimateSharpe, probabilisticSharpe } from './statistics/probabilistic-sharpe.ts';

const emptyRun = sweepOf({ sharpes: {} });

describe('deflation over all runs', () => {
  it('knows skew and kurtosis by the probabilistic Sharpe ratio that is stored', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.05, max: 0.06, noNaN: true }), { minLength: 50, maxLength: 300 }),
        fc.integer({ min: 2, max: 40 }),
        (returns, others) => {
          const estimate = estimateSharpe(returns);
          fc.pre(estimate !== undefined && Math.abs(estimate.sharpe) > 1e-3 && Math.abs(estimate.sharpe) < 0.3);
          if (estimate === undefined) return;
          const row = (at: number) =>
            rowOf({
              configHash: `h${at}`,
              from: FROM,
              to: FROM + returns.length * DAY_MS,
              sharpe: estimate.sharpe * Math.sqrt(DAYS_PER_YEAR),
              probabilisticSharpe: probabilisticSharpe(estimate, 0),
            });
          const rows = Array.from({ length: others }, (_, at) => row(at));
          const { trials, probabilityOf } = deflationOver([{ ...emptyRun, rows }]);
          const expected = deflatedSharpe(estimate, { trials: others, varianceOfSharpes: 1 / returns.length });
          expect(trials).toBe(others);
          expect(probabilityOf(rows[0])).toBeCloseTo(expected.probability ?? NaN, 6);
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });

  it('counts configuration × symbol × history, each once', () => {
    const rows = ['AUSDT', 'BUSDT'].flatMap((symbol) =>
      ['x', 'y', 'y'].map((configHash) => rowOf({ symbol, configHash })),
    );
    expect(
      deflationOver([
        { ...emptyRun, rows },
        { ...emptyRun, rows },
      ]).trials,
    ).toBe(4);
    const later = rows.map((row) => ({ ...row, dataHash: 'later' }));
    expect(deflationOver([{ ...emptyRun, rows: [...rows, ...later] }]).trials).toBe(8);
  });

  it('takes the spread within a symbol: a symbol that loses does not refute another', () => {
    const good = sweepOf({ sharpes: { AUSDT: PLATEAU, BUSDT: PLATEAU } });
    const mixed = sweepOf({ sharpes: { AUSDT: PLATEAU, BUSDT: PLATEAU.map((each) => each - 5) } });
    const best = good.rows[2];
    expect(deflationOver([mixed]).probabilityOf(best)).toBeCloseTo(
      deflationOver([good]).probabilityOf(best) ?? NaN,
      12,
    );
  });

  it('knows no probability without a Sharpe ratio or without days', () => {
    const none = rowOf({ configHash: 'x', sharpe: undefined });
    const short = rowOf({ configHash: 'y', to: FROM + DAY_MS });
    const { probabilityOf } = deflationOver([{ ...emptyRun, rows: [none, short] }]);
    expect([probabilityOf(none), probabilityOf(short)]).toEqual([undefined, undefined]);
  });
});
