// Is this signal worth its costs? The meta-model's probability, and the edge scale that a confidence threshold acts on.
import { predictEnsemble, type EnsembleModel } from '../learning/ensemble.ts';

/**
 * What a calibrated probability means in money. A threshold on the raw probability says nothing without its base rate:
 * with barriers of 2 % and 1 % about a third of all labels are 1, so a calibrated 0.65 never comes.
 */
export interface EdgeScale {
  /** Probability at which the expected net return is zero: mean loss / (mean win + mean loss), both net of all costs. */
  readonly breakEven: number;
  /** One unit of conviction: standard deviation of the validation predictions, at least the base rate's standard error. */
  readonly spread: number;
}

/** A trained meta-model as the engine uses it. */
export interface MetaModel {
  /** Identity of the trained artefact: hash of its content. */
  readonly id: string;
  /** Must equal the strategy's; anything else is refused. */
  readonly schemaHash: string;
  readonly ensemble: EnsembleModel;
  readonly edge: EdgeScale;
  /** False when the validation data showed no skill: then `baseRate` stands for every prediction. */
  readonly skilled: boolean;
  /** Share of labels that are 1 in training and validation, weighted by uniqueness. */
  readonly baseRate: number;
  /** What the performance guard measures against: win rate of the validation part, at least the break-even probability. */
  readonly validatedWinRate: number | undefined;
}

/** What `confidence_threshold` is compared with. */
export type ThresholdScale = 'edge' | 'probability';

const NORMAL_TO_LOGISTIC = 1.702;

/** Calibrated probability that a trade with this row nets more than its costs; NaN when the row is not usable. */
export function probabilityOf(model: MetaModel, row: Float64Array, offset: number): number {
  return model.skilled ? predictEnsemble(model.ensemble, row, offset) : model.baseRate;
}

/**
 * Conviction on 0..1. On the edge scale 0.5 is break-even after costs and each spread above it moves it as a standard
 * normal distribution would (logistic approximation); on the probability scale it is the probability itself.
 */
export function confidenceOf(probability: number, edge: EdgeScale, scale: ThresholdScale): number {
  if (scale === 'probability') return probability;
  return 1 / (1 + Math.exp((-NORMAL_TO_LOGISTIC * (probability - edge.breakEven)) / edge.spread));
}
