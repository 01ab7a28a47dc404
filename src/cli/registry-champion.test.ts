// Does a bot get the champion of the registry, and nothing when there is none or it is not what it should be (M8)?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { variantsOf } from '../../test/scenarios/research/small-research.ts';
import { createModelFiles } from '../adapters/model-files/model-files.ts';
import { HOUR_MS } from '../domain/time.ts';
import { strategyOf } from '../research/jobs.ts';
import { createPlantedEdge } from '../simulation/embedded-market/null-markets.ts';
import { buildDataset } from '../training/dataset.ts';
import { artefactToText } from '../training/model-artefact.ts';
import { promoted, withdrawn } from '../training/registry-changes.ts';
import { trainModel } from '../training/train-model.ts';
import { registryChampion } from './registry-champion.ts';

const [settings] = variantsOf(['moderate']);
const strategy = strategyOf(settings, HOUR_MS);
const { candles: series, funding } = createPlantedEdge({ seed: 'champion', bars: 1_900 });
const { labeling, costs, model: params } = settings;
const dataset = buildDataset({ series, funding, strategy, labeling, costs, atrPeriod: 14 });
const window = { start: series.openTime[0], end: series.openTime[1_899] + HOUR_MS, embargoMs: 0 };
const provenance = { dataHash: 'data', configHash: 'config', codeVersion: 'code' };
const text = artefactToText({ ...trainModel(dataset, window, { params, seed: 'champion' }), provenance });
const cause = { at: 1, by: 'person', reasons: [] };

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-champion-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('the champion of a registry', () => {
  it('is the model that was promoted, or nobody, and damage is an error', async () => {
    expect(await registryChampion(folder, 'NULLUSDT', strategy)).toBeUndefined();
    const store = createModelFiles({ folder, keepBackups: 1 });
    const version = await store.add(text);
    await store.change((record) => promoted(record, [{ symbol: 'NULLUSDT', version }], cause));
    const champion = await registryChampion(folder, 'NULLUSDT', strategy);
    expect(champion).toMatchObject({ version, artefact: { card: { symbol: 'NULLUSDT' }, provenance } });
    expect(await registryChampion(folder, 'OTHERUSDT', strategy)).toBe('nobody');
    const turned = { schemaHash: strategy.schemaHash, rowNames: strategy.rowNames.toReversed() };
    await expect(registryChampion(folder, 'NULLUSDT', turned)).rejects.toMatchObject({ code: 'MODEL_INCOMPATIBLE' });
    await store.change((record) => withdrawn(record, 'NULLUSDT', cause));
    expect(await registryChampion(folder, 'NULLUSDT', strategy)).toBe('nobody');
    await store.change((record) => promoted(record, [{ symbol: 'NULLUSDT', version }], cause));
    writeFileSync(join(folder, 'versions', `${version}.json`), text.replace('NULLUSDT', 'NULLUSDC'));
    await expect(registryChampion(folder, 'NULLUSDT', strategy)).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
  });
});
