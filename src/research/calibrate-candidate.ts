// Is one configuration robust over all symbols, folds and runs it was tried on, and if not, for which reasons?
import { daysOf, type Deflation } from './calibrate-deflation.ts';
import { medianOf, neighboursOf, type Neighbours } from './calibrate-neighbours.ts';
import {
  isCalibrated,
  isSameValue,
  isWorld,
  type CalibrationRow,
  type CalibrationRun,
  type FlatSettings,
  type JudgedFigures,
  type ShippedLevel,
} from './calibrate-run.ts';
import { SURVIVAL_PROBABILITY } from './selection.ts';
import { EDGE_MIN_TRADES } from './verdict.ts';

/** Why a configuration is not robust, in the order in which they are asked. */
export const REFUSALS = {
  world: 'tried under other costs, account or candles than those in force',
  leak: 'a model of its runs is suspected of a leak',
  symbols: 'not tried on every symbol, or on one symbol only',
  failedFolds: 'folds failed',
  loss: 'no net gain on every symbol in every run',
  folds: 'not in most folds of every symbol',
  trades: `fewer than ${EDGE_MIN_TRADES} trades on a symbol`,
  noNeighbours: 'its neighbours were not run or have no Sharpe ratio',
  peak: 'a lucky peak: its neighbours fall below half of it',
  deflation: `deflated probability not above ${SURVIVAL_PROBABILITY} on every symbol`,
  search: 'not more than the luck of the search in its own run on every symbol',
  targets: 'targets of its risk level missed',
} as const;

export type Refusal = keyof typeof REFUSALS;

/** The same in a word, for tables. */
export const REFUSAL_WORDS: Readonly<Record<Refusal, string>> = {
  world: 'other costs',
  leak: 'leak',
  symbols: 'symbols',
  failedFolds: 'failed folds',
  loss: 'loss',
  folds: 'few folds',
  trades: 'few trades',
  noNeighbours: 'no neighbours',
  peak: 'peak',
  deflation: 'luck',
  search: 'search',
  targets: 'targets',
};

/** All that is known of one configuration; figures of a symbol are those of its longest run. */
export interface Candidate {
  readonly riskLevel: string;
  readonly variant: string;
  readonly configHash: string;
  readonly settings: FlatSettings;
  readonly symbols: readonly string[];
  readonly runs: readonly string[];
  readonly symbolsWithGain: number;
  readonly foldsPlanned: number;
  readonly foldsWon: number;
  readonly sharpeMedian: number | undefined;
  readonly sharpeWorst: number | undefined;
  /** The fewest on any symbol. */
  readonly trades: number;
  readonly neighbours: readonly Neighbours[];
  /** The lowest over the symbols; undefined where one is. */
  readonly deflated: number | undefined;
  /** Empty: robust. */
  readonly refusals: readonly Refusal[];
  /** It is what is in force already. */
  readonly isShipped: boolean;
}

export interface RowInRun {
  readonly row: CalibrationRow;
  readonly run: CalibrationRun;
}

export interface CandidateContext {
  readonly deflation: Deflation;
  readonly shipped: ShippedLevel;
  /** Symbols of all runs in which the risk level occurs. */
  readonly symbols: readonly string[];
}

/** Judges one configuration by all its rows; `tried` is not empty. */
export function judgeCandidate(tried: readonly RowInRun[], context: CandidateContext): Candidate {
  const [{ row: first, run: firstRun }] = tried;
  const settings = firstRun.settings.get(first.configHash) ?? {};
  const bySymbol = [...Map.groupBy(tried, ({ row }) => row.symbol).values()];
  const longest = bySymbol.map((own) =>
    own.map(({ row }) => row).reduce((best, row) => (daysOf(row) > daysOf(best) ? row : best)),
  );
  const sharpes = longest.map(({ sharpe }) => sharpe);
  const neighbours = neighboursIn(tried);
  const probabilities = longest.map((row) => context.deflation.probabilityOf(row));
  const facts = {
    settings,
    symbols: longest.map(({ symbol }) => symbol),
    neighbours,
    deflated: lowestOf(probabilities),
    trades: Math.min(...longest.map(({ trades }) => trades)),
  };
  return {
    ...facts,
    riskLevel: first.riskLevel,
    variant: first.variant,
    configHash: first.configHash,
    runs: [...new Set(tried.map(({ run }) => run.id))],
    symbolsWithGain: bySymbol.filter((own) => own.every(({ row }) => row.netPnl > 0)).length,
    foldsPlanned: total(tried, ({ planned }) => planned),
    foldsWon: total(tried, ({ won }) => won),
    sharpeMedian: medianOf(sharpes),
    sharpeWorst: lowestOf(sharpes),
    refusals: refusalsOf({ tried, bySymbol, longest, ...facts }, context),
    isShipped: Object.keys(settings).every(
      (key) => !isCalibrated(key) || isSameValue(settings[key], context.shipped.settings[key]),
    ),
  };
}

interface Facts {
  readonly tried: readonly RowInRun[];
  readonly bySymbol: readonly (readonly RowInRun[])[];
  readonly longest: readonly CalibrationRow[];
  readonly settings: FlatSettings;
  readonly symbols: readonly string[];
  readonly neighbours: readonly Neighbours[];
  readonly deflated: number | undefined;
  readonly trades: number;
}

function refusalsOf(facts: Facts, { shipped, symbols }: CandidateContext): Refusal[] {
  const { tried, bySymbol, longest, settings, neighbours, deflated, trades } = facts;
  const isElsewhere = Object.keys(settings).some(
    (key) => isWorld(key) && !isSameValue(settings[key], shipped.settings[key]),
  );
  const applies: Readonly<Record<Refusal, boolean>> = {
    world: isElsewhere,
    leak: tried.some(({ run }) => run.leakSuspected),
    symbols: longest.length < 2 || longest.length < symbols.length,
    failedFolds: total(tried, ({ failed }) => failed) > 0,
    loss: tried.some(({ row }) => !(row.netPnl > 0)),
    folds: bySymbol.some((own) => !(total(own, ({ won }) => won) > 0.5 * total(own, ({ planned }) => planned))),
    trades: trades < EDGE_MIN_TRADES,
    noNeighbours: neighbours.length === 0 || neighbours.some(({ holds }) => holds === undefined),
    peak: neighbours.some(({ holds }) => holds === false),
    deflation: !(deflated !== undefined && deflated > SURVIVAL_PROBABILITY),
    search: longest.some(({ survives }) => !survives),
    targets: longest.some(({ judged }) => !keepsTargets(judged, shipped.settings)),
  };
  return REFUSAL_ORDER.filter((refusal) => applies[refusal]);
}

const REFUSAL_ORDER: readonly Refusal[] = [
  'world',
  'leak',
  'symbols',
  'failedFolds',
  'loss',
  'folds',
  'trades',
  'noNeighbours',
  'peak',
  'deflation',
  'search',
  'targets',
];

/** The neighbours in every sweep that tried the configuration. */
function neighboursIn(tried: readonly RowInRun[]): Neighbours[] {
  const once = new Map(tried.map((entry) => [`${entry.run.id} ${entry.row.configHash}`, entry]));
  return [...once.values()].flatMap(({ run, row }) => {
    if (run.sweep === undefined) return [];
    const level = run.rows.filter(({ riskLevel }) => riskLevel === row.riskLevel);
    return neighboursOf(level, run.sweep, row.configHash);
  });
}

/** The targets in force, not those of the run: a run may have been made with lower ones. */
function keepsTargets(judged: JudgedFigures, settings: FlatSettings): boolean {
  const keeps = (key: string, value: number | undefined, isUpper: boolean): boolean => {
    const target = settings[`targets.${key}`];
    if (typeof target !== 'number') return true;
    return value !== undefined && (isUpper ? value < target : value > target);
  };
  return (
    keeps('sharpe', judged.sharpe, false) &&
    keeps('profit_factor', judged.profitFactor, false) &&
    keeps('max_drawdown', judged.maxDrawdown, true) &&
    keeps('trades', judged.trades, false)
  );
}

function total(tried: readonly RowInRun[], count: (folds: CalibrationRow['folds']) => number): number {
  return tried.reduce((sum, { row }) => sum + count(row.folds), 0);
}

function lowestOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length < values.length || known.length === 0 ? undefined : Math.min(...known);
}
