// Do concurrency, uniqueness, return attribution and time decay agree with the reference?
import {
  averageUniqueness,
  concurrency,
  effectiveSamples,
  returnAttribution,
  timeDecay,
} from '../../../src/strategy/label-weights.ts';
import { differences, toleranceOf, type TopicRunner } from '../format.ts';

export const run: TopicRunner = ({ input, expected }, file) => {
  const spans = {
    bars: input.bars,
    first: input.label_spans.map(([first]: [number, number]) => first),
    last: input.label_spans.map(([, last]: [number, number]) => last),
  };
  const uniqueness = averageUniqueness(spans);
  const decays = Object.keys(expected.time_decay ?? {});
  const actual = {
    concurrency: concurrency(spans),
    average_uniqueness: uniqueness,
    effective_samples: effectiveSamples(uniqueness),
    return_attribution_weights: returnAttribution(
      spans,
      input.log_returns.map((value: number | null) => value ?? NaN),
    ),
    time_decay: Object.fromEntries(decays.map((decay) => [decay, timeDecay(spans, uniqueness, Number(decay))])),
  };
  return differences(actual, expected, toleranceOf(file));
};
