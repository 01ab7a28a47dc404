// Does the probability of backtest overfitting match the reference, combination by combination?
import { backtestOverfitting } from '../../../src/research/statistics/overfitting.ts';
import { differences, toleranceOf } from '../format.ts';
import type { TopicRunner } from '../format.ts';

export const run: TopicRunner = ({ input, expected }, file) => {
  const result = backtestOverfitting(input.returns_by_strategy, input.blocks);
  const actual = {
    dropped_leading_rows: result?.droppedLeadingRows,
    combinations: result?.combinations,
    in_sample_blocks: result?.inSampleBlocks,
    selected: result?.selected,
    relative_rank: result?.relativeRank,
    logits: result?.logits,
    pbo: result?.probability,
    is_sharpe_of_selected: result?.inSampleSharpe,
    oos_sharpe_of_selected: result?.outOfSampleSharpe,
    degradation_slope: result?.degradationSlope,
    degradation_intercept: result?.degradationIntercept,
    probability_of_oos_loss: result?.probabilityOfLoss,
  };
  return differences(actual, expected, toleranceOf(file));
};
