// Which samples may train where labels overlap? Combinatorial purged cross-validation and purged k-fold on index intervals.
import { invariant } from '../domain/errors.ts';

export interface PurgedSplitTask {
  /** Last index that the label of each sample looks at; at least the sample's own index. */
  readonly labelEnd: ArrayLike<number>;
  /** Contiguous groups of nearly equal size, the larger ones first. */
  readonly groups: number;
  /** Groups tested in each split; 1 is purged k-fold. */
  readonly testGroups: number;
  /** Samples left out after the last label end of each test block. */
  readonly embargoSamples: number;
}

/** Sample indices, each list rising; together they are all samples, each once. */
export interface PurgedSplit {
  readonly testGroups: readonly number[];
  readonly test: readonly number[];
  /** Not tested, but their label interval meets that of a test block. */
  readonly purged: readonly number[];
  /** Neither tested nor purged, but inside the embargo after a test block. */
  readonly embargoed: readonly number[];
  readonly train: readonly number[];
}

export interface PurgedSplits {
  /** First and last sample of each group. */
  readonly groupBounds: readonly (readonly [number, number])[];
  /** In lexicographic order of the test groups. */
  readonly splits: readonly PurgedSplit[];
  /** For each path the split that gives each group's test results: group g of path p is taken from the p-th split that tests g. */
  readonly paths: readonly (readonly number[])[];
}

/**
 * All C(groups, testGroups) splits (López de Prado, Advances in Financial Machine Learning, ch. 12). Adjacent test groups
 * form one block; a block reaches from its first sample to the last label end of its samples.
 * @throws PerpilotError INVARIANT_BROKEN on impossible numbers of groups or labels that end before they begin
 */
export function combinatorialPurgedSplits(task: PurgedSplitTask): PurgedSplits {
  const { labelEnd, groups, testGroups, embargoSamples } = task;
  const samples = labelEnd.length;
  const isWhole = Number.isSafeInteger(groups) && Number.isSafeInteger(testGroups);
  invariant(isWhole && groups >= 2 && groups <= samples, `${samples} samples cannot be split into ${groups} groups`);
  invariant(testGroups >= 1 && testGroups < groups, `${testGroups} of ${groups} groups cannot be tested`);
  invariant(embargoSamples >= 0, 'the embargo must be at least 0');
  for (let index = 0; index < samples; index += 1) {
    invariant(labelEnd[index] >= index, `the label of sample ${index} ends before it begins`);
  }
  const groupBounds = boundsOf(samples, groups);
  const splits = combinations(groups, testGroups).map((chosen) => splitOf(task, groupBounds, chosen));
  return { groupBounds, splits, paths: pathsOf(splits, groups) };
}

function boundsOf(samples: number, groups: number): [number, number][] {
  const size = Math.floor(samples / groups);
  const larger = samples - size * groups;
  let first = 0;
  return Array.from({ length: groups }, (_, group) => {
    const last = first + size + (group < larger ? 1 : 0) - 1;
    const bounds: [number, number] = [first, last];
    first = last + 1;
    return bounds;
  });
}

/** All ways to choose `size` of the numbers below `count`, in lexicographic order. */
function combinations(count: number, size: number, from = 0): number[][] {
  if (size === 0) return [[]];
  const found: number[][] = [];
  for (let first = from; first <= count - size; first += 1) {
    for (const rest of combinations(count, size - 1, first + 1)) found.push([first, ...rest]);
  }
  return found;
}

interface TestBlock {
  readonly first: number;
  readonly last: number;
  /** Last label end of its samples. */
  readonly end: number;
}

function blocksOf(labelEnd: ArrayLike<number>, ranges: readonly (readonly [number, number])[]): TestBlock[] {
  const blocks: TestBlock[] = [];
  for (const [first, last] of ranges) {
    let end = last;
    for (let index = first; index <= last; index += 1) end = Math.max(end, labelEnd[index]);
    const previous = blocks.at(-1);
    if (previous?.last === first - 1) {
      blocks[blocks.length - 1] = { first: previous.first, last, end: Math.max(previous.end, end) };
    } else blocks.push({ first, last, end });
  }
  return blocks;
}

function splitOf(
  task: PurgedSplitTask,
  bounds: readonly (readonly [number, number])[],
  testGroups: readonly number[],
): PurgedSplit {
  const { labelEnd, embargoSamples } = task;
  const blocks = blocksOf(
    labelEnd,
    testGroups.map((group) => bounds[group]),
  );
  const split = {
    testGroups,
    test: [] as number[],
    purged: [] as number[],
    embargoed: [] as number[],
    train: [] as number[],
  };
  for (let index = 0; index < labelEnd.length; index += 1) {
    if (blocks.some((block) => index >= block.first && index <= block.last)) split.test.push(index);
    else if (blocks.some((block) => index <= block.end && labelEnd[index] >= block.first)) split.purged.push(index);
    else if (blocks.some((block) => index > block.end && index <= block.end + embargoSamples))
      split.embargoed.push(index);
    else split.train.push(index);
  }
  return split;
}

function pathsOf(splits: readonly PurgedSplit[], groups: number): number[][] {
  const splitsOfGroup = Array.from({ length: groups }, (_, group) =>
    Array.from(splits.keys()).filter((split) => splits[split].testGroups.includes(group)),
  );
  return splitsOfGroup[0].map((_, path) => splitsOfGroup.map((own) => own[path]));
}
