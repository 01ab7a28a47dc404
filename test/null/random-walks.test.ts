// Does the whole pipeline, selection included, find nothing where there is nothing?
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/domain/random.ts';
import { strategyOf } from '../../src/research/jobs.ts';
import { planSuite } from '../../src/research/plan-suite.ts';
import { trainFolds } from '../../src/research/train-folds.ts';
import type { ModelCard } from '../../src/training/model-card.ts';
import {
  HEADLINE,
  inputOf,
  marketOf,
  runSmall,
  variantsOf,
  type SmallRun,
  type SmallRunResult,
} from '../scenarios/research/small-research.ts';
import { createPlantedEdge, createRandomWalk } from '../../src/simulation/embedded-market/null-markets.ts';
import { buildDataset, type Dataset } from '../../src/training/dataset.ts';

const DAYS = 200;
const LEVELS = ['conservative', 'moderate', 'aggressive'];
const SEEDS = Array.from({ length: 7 }, (_, seed) => seed);

/** Two symbols of independent walks on three levels: enough to select from. */
function walkRun(seed: number): SmallRun {
  const markets = ['AUSDT', 'BUSDT'].map((symbol) => {
    const { candles, funding } = createRandomWalk({ symbol, seed: `null ${seed} ${symbol}`, bars: DAYS * 24 });
    return marketOf(candles, funding);
  });
  return { markets, seed, variants: variantsOf(LEVELS) };
}

describe('random walks', () => {
  let runs: readonly SmallRunResult[];
  beforeAll(async () => {
    runs = await Promise.all(SEEDS.map((seed) => runSmall(walkRun(seed))));
  });

  it('are never recommended, and no edge is found in them', () => {
    const words = runs.flatMap(({ result }) => result.levels.map(({ word }) => word));
    expect(words).toHaveLength(SEEDS.length * LEVELS.length);
    expect(new Set(words)).toEqual(new Set(['no edge found']));
  });

  it('give no row an edge, the best of all trials included', () => {
    const rows = runs.flatMap(({ result }) => result.rows);
    expect(rows.filter(({ verdict }) => verdict.edge)).toEqual([]);
    const best = Math.max(...rows.map(({ verdict }) => verdict.deflatedSharpe ?? 0));
    expect(best).toBeLessThan(0.95);
  });

  it('have Sharpe ratios within their own noise, and lose their costs on average', () => {
    const rows = runs.flatMap(({ suite }) => suite.outcomes).filter(({ variant }) => variant === HEADLINE);
    const scores = rows.flatMap(({ figures, from, to }) => {
      const years = (to - from) / (365 * 24 * 3_600_000);
      // An annual Sharpe ratio of pure chance has a standard deviation of 1 / √years.
      return figures.sharpe === undefined ? [] : [figures.sharpe * Math.sqrt(years)];
    });
    expect(scores.length).toBeGreaterThan(20);
    for (const score of scores) expect(score).toBeLessThan(3.5);
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
    expect(mean).toBeLessThan(0.5);
    expect(mean).toBeGreaterThan(-3);
  });

  it('are not taken for skill more often than chance has it, and raise no leak alarm', () => {
    const cards = runs.flatMap(({ suite }) => suite.cards);
    const skilled = cards.filter((card) => card.skilled).length / cards.length;
    expect(cards.length).toBeGreaterThan(90);
    expect(skilled).toBeLessThan(0.6);
    const auc = cards.reduce((sum, card) => sum + (card.validationAuc ?? 0.5), 0) / cards.length;
    expect(Math.abs(auc - 0.5)).toBeLessThan(0.03);
    expect(runs.flatMap(({ result }) => result.models.leakAlarms)).toEqual([]);
  });

  it('have random-entry p-values that are spread out, not crowded at the small end', () => {
    const pValues = runs.flatMap(({ result }) => result.rows.flatMap((row) => row.randomEntries?.pValue ?? []));
    const small = pValues.filter((p) => p < 0.05).length / pValues.length;
    expect(pValues.length).toBeGreaterThan(20);
    expect(small).toBeLessThan(0.2);
  });
});

/** Cards of all folds of a market with an edge. */
const cardsOf = (seed: number, isShuffled: boolean): ModelCard[] => {
  const { candles: series, funding } = createPlantedEdge({ seed, bars: DAYS * 24 });
  const run: SmallRun = { markets: [marketOf(series, funding)], variants: variantsOf(['moderate']), seed };
  const [{ windows }] = planSuite(inputOf(run));
  const [{ labeling, costs, features, model }] = run.variants;
  const strategy = strategyOf(run.variants[0], series.intervalMs);
  const atrPeriod = features.atrPeriod;
  const dataset = buildDataset({ series, funding, strategy, labeling, costs, atrPeriod });
  if (isShuffled) shuffleLabels(dataset, `shuffled ${seed}`);
  const [folds] = trainFolds({ dataset, windows, params: [model], embargoHours: 0, seed: String(seed) });
  return folds.flatMap((fold) => (fold.status === 'trained' ? [fold.trained.card] : []));
};

/** Mean area under the curve on validation data. */
const meanAuc = (cards: readonly ModelCard[]): number =>
  cards.reduce((sum, card) => sum + (card.validationAuc ?? 0.5), 0) / cards.length;

describe('labels shuffled inside a market with an edge', () => {
  it('leave nothing to learn, while the true labels do', () => {
    const seeds = [1, 2, 3];
    const shuffled = seeds.flatMap((seed) => cardsOf(seed, true));
    const honest = seeds.flatMap((seed) => cardsOf(seed, false));
    expect(shuffled.length).toBeGreaterThan(15);
    expect(Math.abs(meanAuc(shuffled) - 0.5)).toBeLessThan(0.025);
    expect(meanAuc(honest)).toBeGreaterThan(0.55);
    expect(shuffled.filter((card) => card.skilled).length / shuffled.length).toBeLessThan(0.7);
  });
});

/** Gives every sample the outcome of another: what a row shows no longer has to do with how its trade ended. */
function shuffleLabels({ labels }: Dataset, seed: string): void {
  const random = createRandom(seed);
  const { label, netReturn } = labels;
  const known = Array.from(label.keys()).filter((row) => label[row] >= 0);
  for (let last = known.length - 1; last > 0; last -= 1) {
    const [a, b] = [known[last], known[random.below(last + 1)]];
    [label[a], label[b]] = [label[b], label[a]];
    [netReturn[a], netReturn[b]] = [netReturn[b], netReturn[a]];
  }
}
