// Do composite scores, ranking and selection match the reference?
import { rankSymbols, scoreSymbols, selectSymbols } from '../../../src/portfolio/cross-section.ts';
import type { ScoringMetric } from '../../../src/portfolio/cross-section.ts';
import { differences, toleranceOf } from '../format.ts';
import type { TopicRunner } from '../format.ts';

export const run: TopicRunner = ({ input, expected }, file) => {
  const metrics: ScoringMetric[] = input.metrics.map((metric: any) => ({
    name: metric.name,
    weight: metric.weight,
    direction: metric.direction,
    missing: metric.missing ?? input.missing ?? 'neutral',
    required: metric.required ?? false,
  }));
  const symbols = input.symbols.map((entry: any) => ({
    symbol: entry.symbol,
    turnover: entry.turnover,
    values: metrics.map(({ name }) => entry[name] ?? undefined),
  }));
  const scored = scoreSymbols(symbols, {
    metrics,
    normalisation: input.method,
    minTurnover: input.min_turnover ?? 0,
  });
  const ranking = rankSymbols(scored);
  const actual = {
    scores: Object.fromEntries(scored.map(({ symbol, score }) => [symbol, score])),
    components: Object.fromEntries(
      scored.map(({ symbol, components }) => [
        symbol,
        Object.fromEntries(metrics.map(({ name }, index) => [name, components[index]])),
      ]),
    ),
    ranking,
    selected: selectSymbols(ranking, input.incumbents ?? [], { topK: input.top_k, buffer: input.buffer ?? 0 }),
  };
  return differences(actual, expected, toleranceOf(file));
};
