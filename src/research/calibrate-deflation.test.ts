// Is a stored row deflated as a run deflates it, by the trials of all runs?
import { describe, expect, it } from 'vitest';
import { gateBasisOf, rowOf, sweepOf, PLATEAU } from '../../test/scenarios/calibrate-command/invented-runs.ts';
import { simulatedRows } from '../../test/null/simulated-rows.ts';
import { deflationOver } from './calibrate-deflation.ts';
import { assessSelection } from './selection.ts';
import { trialsAlone } from './trial-log.ts';

const emptyRun = sweepOf({ sharpes: {} });

describe('deflation over all runs', () => {
  it('is that of the run itself where the run is all there is and its trials spread as chance has it', () => {
    const rows = simulatedRows({ seed: 'stored', days: 300, correlation: 0, edge: () => 1 });
    const selection = assessSelection({
      rows,
      trials: { ...trialsAlone(rows), varianceOfSharpes: undefined },
      seed: 'stored',
      resamples: 10,
      drawdownLimits: [],
      buyAndHold: new Map(),
    });
    const stored = selection.rows.map(({ symbol, configHash, gateBasis }) =>
      rowOf({ symbol, configHash, gateBasis: gateBasis.value }),
    );
    const { trials, probabilityOf } = deflationOver([{ ...emptyRun, rows: stored }]);
    expect(trials).toBe(rows.length);
    expect(stored.map(probabilityOf)).toEqual(selection.rows.map(({ gateDeflatedSharpe }) => gateDeflatedSharpe.value));
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

  it('asks more of a row the more was tried, and no more of it because other trials lose', () => {
    const good = sweepOf({ sharpes: { AUSDT: PLATEAU, BUSDT: PLATEAU } });
    const mixed = sweepOf({ sharpes: { AUSDT: PLATEAU, BUSDT: PLATEAU.map((each) => each - 5) } });
    const best = good.rows[2];
    expect(deflationOver([mixed]).probabilityOf(best)).toBe(deflationOver([good]).probabilityOf(best));
    const alone = { ...emptyRun, rows: [best] };
    expect(deflationOver([good]).probabilityOf(best)).toBeLessThan(deflationOver([alone]).probabilityOf(best) ?? NaN);
  });

  it('knows no probability without a Sharpe ratio', () => {
    const none = rowOf({ configHash: 'x', sharpe: undefined });
    expect(none.gateBasis).toBeUndefined();
    expect(deflationOver([{ ...emptyRun, rows: [none] }]).probabilityOf(none)).toBeUndefined();
    expect(rowOf({ configHash: 'y', sharpe: 2 }).gateBasis).toEqual(gateBasisOf(2));
  });
});
