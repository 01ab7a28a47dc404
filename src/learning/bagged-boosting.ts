// How is a boosting model freed from the luck of its seed? Several are trained on samples of their own and averaged into one.
import { createBoostingModel, treesOf } from './boosting-model.ts';
import type { BoostingModel } from './boosting-model.ts';
import type { BoostingTree } from './boosting-tree.ts';
import { createBoostingTrainer } from './train-boosting.ts';
import type { BoostingTask } from './train-boosting.ts';

/**
 * The mean of `bags` models whose row and column samples differ, as one model: its margin is the mean of their margins,
 * so every leaf counts one over `bags`. One bag is plain boosting.
 * @throws PerpilotError TRAINING_FAILED as `trainBoosting`
 */
export function trainBaggedBoosting(task: BoostingTask, bags: number): BoostingModel {
  const train = createBoostingTrainer(task);
  const models = Array.from(
    { length: bags },
    (_, bag) => train(bag === 0 ? task.seed : `${task.seed}/bag-${bag}`).model,
  );
  if (bags === 1) return models[0];
  const { objective, baseScore, scalePosWeight, featureCount, featureNames } = models[0];
  const trees = models.flatMap((model) => treesOf(model).map((tree) => sharedTree(tree, bags)));
  return createBoostingModel({ objective, baseScore, scalePosWeight, featureCount, featureNames, trees });
}

/** `tree` with every leaf's output divided by `bags`; thresholds, which stand in the same column, stay. */
function sharedTree(tree: BoostingTree, bags: number): BoostingTree {
  return {
    ...tree,
    value: tree.value.map((value, node) => (tree.left[node] < 0 ? Math.fround(value / bags) : value)),
  };
}
