// Is a kept result found again exactly when nothing that it depends on has changed?
import { describe, expect, it } from 'vitest';
import { composeVariants, loadLevels } from '../../../src/cli/compose-variants.ts';
import type { CandleSeries } from '../../../src/domain/candle.ts';
import { PerpilotError } from '../../../src/domain/errors.ts';
import type { AblationCase } from '../../../src/research/ablation-plan.ts';
import type { PortfolioTask, ResearchContext, ResearchTask } from '../../../src/research/jobs.ts';
import type { SymbolMarket } from '../../../src/research/market.ts';
import type { VariantSettings } from '../../../src/research/settings.ts';
import { createTaskKeys, createTaskParts, refuseOtherRun, type KeptRun } from '../../../src/research/task-key.ts';
import type { TrainedFold } from '../../../src/research/train-folds.ts';

const window = { index: 0, trainStart: 0, testStart: 10, testEnd: 20 };
const columns = { openTime: new Float64Array(0), open: new Float64Array(0), high: new Float64Array(0) };
const series: CandleSeries = {
  symbol: 'A',
  intervalMs: 3_600_000,
  length: 0,
  ...columns,
  low: columns.open,
  close: columns.open,
  volume: columns.open,
  flags: new Uint8Array(0),
};
const marketOf = (symbol: string, dataHash: string): SymbolMarket => ({
  symbol,
  series,
  funding: undefined,
  finer: [],
  instrument: { symbol, tickSize: 1, lotSize: 1, minQuantity: 1, maxMarketQuantity: 1, minNotional: 1, tiers: [] },
  provenance: 'a test',
  dataHash,
});
const context: ResearchContext = {
  markets: [marketOf('A', 'data a'), marketOf('B', 'data b')],
  seed: '1',
  embargoHours: 0,
};
const [settings] = composeVariants(['moderate'], loadLevels({}, ['moderate'])).map((variant) => variant.settings);

/** Only the identity of a model counts for a key. */
const foldOf = (id: string): TrainedFold =>
  ({ window, coverage: { candles: 1, decidable: 1 }, status: 'trained', trained: { model: { id } } }) as TrainedFold;
const failed: TrainedFold = { window, coverage: { candles: 1, decidable: 0 }, status: 'failed', reason: 'nothing' };

const train = (own: Partial<VariantSettings> = {}, symbolIndex = 0): ResearchTask => ({
  kind: 'train',
  symbolIndex,
  learners: [{ ...settings, ...own }],
  windows: [window],
});
const simulate = (own: Partial<VariantSettings> = {}, folds: readonly TrainedFold[] = [foldOf('m')]): ResearchTask => ({
  kind: 'simulate',
  symbolIndex: 0,
  settings: { ...settings, ...own },
  folds,
});

const ablate = (own: Partial<AblationCase> = {}, folds: readonly TrainedFold[] = [foldOf('m')]): ResearchTask => ({
  kind: 'ablate',
  symbolIndex: 0,
  cases: [{ part: 'cooldown', kind: 'part', settings, delayBars: 0, ...own }],
  folds,
});

const account = (own: Partial<PortfolioTask> = {}): PortfolioTask => ({
  kind: 'portfolio',
  variants: [settings],
  symbols: [0, 1].map((symbolIndex) => ({ symbolIndex, folds: [foldOf('m')] })),
  calendar: [window],
  ...own,
});

const keyOf = (task: ResearchTask, own: Partial<ResearchContext> = {}, code = 'code'): string =>
  createTaskKeys(code, { ...context, ...own })(task);

describe('what is trained together', () => {
  const { keyOf: keyOfPart, split, cut, join } = createTaskParts('code', context);
  const alone = { ...settings, model: { ...settings.model, ensemble: !settings.model.ensemble } };
  const together: ResearchTask = { kind: 'train', symbolIndex: 0, learners: [settings, alone], windows: [window] };

  it('is kept model by model, under the key that each has when it is trained alone', () => {
    expect(split(together).map(keyOfPart)).toEqual([keyOf(train()), keyOf(train(alone))]);
    expect(split(account())).toEqual([account()]);
  });

  it('is the same again once its parts are joined', () => {
    const result = { kind: 'train', folds: [[foldOf('m')], [failed]] } as const;
    expect(cut(result)).toEqual([
      { kind: 'train', folds: [[foldOf('m')]] },
      { kind: 'train', folds: [[failed]] },
    ]);
    expect(join(cut(result))).toEqual(result);
    const other = { kind: 'portfolio', outcomes: [] } as const;
    expect(join(cut(other))).toEqual(other);
  });
});

describe('the key of a task', () => {
  it('is the same for the same task of another process', () => {
    expect(keyOf(train())).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf(structuredClone(train()), structuredClone(context))).toBe(keyOf(train()));
    expect(keyOf(structuredClone(simulate()))).toBe(keyOf(simulate()));
  });

  it('changes with everything that the result depends on', () => {
    const model = { ...settings.model, bags: settings.model.bags + 1 };
    const otherData = { markets: [marketOf('A', 'other'), marketOf('B', 'data b')] };
    const later: ResearchTask = { ...train(), windows: [{ ...window, testEnd: 21 }] } as ResearchTask;
    const keys = [
      keyOf(train()),
      keyOf(train(), {}, 'other code'),
      keyOf(train(), otherData),
      keyOf(train(), { seed: '2' }),
      keyOf(train(), { embargoHours: 1 }),
      keyOf(train({}, 1)),
      keyOf(train({ model })),
      keyOf({ ...train(), learners: [settings, { ...settings, model }] } as ResearchTask),
      keyOf(later),
      keyOf(simulate()),
      keyOf(simulate(), {}, 'other code'),
      keyOf(simulate(), otherData),
      keyOf(simulate(), { seed: '2' }),
      keyOf(simulate({ model })),
      keyOf(simulate({ metaModel: 'off' })),
      keyOf(simulate({ variant: 'other' })),
      keyOf(simulate({ risk: { ...settings.risk, maxLeverage: settings.risk.maxLeverage + 1 } })),
      keyOf(simulate({}, [foldOf('n')])),
      keyOf(simulate({}, [failed])),
      keyOf(simulate({}, [{ ...failed, reason: 'other' }])),
      keyOf(simulate({}, [foldOf('m'), foldOf('m')])),
      keyOf(simulate({}, [])),
      keyOf(ablate()),
      keyOf(ablate(), {}, 'other code'),
      keyOf(ablate(), otherData),
      keyOf(ablate({ settings: { ...settings, metaModel: 'off' } })),
      keyOf(ablate({ delayBars: 1 })),
      keyOf(ablate({ part: 'regime filter' })),
      keyOf(ablate({}, [foldOf('n')])),
      keyOf({ ...ablate(), cases: [] } as ResearchTask),
      keyOf(account()),
      keyOf(account(), {}, 'other code'),
      keyOf(account(), otherData),
      keyOf(account(), { seed: '2' }),
      keyOf(account({ variants: [{ ...settings, variant: 'portfolio/off' }] })),
      keyOf(account({ calendar: [{ ...window, testEnd: 21 }] })),
      keyOf(account({ symbols: [{ symbolIndex: 0, folds: [foldOf('m')] }] })),
      keyOf(account({ symbols: [0, 1].map((symbolIndex) => ({ symbolIndex, folds: [foldOf('n')] })) })),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('of a training task is shared by variants that share their models', () => {
    const riskier = {
      riskLevel: 'other',
      variant: 'other',
      configHash: 'other',
      risk: { ...settings.risk, maxLeverage: 1 },
    };
    expect(keyOf(train(riskier))).toBe(keyOf(train()));
    expect(keyOf(simulate(riskier))).not.toBe(keyOf(simulate()));
  });
});

describe('a folder of kept tasks', () => {
  const kept: KeptRun = { codeVersion: '1', symbols: [{ symbol: 'A', dataHash: 'a'.repeat(64) }] };
  const problemsOf = (now: KeptRun): readonly string[] => {
    try {
      refuseOtherRun(kept, now, 'tasks/run.json');
    } catch (error) {
      if (error instanceof PerpilotError && error.code === 'MANIFEST_MISMATCH')
        return error.problems.map(({ message }) => message);
      throw error;
    }
    return [];
  };

  it('serves runs of the same code and data, with more or fewer symbols', () => {
    expect(problemsOf(kept)).toEqual([]);
    expect(problemsOf({ ...kept, symbols: [...kept.symbols, { symbol: 'B', dataHash: 'b' }] })).toEqual([]);
    expect(problemsOf({ ...kept, symbols: [] })).toEqual([]);
  });

  it('refuses others, naming code and every symbol at once', () => {
    const other = problemsOf({ codeVersion: '2', symbols: [{ symbol: 'A', dataHash: 'b'.repeat(64) }] });
    expect(other).toEqual([
      'the kept tasks were made with code 1, this is 2',
      'A: the kept tasks were made from other data (aaaaaaaaaaaaaaaa, now bbbbbbbbbbbbbbbb)',
    ]);
  });
});
