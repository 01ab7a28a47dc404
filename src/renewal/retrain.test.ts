// M3: through the very engine, does a model with an edge pass, one without fail, and does every way of a renewal end as recorded?
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { marketOf, variantsOf } from '../../test/scenarios/research/small-research.ts';
import { createModelFiles } from '../adapters/model-files/model-files.ts';
import { firstBarAtOrAfter, sliceSeries } from '../domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import type { ModelStore } from '../ports/model-store.ts';
import { strategyOf } from '../research/jobs.ts';
import type { SymbolMarket } from '../research/market.ts';
import { createPlantedEdge, createRandomWalk } from '../simulation/embedded-market/null-markets.ts';
import { artefactToText } from '../training/model-artefact.ts';
import { promoted, slotOf } from '../training/registry-changes.ts';
import type { RenewalGround } from './renewal-ground.ts';
import { planRetraining, retrain, type RetrainInput } from './retrain.ts';
import { trainSymbols } from './train-symbols.ts';

const [settings] = variantsOf(['moderate']);
const strategy = strategyOf(settings, HOUR_MS);
const BARS = 24 * 260;
const SYMBOL = 'EDGEUSDT';

function edgeMarket(symbol = SYMBOL): SymbolMarket {
  const { candles, funding } = createPlantedEdge({
    seed: `renewal/${symbol}`,
    bars: BARS,
    symbol,
    driftPerDeviation: 0.3,
  });
  return marketOf(candles, funding);
}

function noiseMarket(symbol = SYMBOL): SymbolMarket {
  const { candles, funding } = createRandomWalk({ seed: `renewal/noise/${symbol}`, bars: BARS, symbol });
  return marketOf(candles, funding);
}

const endOf = ({ series }: SymbolMarket): number => series.openTime[series.length - 1] + HOUR_MS;

function groundOf(markets: readonly SymbolMarket[], other: Partial<RenewalGround> = {}): RenewalGround {
  return {
    markets,
    settings,
    strategy,
    until: endOf(markets[0]),
    history: { targetDays: 120, minDays: 90, minCoverage: 0.95 },
    embargoHours: 0,
    seed: '1',
    codeVersion: 'test',
    gate: {
      days: 90,
      minTrades: 30,
      minSharpe: 0,
      minProfitFactor: 1,
      maxDrawdown: 0.25,
      maxChance: 0.1,
      calibrationSlack: 0.01,
    },
    shadowDays: 0,
    maxFlipsPerDay: 1,
    newSymbols: 'train',
    ...other,
  };
}

let folder = '';
let store: ModelStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-retrain-'));
  store = createModelFiles({ folder, keepBackups: 3 });
});
afterEach(() => rmSync(folder, { recursive: true }));

let clock = 1;
const inputOf = (ground: RenewalGround, other: Partial<RetrainInput> = {}): RetrainInput => ({
  store,
  ground,
  now: () => clock,
  joint: false,
  isNamed: false,
  signal: new AbortController().signal,
  ...other,
});

/** Keeps a model that was trained on the market up to the moment, and lets it trade. */
async function champion(market: SymbolMarket, until: number): Promise<string> {
  const [outcome] = trainSymbols({ ...groundOf([market]), until, joint: false });
  if (outcome.kind !== 'trained') throw new Error(outcome.reasons.join());
  const version = await store.add(artefactToText(outcome.artefact));
  const cause = { at: 0, by: 'person', reasons: ['a test'] };
  await store.change((record) => promoted(record, [{ symbol: market.symbol, version }], cause));
  return version;
}

describe('a renewal', () => {
  const edge = edgeMarket();
  const trainUntil = endOf(edge) - 90 * DAY_MS;

  it('promotes a first model that earns on an edge, with its reasons, and finds the same model again', async () => {
    const [outcome] = await retrain(inputOf(groundOf([edge])));
    expect(outcome).toMatchObject({ symbol: SYMBOL, kind: 'promoted' });
    const { changes } = await store.registry();
    expect(changes).toMatchObject([{ kind: 'promote', by: 'retrain', from: undefined }]);
    expect(changes[0].reasons.filter((reason) => reason.startsWith('for: '))).toHaveLength(8);
    expect(await retrain(inputOf(groundOf([edge])))).toMatchObject([{ kind: 'same' }]);
    expect(await store.verify()).toEqual([]);
  });

  it('refuses a model that learnt from noise, and leaves nobody trading', async () => {
    const [outcome] = await retrain(inputOf(groundOf([noiseMarket()])));
    expect(outcome).toMatchObject({ kind: 'refused' });
    expect(slotOf(await store.registry(), SYMBOL)).toMatchObject({ champion: undefined, challenger: undefined });
  });

  it('refuses a challenger without merit where the champion has some, and lets the better one through the other way round', async () => {
    const good = await champion(edge, trainUntil);
    const noise = await champion(noiseMarket(), trainUntil);
    const { judgeCandidates } = await import('./judge-candidates.ts');
    const verdictOf = async (from: string, to: string) => {
      const cause = { at: 0, by: 'person', reasons: [] };
      const registry = await store.change((record) => promoted(record, [{ symbol: SYMBOL, version: from }], cause));
      return judgeCandidates(store, groundOf([edge]), { registry, candidates: [{ symbol: SYMBOL, version: to }] });
    };
    const worse = await verdictOf(good, noise);
    expect(worse.verdict.passed).toBe(false);
    const better = await verdictOf(noise, good);
    expect(better.verdict.checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(better.from).toBe(trainUntil);
  });

  it('lets a challenger decide beside the champion first, and promotes it when its days are over', async () => {
    const noise = await champion(noiseMarket(), trainUntil - 30 * DAY_MS);
    const early = groundOf([edge], { shadowDays: 7, until: endOf(edge) - 7 * DAY_MS });
    expect(await retrain(inputOf(early, { settleOnly: true }))).toEqual([]);
    const [first] = await retrain(inputOf(early));
    expect(first).toMatchObject({ kind: 'shadow', until: endOf(edge) });
    expect(slotOf(await store.registry(), SYMBOL).champion).toBe(noise);
    expect(await planRetraining(inputOf(early))).toMatchObject([{ step: 'shadow' }]);
    expect(await retrain(inputOf({ ...early, until: endOf(edge) - HOUR_MS }))).toMatchObject([{ kind: 'shadow' }]);
    const late = groundOf([edge], { shadowDays: 7 });
    expect(await planRetraining(inputOf(late))).toMatchObject([{ step: 'judge' }]);
    const held = await retrain(inputOf({ ...late, maxFlipsPerDay: 0 }));
    expect(held).toMatchObject([{ kind: 'held' }]);
    expect(slotOf(await store.registry(), SYMBOL).champion).toBe(noise);
    expect(await retrain(inputOf(late, { settleOnly: true }))).toMatchObject([{ kind: 'promoted' }]);
    expect(slotOf(await store.registry(), SYMBOL).predecessors).toEqual([noise]);
  });

  it('blocks what has too little history and, where told to, what is new; a person who names it has it trained', async () => {
    const young = edgeMarket('YOUNGUSDT');
    const short = {
      ...young,
      series: sliceSeries(young.series, firstBarAtOrAfter(young.series, trainUntil - 60 * DAY_MS), BARS),
    };
    const ground = groundOf([short, edge], { newSymbols: 'block' });
    expect((await planRetraining(inputOf(ground))).map(({ step }) => step)).toEqual(['block', 'block']);
    expect((await retrain(inputOf(ground))).map(({ kind }) => kind)).toEqual(['blocked', 'blocked']);
    const outcomes = await retrain(inputOf(ground, { isNamed: true }));
    expect(outcomes).toMatchObject([
      { symbol: 'YOUNGUSDT', kind: 'blocked', reasons: [expect.stringContaining('days of history')] },
      { symbol: SYMBOL, kind: 'promoted' },
    ]);
  });

  it('trains one model on several symbols, and promotes all of them or none', async () => {
    const markets = [edge, edgeMarket('OTHERUSDT')];
    const outcomes = await retrain(inputOf(groundOf(markets), { joint: true }));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['promoted', 'promoted']);
    const { slots, revision } = await store.registry();
    expect(slots.map(({ champion: version }) => version !== undefined)).toEqual([true, true]);
    expect(revision).toBe(1);
  });

  it('leaves who trades as it was when it is interrupted or fails', async () => {
    const version = await champion(noiseMarket(), trainUntil);
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(retrain(inputOf(groundOf([edge]), { signal: stopped }))).rejects.toThrow('stopped');
    const failing: ModelStore = { ...store, change: () => Promise.reject(new Error('no space')) };
    await expect(retrain(inputOf(groundOf([edge]), { store: failing }))).rejects.toThrow('no space');
    expect(slotOf(await store.registry(), SYMBOL).champion).toBe(version);
    expect(await store.verify()).toEqual([]);
    clock += 1;
  });
});
