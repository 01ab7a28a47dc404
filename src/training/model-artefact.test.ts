// Does a stored model predict as it did, and is everything refused that is not exactly it?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { variantsOf } from '../../test/scenarios/research/small-research.ts';
import { HOUR_MS } from '../domain/time.ts';
import { strategyOf } from '../research/jobs.ts';
import { createPlantedEdge } from '../simulation/embedded-market/null-markets.ts';
import { confidenceOf, probabilityOf } from '../strategy/meta-model.ts';
import { buildDataset } from './dataset.ts';
import { artefactFacts, artefactFromText, artefactToText } from './model-artefact.ts';
import { trainModel } from './train-model.ts';
import { trainAlone } from './train-to-trade.ts';

const [settings] = variantsOf(['moderate'], ['model.calibration=platt']);
const { candles: series, funding } = createPlantedEdge({ seed: 'artefact', bars: 1_900 });
const { labeling, costs, model: params } = settings;
const strategy = strategyOf(settings, HOUR_MS);
const dataset = buildDataset({ series, funding, strategy, labeling, costs, atrPeriod: 14 });
const window = { start: series.openTime[0], end: series.openTime[1_899] + HOUR_MS, embargoMs: 0 };
const provenance = { dataHash: 'data', configHash: 'config', codeVersion: '1.2.3+abc' };
const artefact = { ...trainModel(dataset, window, { params, seed: 'artefact' }), provenance };
const text = artefactToText(artefact);
const expected = { schemaHash: dataset.schemaHash, featureNames: dataset.names };

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return (error as { code?: string }).code ?? 'no code';
  }
  return 'read';
};

describe('a model file', () => {
  it('gives back the model, its card and where it comes from', () => {
    const read = artefactFromText(text, expected);
    expect(read.card).toEqual(artefact.card);
    expect(read.provenance).toEqual(provenance);
    expect(read.model.id).toBe(artefact.model.id);
    expect(artefactToText(read)).toBe(text);
  });

  it('predicts bit for bit as the model that was trained', () => {
    const { model } = artefactFromText(text, expected);
    const { values, rows, columns } = dataset.x;
    expect(rows).toBeGreaterThan(300);
    expect(model.skilled).toBe(true);
    for (let row = 0; row < rows; row += 1) {
      const probability = probabilityOf(artefact.model, values, row * columns);
      expect(probabilityOf(model, values, row * columns)).toBe(probability);
      expect(confidenceOf(probability, model.edge, 'edge')).toBe(
        confidenceOf(probability, artefact.model.edge, 'edge'),
      );
    }
  });

  it('gives back the profile of a model that is to trade, and shows when it was touched', () => {
    const history = { from: window.start, until: window.end, candles: 1_900, days: 79, coverage: 1 };
    const training = { window, params, labels: labeling, seed: 'artefact' };
    const traded = { ...trainAlone({ dataset, history }, training), provenance };
    const stored = artefactToText(traded);
    const read = artefactFromText(stored, expected);
    expect(read.profile).toEqual(traded.profile);
    expect(artefactToText(read)).toBe(stored);
    expect(artefactFacts(stored)).toEqual({ card: traded.card, provenance, profile: traded.profile });
    expect(traded.profile.importance).toHaveLength(dataset.names.length);
    expect(traded.profile.reference.map(({ feature }) => feature)).toEqual(dataset.names);
    const touched = stored.replace('"coverage":1', '"coverage":2');
    expect(touched).not.toBe(stored);
    expect(codeOf(() => artefactFacts(touched))).toBe('MODEL_CORRUPT');
    expect(codeOf(() => artefactFacts(stored.replace('"widest"', '"widesT"')))).toBe('MODEL_CORRUPT');
  });

  it('says what a person has to know: features, scaler, data range, hashes, seed, figures', () => {
    const stored = JSON.parse(text);
    expect(stored).toMatchObject({ format: 'perpilot-model', version: 1, provenance });
    expect(stored.card).toMatchObject({
      features: dataset.names,
      schemaHash: dataset.schemaHash,
      seed: 'artefact',
      trainFrom: window.start,
      validationUntil: window.end,
    });
    expect(stored.model.ensemble.logistic.scale).toHaveLength(dataset.names.length);
    expect(stored.card.validationAuc).toBeGreaterThan(0.5);
  });

  it('is refused as incompatible for another order of features, other features, another schema', () => {
    const turned = [...dataset.names].toReversed();
    expect(codeOf(() => artefactFromText(text, { ...expected, featureNames: turned }))).toBe('MODEL_INCOMPATIBLE');
    const fewer = dataset.names.slice(1);
    expect(codeOf(() => artefactFromText(text, { ...expected, featureNames: fewer }))).toBe('MODEL_INCOMPATIBLE');
    expect(codeOf(() => artefactFromText(text, { ...expected, schemaHash: 'other' }))).toBe('MODEL_INCOMPATIBLE');
    const [longer] = variantsOf(['moderate'], ['features.rsi_period=15']);
    const other = { schemaHash: strategyOf(longer, HOUR_MS).schemaHash, featureNames: dataset.names };
    expect(codeOf(() => artefactFromText(text, other))).toBe('MODEL_INCOMPATIBLE');
  });

  it('is refused as damaged wherever one character of its content is changed, and however it is cut', () => {
    fc.assert(
      fc.property(fc.nat({ max: text.length - 2 }), fc.constantFrom('0', '7', 'x', '"', ' ', '}'), (at, character) => {
        fc.pre(text[at] !== character);
        const damaged = text.slice(0, at) + character + text.slice(at + 1);
        const code = codeOf(() => artefactFromText(damaged, expected));
        // The 17th digit of a number may be another one of the same number: then nothing is damaged.
        const isSame = code === 'read' && artefactToText(artefactFromText(damaged, expected)) === text;
        expect(code === 'MODEL_CORRUPT' || isSame).toBe(true);
        expect(codeOf(() => artefactFromText(text.slice(0, at), expected))).toBe('MODEL_CORRUPT');
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('is refused when its card or its provenance was touched, which no prediction would show', () => {
    for (const [stored, touched] of [
      ['"seed":"artefact"', '"seed":"artifact"'],
      ['"codeVersion":"1.2.3+abc"', '"codeVersion":"1.2.4+abc"'],
      ['"skilled":true,"validationAuc":0.', '"skilled":true,"validationAuc":0.9'],
    ]) {
      expect(text).toContain(stored);
      expect(codeOf(() => artefactFromText(text.replace(stored, touched), expected))).toBe('MODEL_CORRUPT');
    }
  });

  it.each(['', 'null', '[]', '7', '{}', '{"format":"perpilot-model"}', text.replace('"version":1', '"version":2')])(
    'is refused when it is no model file: %.40s',
    (damaged) => {
      expect(codeOf(() => artefactFromText(damaged, expected))).toBe('MODEL_CORRUPT');
    },
  );
});
