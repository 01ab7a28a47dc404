// Which models are small enough for scenarios? One that gives every row the same probability, whole on the disk like any other.
import { createBoostingModel } from '../../../src/learning/boosting-model.ts';
import { compactTree, createTreeColumns } from '../../../src/learning/boosting-tree.ts';
import { artefactFromText, artefactToText, type ModelArtefact } from '../../../src/training/model-artefact.ts';
import { identified } from '../../../src/training/model-content.ts';
import type { ModelProfile } from '../../../src/training/model-profile.ts';
import { SCHEMA } from '../engine/scripted-bot.ts';

/** What models of the scripted strategy are made for. */
export const EXPECTED = { schemaHash: SCHEMA, featureNames: ['bar'] };

const boosting = createBoostingModel({
  objective: 'binary:logistic',
  baseScore: 0.5,
  scalePosWeight: 1,
  featureCount: 1,
  featureNames: ['bar'],
  trees: [compactTree(createTreeColumns(1), 1)],
});

export interface PlainModel {
  readonly symbol: string;
  readonly probability: number;
  readonly breakEven?: number;
  readonly validationUntil?: number;
  readonly profile?: ModelProfile | undefined;
}

/** The text of a model as the store keeps it; others differ in probability or break-even. */
export function plainModelText({
  symbol,
  probability,
  breakEven = 0.4,
  validationUntil = 1,
  profile,
}: PlainModel): string {
  const model = identified({
    schemaHash: SCHEMA,
    ensemble: {
      featureNames: ['bar'],
      mayBeMissing: new Uint8Array([1]),
      boosting,
      logistic: undefined,
      boostingShare: 1,
      calibrator: { kind: 'platt', requested: 'platt', platt: { slope: 1, offset: 0 } },
    },
    edge: { breakEven, spread: 0.1 },
    skilled: false,
    baseRate: probability,
    validatedWinRate: undefined,
  });
  const card: ModelArtefact['card'] = {
    modelId: model.id,
    symbol,
    schemaHash: SCHEMA,
    features: ['bar'],
    seed: '1',
    trainFrom: 0,
    trainUntil: 1,
    validationUntil,
    trainSamples: 1,
    validationSamples: 1,
    effectiveTrainSamples: 1,
    effectiveValidationSamples: 1,
    baseRate: probability,
    breakEven,
    spread: 0.1,
    skilled: false,
    validationAuc: undefined,
    validationLogLoss: undefined,
    validationBrier: undefined,
    validationBrierSkill: undefined,
    leakSuspected: false,
  };
  const provenance = { dataHash: 'data', configHash: 'config', codeVersion: 'code' };
  return artefactToText({ model, card, provenance, profile });
}

export const modelIdOf = (text: string): string => artefactFromText(text, EXPECTED).model.id;
