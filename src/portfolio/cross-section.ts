// Which symbols are the best right now? Composite scores across the universe, ranking and selection with hysteresis.

/** What a metric counts for a symbol that lacks it. */
export type MissingRule = 'neutral' | 'worst';
export type Normalisation = 'rank' | 'zscore';

const Z_LIMIT = 3;
/** Scores closer than this are equal: the last bits depend on the order of summation. */
const SCORE_DECIMALS = 1e12;

export interface ScoringMetric {
  readonly name: string;
  /** Share in the score relative to the other weights, 0 or more. */
  readonly weight: number;
  /** 1: higher is better; -1: lower is better. */
  readonly direction: 1 | -1;
  readonly missing: MissingRule;
  /** A symbol without this metric may not be selected. */
  readonly required: boolean;
}

/** One symbol of the universe at this moment. */
export interface ScoringSymbol {
  readonly symbol: string;
  /** Traded value in quote currency; decides among equal scores and about liquidity. */
  readonly turnover: number;
  /** One value per metric, in the metrics' order; undefined or NaN: missing. */
  readonly values: readonly (number | undefined)[];
}

export interface ScoringParams {
  readonly metrics: readonly ScoringMetric[];
  readonly normalisation: Normalisation;
  /** Symbols with less turnover may not be selected, but stay in the cross-section. */
  readonly minTurnover: number;
}

export interface ScoredSymbol {
  readonly symbol: string;
  readonly turnover: number;
  /** Weighted mean of the components. */
  readonly score: number;
  /** Normalised values in the metrics' order, direction applied: higher is better. */
  readonly components: readonly number[];
  readonly eligible: boolean;
}

/**
 * Scores of all symbols, in input order; the order of the input changes nothing else.
 * @throws RangeError unless the weights are 0 or more with a positive sum
 */
export function scoreSymbols(symbols: readonly ScoringSymbol[], params: ScoringParams): readonly ScoredSymbol[] {
  const { metrics, normalisation, minTurnover } = params;
  const totalWeight = metrics.reduce((sum, metric) => sum + metric.weight, 0);
  if (!(totalWeight > 0) || metrics.some((metric) => !(metric.weight >= 0)))
    throw new RangeError('metric weights must be 0 or more with a positive sum');
  const columns = metrics.map((metric, index) => {
    const column = symbols.map(({ values }) => directed(values[index], metric.direction));
    return normalisation === 'rank' ? ranks(column, metric.missing) : zScores(column, metric.missing);
  });
  return symbols.map(({ symbol, turnover, values }, row) => {
    const components = columns.map((column) => column[row]);
    const weighted = metrics.reduce((sum, metric, index) => sum + metric.weight * components[index], 0);
    const isComplete = metrics.every((metric, index) => !metric.required || isKnown(values[index]));
    return {
      symbol,
      turnover,
      score: weighted / totalWeight,
      components,
      eligible: isComplete && turnover >= minTurnover,
    };
  });
}

/** Eligible symbols, best first: score to 12 decimals, then turnover, both descending, then symbol by code unit. */
export function rankSymbols(scored: readonly ScoredSymbol[]): readonly string[] {
  return scored
    .filter(({ eligible }) => eligible)
    .map((entry) => ({ ...entry, rounded: Math.round(entry.score * SCORE_DECIMALS) }))
    .sort((a, b) => b.rounded - a.rounded || b.turnover - a.turnover || byCodeUnit(a.symbol, b.symbol))
    .map(({ symbol }) => symbol);
}

export interface SelectionParams {
  readonly topK: number;
  /** Places below the top within which an incumbent keeps its seat. */
  readonly buffer: number;
}

/** The selected symbols in ranking order: incumbents within topK + buffer first, the remaining seats from the top. */
export function selectSymbols(
  ranking: readonly string[],
  incumbents: readonly string[],
  { topK, buffer }: SelectionParams,
): readonly string[] {
  const held = new Set(incumbents);
  const seated = new Set(
    ranking
      .slice(0, topK + buffer)
      .filter((symbol) => held.has(symbol))
      .slice(0, topK),
  );
  for (const symbol of ranking) {
    if (seated.size >= topK) break;
    seated.add(symbol);
  }
  return ranking.filter((symbol) => seated.has(symbol));
}

/** NaN stands for missing. */
function directed(value: number | undefined, direction: 1 | -1): number {
  return value === undefined ? Number.NaN : value * direction;
}

function isKnown(value: number | undefined): boolean {
  return value !== undefined && !Number.isNaN(value);
}

/** Known values in ascending order, so that sums over them do not depend on the order of the symbols. */
function knownAscending(column: readonly number[]): Float64Array {
  return Float64Array.from(column.filter((value) => !Number.isNaN(value))).sort();
}

/** (average ascending rank - 1) / (n - 1) of the known values; 0.5 for a single one. */
function ranks(column: readonly number[], missing: MissingRule): readonly number[] {
  const ascending = knownAscending(column);
  const fallBack = missing === 'neutral' ? 0.5 : 0;
  return column.map((value) => {
    if (Number.isNaN(value)) return fallBack;
    if (ascending.length === 1) return 0.5;
    const below = firstAtLeast(ascending, value);
    let equal = 0;
    while (below + equal < ascending.length && ascending[below + equal] === value) equal += 1;
    return (below + (equal - 1) / 2) / (ascending.length - 1);
  });
}

/** Standardised by population deviation, clipped to +-3; constant values are 0. */
function zScores(column: readonly number[], missing: MissingRule): readonly number[] {
  const ascending = knownAscending(column);
  const fallBack = missing === 'neutral' ? 0 : -Z_LIMIT;
  const first = ascending.length > 0 ? ascending[0] : 0;
  let shift = 0;
  for (const value of ascending) shift += value - first;
  const centre = first + shift / ascending.length;
  let squares = 0;
  for (const value of ascending) squares += (value - centre) ** 2;
  const deviation = Math.sqrt(squares / ascending.length);
  return column.map((value) => {
    if (Number.isNaN(value)) return fallBack;
    return deviation > 0 ? Math.max(-Z_LIMIT, Math.min(Z_LIMIT, (value - centre) / deviation)) : 0;
  });
}

function firstAtLeast(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
