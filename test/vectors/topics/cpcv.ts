// Do purged cross-validation splits and paths agree with the reference, index by index?
import { combinatorialPurgedSplits } from '../../../src/learning/purged-split.ts';
import { differences, toleranceOf } from '../format.ts';
import type { TopicRunner } from '../format.ts';

export const run: TopicRunner = ({ input, expected }, file) => {
  const result = combinatorialPurgedSplits({
    labelEnd: input.label_end_index,
    groups: input.groups,
    testGroups: input.test_groups,
    embargoSamples: input.embargo_samples,
  });
  const actual = {
    group_bounds: result.groupBounds,
    splits: result.splits.map((split, index) => ({ ...split, split: index, test_groups: split.testGroups })),
    path_count: result.paths.length,
    paths_split_by_group: result.paths,
  };
  return differences(actual, expected, toleranceOf(file));
};
