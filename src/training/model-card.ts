// What should a person know of a model? Where it came from, what it saw, and how it did on data it was not fitted on.

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
  readonly baseRate: number;
  /** Probability at which a trade pays its costs. */
  readonly breakEven: number;
  readonly spread: number;
  /** Whether the validation data showed any skill at all (AUC above 0.5). */
  readonly skilled: boolean;
  readonly validationAuc: number | undefined;
  readonly validationLogLoss: number | undefined;
  readonly validationBrier: number | undefined;
  readonly validationBrierSkill: number | undefined;
  /** The validation AUC is too good to be true. */
  readonly leakSuspected: boolean;
}
