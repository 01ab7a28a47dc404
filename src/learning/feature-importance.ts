// Which features does a boosting model rely on? Gain, cover and number of splits per feature.
import { treesOf, type BoostingModel } from './boosting-model.ts';

/** Per feature; means are NaN for a feature that no split uses. */
export interface FeatureImportance {
  /** Splits. */
  readonly splits: Float64Array;
  /** Sum of the gains of its splits. */
  readonly totalGain: Float64Array;
  /** Mean gain of a split: XGBoost's `gain`. */
  readonly gain: Float64Array;
  /** Mean hessian sum of the nodes it splits: XGBoost's `cover`. */
  readonly cover: Float64Array;
}

/** The importance of every feature over all trees. */
export function featureImportance(model: BoostingModel): FeatureImportance {
  const splits = new Float64Array(model.featureCount);
  const totalGain = new Float64Array(model.featureCount);
  const totalCover = new Float64Array(model.featureCount);
  for (const tree of treesOf(model)) {
    const open = [0];
    for (let at = 0; at < open.length; at += 1) {
      const node = open[at];
      if (tree.left[node] < 0) continue;
      open.push(tree.left[node], tree.right[node]);
      const feature = tree.feature[node];
      splits[feature] += 1;
      totalGain[feature] += tree.lossChange[node];
      totalCover[feature] += tree.sumHessian[node];
    }
  }
  return {
    splits,
    totalGain,
    gain: totalGain.map((sum, feature) => sum / splits[feature]),
    cover: totalCover.map((sum, feature) => sum / splits[feature]),
  };
}
