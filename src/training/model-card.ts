// What should a person know of a model? Where it came from, what it saw, and how it did on data it was not fitted on.
import { member, optionalMember, readNumber, readText, readTexts, type JsonPlace } from '../learning/json-reader.ts';
import { readFlag } from './model-content.ts';

/** Times in epoch milliseconds; undefined figures have no meaning for the data at hand. */
export interface ModelCard {
  readonly modelId: string;
  readonly symbol: string;
  readonly schemaHash: string;
  readonly features: readonly string[];
  readonly seed: string;
  readonly trainFrom: number;
  /** End of the fitted part and start of the validation part. */
  readonly trainUntil: number;
  readonly validationUntil: number;
  readonly trainSamples: number;
  readonly validationSamples: number;
  /** Sum of average uniqueness: how many independent labels there were. */
  readonly effectiveTrainSamples: number;
  readonly effectiveValidationSamples: number;
  /** Share of labels that are 1, weighted as in training. */
  readonly baseRate: number;
  /** Probability at which a trade pays its costs. */
  readonly breakEven: number;
  readonly spread: number;
  /** Whether the validation data showed any skill at all (AUC above 0.5). */
  readonly skilled: boolean;
  /** Of the ensemble's own ranking, before calibration could turn it over. */
  readonly validationAuc: number | undefined;
  readonly validationLogLoss: number | undefined;
  readonly validationBrier: number | undefined;
  readonly validationBrierSkill: number | undefined;
  /** The validation AUC is too good to be true. */
  readonly leakSuspected: boolean;
}

/** A stored card. @throws PerpilotError MODEL_CORRUPT naming what is missing or of another type */
export function cardFromJson(place: JsonPlace): ModelCard {
  const text = (key: string): string => readText(member(place, key));
  const number = (key: string): number => readNumber(member(place, key));
  const flag = (key: string): boolean => readFlag(member(place, key));
  const figure = (key: string): number | undefined => {
    const found = optionalMember(place, key);
    return found === undefined ? undefined : readNumber(found);
  };
  return {
    modelId: text('modelId'),
    symbol: text('symbol'),
    schemaHash: text('schemaHash'),
    features: readTexts(member(place, 'features')),
    seed: text('seed'),
    trainFrom: number('trainFrom'),
    trainUntil: number('trainUntil'),
    validationUntil: number('validationUntil'),
    trainSamples: number('trainSamples'),
    validationSamples: number('validationSamples'),
    effectiveTrainSamples: number('effectiveTrainSamples'),
    effectiveValidationSamples: number('effectiveValidationSamples'),
    baseRate: number('baseRate'),
    breakEven: number('breakEven'),
    spread: number('spread'),
    skilled: flag('skilled'),
    validationAuc: figure('validationAuc'),
    validationLogLoss: figure('validationLogLoss'),
    validationBrier: figure('validationBrier'),
    validationBrierSkill: figure('validationBrierSkill'),
    leakSuspected: flag('leakSuspected'),
  };
}
