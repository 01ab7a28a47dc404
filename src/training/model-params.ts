// How is a meta-model trained? Section `model` of the configuration, and the parts of others that give its data meaning.
import type { EnsembleParams } from '../learning/fit-ensemble.ts';
import type { ThresholdScale } from '../strategy/meta-model.ts';

/** Section `model` of the configuration. */
export interface ModelParams extends EnsembleParams {
  /** Last part of every training window, never fitted on: calibration, edge scale and choice. */
  readonly validationFraction: number;
  /** Usable labels that a training window needs. */
  readonly minTrainSamples: number;
  readonly sampleWeights: 'uniqueness' | 'none';
  readonly classWeights: 'balanced' | 'none';
  readonly thresholdScale: ThresholdScale;
  /** A validation AUC above this is taken for a leak. */
  readonly leakAlarmAuc: number;
}
