// Which symbols are traded until the next rebalance, and with which share of the risk? Ranking, selection and weights over time.
import type { Candle } from '../domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { riskContributions } from './allocation.ts';
import { scoreSymbols, rankSymbols, selectSymbols, type ScoredSymbol } from './cross-section.ts';
import { correlatedGroups } from './correlated-groups.ts';
import { covarianceMatrix } from './covariance.ts';
import { jointReturns, meanCorrelation, type BarWindow } from './joint-returns.ts';
import { COMPONENTS, portfolioWarmupBars, type Component, type PortfolioParams } from './portfolio-params.ts';
import type { RankedSymbol, Rebalance, Refusal } from './rebalance.ts';
import { shrinkageIntensity, shrunk } from './shrinkage.ts';
import { spreadRisk } from './spread-risk.ts';
import { recordOf, SymbolRecord } from './symbol-record.ts';
import { createUniverse, type Universe, type UniverseSymbol } from './universe.ts';

/** Whether the symbol at an index has a model to trade it with. */
export type HasModel = (index: number) => boolean;

/** The portfolio layer of one account. Symbols are named by their index in the order in which they were given. */
export interface Portfolio {
  /** Takes a closed candle of the symbol at `index`; candles of a symbol come in rising time. */
  update(index: number, candle: Candle): void;
  /** Takes the model's confidence, 0 to 1, at a close at which the symbol's primary signal proposed something. */
  noteConfidence(index: number, confidence: number): void;
  /**
   * Decides anew at the close `time` (epoch milliseconds), if it is the first one at or after a multiple of the interval in UTC,
   * or the very first, or nobody is selected and now somebody can be; undefined: it is not. All candles up to `time` must have
   * been taken in, none later. A symbol without a model gets no seat; undefined `hasModel`: nobody needs one.
   */
  rebalance(time: number, hasModel?: HasModel): Rebalance | undefined;
  /** The same whether or not it is due: for whoever wants to know what would be decided. */
  rebalanceNow(time: number, hasModel?: HasModel): Rebalance;
  /** Weight × number of selected symbols: 1 is an ordinary position, 0 is not selected. */
  share(index: number): number;
  /** Symbols with equal numbers were one bet at the last rebalance. */
  group(index: number): number;
  /** Indices of all symbols in the order in which entries are decided: the selected ones best first, then the others by symbol. */
  readonly order: readonly number[];
}

/** A portfolio over `symbols` with candles of `barMs` that has seen nothing yet. */
export function createPortfolio(symbols: readonly UniverseSymbol[], barMs: number, params: PortfolioParams): Portfolio {
  return new PortfolioState(symbols, barMs, params);
}

const DIRECTIONS: Readonly<Record<Component, 1 | -1>> = { sharpe: 1, adx: 1, confidence: 1, volatility: -1 };

/** One symbol at a rebalance before it is ranked. */
interface Candidate {
  readonly index: number;
  readonly symbol: string;
  readonly values: RankedSymbol['values'];
  /** NaN: not known. */
  readonly tradedValue24h: number;
  readonly refusal: Refusal | undefined;
}

class PortfolioState implements Portfolio {
  order: readonly number[];
  private readonly symbols: readonly UniverseSymbol[];
  private readonly barMs: number;
  private readonly params: PortfolioParams;
  private readonly records: readonly SymbolRecord[];
  private readonly universe: Universe;
  /** Indices by symbol: whatever is summed is summed in this order. */
  private readonly bySymbol: readonly number[];
  private readonly shares: Float64Array;
  private readonly groups: Int32Array;
  /** Whether a symbol was ever selected, so that a position in it may be open. */
  private readonly everSelected: Uint8Array;
  private selected: readonly string[] = [];
  private interval = -Infinity;

  constructor(symbols: readonly UniverseSymbol[], barMs: number, params: PortfolioParams) {
    this.symbols = symbols;
    this.barMs = barMs;
    this.params = params;
    const bars = portfolioWarmupBars(params, barMs);
    this.records = symbols.map(() => new SymbolRecord({ barMs, adxPeriod: params.adxPeriod, bars }));
    const least = Math.max(params.universe.minTradedValue24h, params.crossSectional.minLiquidity);
    this.universe = createUniverse(symbols, barMs, { ...params.universe, minTradedValue24h: least });
    this.bySymbol = symbols.map((_, index) => index).sort((a, b) => (symbols[a].symbol < symbols[b].symbol ? -1 : 1));
    this.shares = new Float64Array(symbols.length);
    this.groups = Int32Array.from(symbols, (_, index) => index);
    this.everSelected = new Uint8Array(symbols.length);
    this.order = this.bySymbol;
  }

  update(index: number, candle: Candle): void {
    this.records[index].update(candle);
    this.universe.update(index, candle);
  }

  noteConfidence(index: number, confidence: number): void {
    this.records[index].noteConfidence(confidence);
  }

  share(index: number): number {
    return this.shares[index];
  }

  group(index: number): number {
    return this.groups[index];
  }

  rebalance(time: number, hasModel?: HasModel): Rebalance | undefined {
    const interval = Math.floor(time / (this.params.crossSectional.rebalanceIntervalHours * HOUR_MS));
    const isAwaited = this.selected.length === 0 && this.bySymbol.some((index) => !this.refusal(index, time, hasModel));
    if (interval <= this.interval && !isAwaited) return undefined;
    this.interval = interval;
    return this.rebalanceNow(time, hasModel);
  }

  rebalanceNow(time: number, hasModel?: HasModel): Rebalance {
    const { topK } = this.params.crossSectional;
    const candidates = this.bySymbol.map((index) => this.candidate(index, time, hasModel));
    const scores = this.scores(candidates);
    const ranking = rankSymbols(
      candidates.flatMap(({ refusal, symbol }) => (refusal ? [] : (scores.get(symbol) ?? []))),
    );
    const before = this.selected;
    const selected = selectSymbols(ranking, before, { topK, buffer: this.params.selection.rankBuffer });
    const chosen = selected.flatMap((symbol) => candidates.find((each) => each.symbol === symbol) ?? []);
    const spread = this.take(chosen, time);
    for (const record of this.records) record.forgetConfidence();
    const rows = candidates.map((candidate) => rowOf(candidate, { scores, ranking, selected, topK }));
    return {
      time,
      ranking: [...rows.filter(({ eligible }) => eligible).sort(byRank), ...rows.filter(({ eligible }) => !eligible)],
      selected,
      ...spread,
      entered: selected.filter((symbol) => !before.includes(symbol)),
      left: before.filter((symbol) => !selected.includes(symbol)),
      warnings: warningsOf(this.params, candidates, selected),
    };
  }

  private candidate(index: number, time: number, hasModel: HasModel | undefined): Candidate {
    const { symbol } = this.symbols[index];
    const { crossSectional } = this.params;
    const bars = barsOf(crossSectional.sharpeLookbackDays, this.barMs);
    return {
      index,
      symbol,
      values: this.records[index].values(time, bars),
      tradedValue24h: this.universe.tradedValue24h(index, time),
      refusal: this.refusal(index, time, hasModel),
    };
  }

  private refusal(index: number, time: number, hasModel: HasModel | undefined): Refusal | undefined {
    const { include, exclude } = this.params.selection;
    const { symbol } = this.symbols[index];
    const status = this.universe.status(index, time);
    if (status === 'no-candle' || status === 'not-listed') return status;
    if (exclude.includes(symbol) || (include.length > 0 && !include.includes(symbol))) return 'excluded';
    if (status === 'tradable') return hasModel?.(index) === false ? 'no-model' : undefined;
    return status === 'illiquid' && !(this.universe.tradedValue24h(index, time) > 0) ? 'no-volume' : status;
  }

  /** Scores of the cross-section: every symbol that is there, whether or not it may be selected. */
  private scores(candidates: readonly Candidate[]): ReadonlyMap<string, ScoredSymbol> {
    const { crossSectional, selection } = this.params;
    const section = candidates.filter(({ refusal }) => refusal !== 'no-candle' && refusal !== 'not-listed');
    const scored = scoreSymbols(
      section.map(({ symbol, values, tradedValue24h }) => ({
        symbol,
        turnover: tradedValue24h > 0 ? tradedValue24h : 0,
        values: COMPONENTS.map((name) => values[name]),
      })),
      {
        metrics: COMPONENTS.map((name) => ({
          name,
          weight: crossSectional.scoreWeights[name],
          direction: DIRECTIONS[name],
          missing: 'neutral',
          required: false,
        })),
        normalisation: selection.normalisation,
        minTurnover: 0,
      },
    );
    return new Map(scored.map((entry) => [entry.symbol, entry]));
  }

  /** Makes the chosen symbols, best first, the selected ones until the next rebalance. */
  private take(
    chosen: readonly Candidate[],
    time: number,
  ): Pick<
    Rebalance,
    'weights' | 'riskContributions' | 'cash' | 'fallback' | 'meanCorrelation' | 'shrinkage' | 'groups'
  > {
    const { crossSectional, covariance, limits, maxShare } = this.params;
    const window = { last: Math.floor(time / this.barMs), bars: barsOf(covariance.lookbackDays, this.barMs) };
    const returns = jointReturns(
      chosen.map(({ index }) => this.records[index]),
      window,
    );
    const measured = returns === undefined ? undefined : covarianceMatrix(returns);
    const shrinkage = covariance.shrinkage === 'auto' ? shrinkageIntensity(returns ?? []) : covariance.shrinkage;
    const matrix = measured === undefined ? undefined : shrunk(measured, shrinkage);
    const { weights, cash, fallback } = spreadRisk({
      count: chosen.length,
      allocation: crossSectional.allocation,
      covariance: matrix,
      cap: maxShare / chosen.length,
      maxSum: limits.maxGross,
    });
    this.selected = chosen.map(({ symbol }) => symbol);
    this.shares.fill(0);
    chosen.forEach(({ index }, place) => {
      this.shares[index] = Math.min(maxShare, weights[place] * chosen.length);
      this.everSelected[index] = 1;
    });
    const own = new Set(chosen.map(({ index }) => index));
    this.order = [...own, ...this.bySymbol.filter((index) => !own.has(index))];
    const contributions = matrix === undefined ? undefined : riskContributions(weights, matrix);
    return {
      weights: [...weights],
      riskContributions: contributions === undefined ? undefined : [...contributions],
      cash,
      fallback,
      meanCorrelation: measured === undefined ? undefined : meanCorrelation(measured),
      shrinkage: measured === undefined ? undefined : shrinkage,
      groups: this.regroup(window),
    };
  }

  /** Finds the groups among the symbols in which a position may be open; returns those of two or more. */
  private regroup(window: BarWindow): readonly (readonly string[])[] {
    const indices = this.bySymbol.filter((index) => this.everSelected[index] === 1);
    const numbers = correlatedGroups(
      indices.map((index) => this.records[index]),
      window,
      this.params.limits.groupCorrelation,
    );
    indices.forEach((index, at) => {
      this.groups[index] = indices[numbers[at]];
    });
    const named = Map.groupBy(indices, (index) => this.groups[index]);
    return [...named.values()].flatMap((members) =>
      members.length < 2 ? [] : [members.map((index) => this.symbols[index].symbol)],
    );
  }
}

interface Places {
  readonly scores: ReadonlyMap<string, ScoredSymbol>;
  readonly ranking: readonly string[];
  readonly selected: readonly string[];
  readonly topK: number;
}

function rowOf(candidate: Candidate, { scores, ranking, selected, topK }: Places): RankedSymbol {
  const { symbol, values, tradedValue24h, refusal } = candidate;
  const scored = scores.get(symbol);
  const place = ranking.indexOf(symbol);
  const isSelected = selected.includes(symbol);
  return {
    symbol,
    rank: place < 0 ? undefined : place + 1,
    score: scored?.score,
    values: scored === undefined ? recordOf(() => undefined) : values,
    components: recordOf((name) => scored?.components[COMPONENTS.indexOf(name)]),
    tradedValue24h: Number.isNaN(tradedValue24h) ? undefined : tradedValue24h,
    eligible: place >= 0,
    selected: isSelected,
    refusal: refusal ?? (isSelected ? undefined : place < topK ? 'seat-kept' : 'outranked'),
  };
}

const byRank = (a: RankedSymbol, b: RankedSymbol): number => (a.rank ?? 0) - (b.rank ?? 0);

const barsOf = (days: number, barMs: number): number => Math.ceil((days * DAY_MS) / barMs);

function warningsOf(params: PortfolioParams, candidates: readonly Candidate[], selected: readonly string[]): string[] {
  const { topK } = params.crossSectional;
  const warnings: string[] = [];
  if (topK > candidates.length) {
    warnings.push(`top_k is ${topK}, but the universe has ${candidates.length}: all that are eligible are taken`);
  }
  const names = new Set(candidates.map(({ symbol }) => symbol));
  for (const symbol of params.selection.include) {
    if (!names.has(symbol)) warnings.push(`selection.include names ${symbol}, which is not in the universe`);
  }
  if (selected.length === 0) {
    const reasons = Map.groupBy(candidates, ({ refusal }) => refusal);
    const counts = [...reasons].map(([reason, refused]) => `${refused.length} ${reason}`);
    warnings.push(`no symbol can be selected, so all is held in cash: ${counts.join(', ')}`);
  }
  return warnings;
}
