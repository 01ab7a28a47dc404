// Which model does a bot without a registry begin with? A file that a person has put there, and never one of a second registry.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { PerpilotError } from '../domain/errors.ts';
import { createPlantedEdge } from '../simulation/embedded-market/null-markets.ts';
import { buildDataset } from '../training/dataset.ts';
import { artefactToText } from '../training/model-artefact.ts';
import { trainModel } from '../training/train-model.ts';
import { botPlan } from './bot-plan.ts';
import { provideModels, type ProvidedModel } from './bot-training.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'perpilot-first-model-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const QUICK = ['model.boosting.trees=5', 'model.bags=1', 'model.min_train_samples=20'];

async function provided(mayTrain: boolean): Promise<ProvidedModel[]> {
  const set = [...QUICK, `live.models_folder=${root}`, `renewal.models_folder=${join(root, 'none')}`];
  const request = {
    plan: botPlan(loadConfig({ overrides: set }), undefined, undefined),
    folder: join(root, 'bot'),
    symbols: ['NULLUSDT'],
    until: 0,
    data: undefined,
    history: async () => expect.fail('the venue was asked'),
    mayTrain,
    signal: new AbortController().signal,
  };
  const found: ProvidedModel[] = [];
  for await (const each of provideModels(request)) found.push(each);
  return found;
}

describe('live.models_folder', () => {
  it('gives a model where there is a file of the symbol, and nothing where there is none and nothing may be trained', async () => {
    expect(await provided(false)).toMatchObject([
      { model: undefined, reason: expect.stringContaining('position is open') },
    ]);
    const { settings, strategy } = botPlan(loadConfig({ overrides: QUICK }), undefined, undefined);
    const { candles: series, funding } = createPlantedEdge({ seed: 'first', bars: 1_900 });
    const { labeling, costs, model: params } = settings;
    const dataset = buildDataset({ series, funding, strategy, labeling, costs, atrPeriod: 14 });
    const window = { start: series.openTime[0], end: series.openTime[1_899] + series.intervalMs, embargoMs: 0 };
    const trained = trainModel(dataset, window, { params, seed: 'first' });
    const provenance = { dataHash: 'data', configHash: 'config', codeVersion: 'code' };
    writeFileSync(join(root, 'NULLUSDT.json'), artefactToText({ ...trained, provenance }));
    const [given] = await provided(true);
    expect(given).toMatchObject({ model: { id: trained.model.id }, reason: expect.stringContaining('NULLUSDT.json') });
  });

  it('refuses a registry', async () => {
    writeFileSync(join(root, 'registry.json'), '{}');
    const error = await provided(true).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PerpilotError);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('is a registry') });
  });
});
