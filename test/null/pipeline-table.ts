// What do the seeds of a null test say together? Shares with their bands, in lines, and whether the promise is kept.
import { binomialBand } from './binomial-band.ts';
import type { NullReport, NullRow } from './pipeline-run.ts';

/** Fewer than this share of noise runs may be called anything good. */
export const MOST_FALSE = 0.05;
/** At least this share of runs with a clear edge must be found. */
export const LEAST_FOUND = 0.8;
/** With fewer trades in the median row a verdict other than "no edge" would hardly be possible, and its absence no news. */
export const LEAST_TRADES = 50;
/** Quote currency that a row may pay where nothing is charged: prices on a grid of ticks round against the account. */
export const MOST_PAID = 1;
const SKILLED = 0.95;
const SIGNIFICANT = 0.05;

export interface Share {
  readonly name: string;
  readonly hits: number;
  /** Runs in which the question has an answer. */
  readonly tries: number;
  /** Share that must not be reached; undefined: shown, no promise. */
  readonly below?: number;
}

const isPraise = (word: string): boolean => word === 'recommended' || word.startsWith('edge');

/** Whether anything at all in the run is called an edge. */
export const isPraised = ({ words, rows }: NullReport): boolean =>
  words.some(isPraise) || rows.some(({ edge }) => edge);

/** Share of the reports with an answer whose answer is yes. */
function share(
  name: string,
  reports: readonly NullReport[],
  { below, ask }: { readonly below?: number; readonly ask: (report: NullReport) => boolean | undefined },
): Share {
  const answers = reports.map(ask).filter((answer) => answer !== undefined);
  return {
    name,
    hits: answers.filter(Boolean).length,
    tries: answers.length,
    ...(below === undefined ? {} : { below }),
  };
}

const above = (value: number | undefined, bound: number): boolean | undefined =>
  value === undefined ? undefined : value > bound;
const under = (value: number | undefined, bound: number): boolean | undefined =>
  value === undefined ? undefined : value < bound;

/** A question about the chosen row. */
const ofChosen = (pick: (row: NullRow) => boolean | undefined) => ({
  ask: ({ chosen }: NullReport) => pick(chosen),
});

/** What noise may be taken for: first the verdicts, then what single figures would make a reader believe. */
export function falseFinds(reports: readonly NullReport[]): Share[] {
  const below = MOST_FALSE;
  return [
    share('a risk level is recommended', reports, { below, ask: ({ words }) => words.includes('recommended') }),
    share('a risk level has any edge', reports, { below, ask: ({ words }) => words.some(isPraise) }),
    share('the best of all rows has an edge', reports, { below, ask: ({ best }) => best?.edge ?? false }),
    share('any row has an edge', reports, { below, ask: ({ rows }) => rows.some(({ edge }) => edge) }),
    share('best row: probabilistic Sharpe ratio > 0.95', reports, {
      ask: ({ best }) => above(best?.probabilisticSharpe, SKILLED),
    }),
    share(
      'one row: probabilistic Sharpe ratio > 0.95',
      reports,
      ofChosen((row) => above(row.probabilisticSharpe, SKILLED)),
    ),
    share(
      'one row: 95 % interval above 0',
      reports,
      ofChosen((row) => above(row.sharpeLow, 0)),
    ),
    share(
      'one row: random entries p < 0.05',
      reports,
      ofChosen((row) => under(row.randomEntryP, SIGNIFICANT)),
    ),
    share(
      'one row: published deflated Sharpe > 0.95',
      reports,
      ofChosen((row) => above(row.deflatedSharpe, SKILLED)),
    ),
    share('best row: published deflated Sharpe > 0.95', reports, {
      ask: ({ best }) => above(best?.deflatedSharpe, SKILLED),
    }),
    share('search as a whole: SPA p < 0.05', reports, { ask: ({ spa }) => under(spa, SIGNIFICANT) }),
  ];
}

/** Which promises of `falseFinds` are broken, and whether there was enough trading for them to mean anything. */
export function brokenPromises(shares: readonly Share[]): string[] {
  return shares
    .filter(({ hits, tries, below }) => below !== undefined && !(hits / tries < below))
    .map(({ name, hits, tries }) => `${name}: ${hits} of ${tries}`);
}

/** Trades of every row of every run. */
export function tradesOf(reports: readonly NullReport[]): number[] {
  return reports.flatMap(({ rows }) => rows.map(({ trades }) => trades)).toSorted((a, b) => a - b);
}

export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** How an edge of one size was found. */
export interface Power {
  readonly size: number;
  readonly runs: number;
  /** Runs in which every risk level is recommended, in which any is, and in which the best row has an edge. */
  readonly recommendedEverywhere: number;
  readonly recommended: number;
  readonly bestSurvives: number;
  /** Of the chosen row. */
  readonly meanSharpe: number;
  /** Runs whose 95 % interval of the chosen row holds the mean Sharpe ratio of all runs. */
  readonly intervalHolds: number;
  readonly medianTrades: number;
}

export function powerOf(size: number, reports: readonly NullReport[]): Power {
  const count = (ask: (report: NullReport) => boolean): number => reports.filter(ask).length;
  const sharpes = reports.map(({ chosen }) => chosen.sharpe ?? 0);
  const meanSharpe = sharpes.reduce((sum, value) => sum + value, 0) / sharpes.length;
  return {
    size,
    runs: reports.length,
    recommendedEverywhere: count(({ words }) => words.every((word) => word === 'recommended')),
    recommended: count(({ words }) => words.includes('recommended')),
    bestSurvives: count(({ best }) => best?.edge ?? false),
    meanSharpe,
    intervalHolds: count(
      ({ chosen }) => (chosen.sharpeLow ?? NaN) <= meanSharpe && meanSharpe <= (chosen.sharpeHigh ?? NaN),
    ),
    medianTrades: medianOf(reports.map(({ chosen }) => chosen.trades)),
  };
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

export function shareLines(shares: readonly Share[]): string[] {
  return shares.map(({ name, hits, tries, below }) => {
    if (tries === 0) return `  ${name.padEnd(45)} n/a`;
    const { low, high } = binomialBand(hits, tries);
    const found = `${hits} of ${tries}`.padStart(10);
    const band = `${percent(low)} to ${percent(high)}`.padStart(18);
    const promise = below === undefined ? '' : `  must be under ${percent(below)}`;
    return `  ${name.padEnd(45)}${found}${percent(hits / tries).padStart(9)}${band}${promise}`;
  });
}

export function powerLine(power: Power): string {
  const { size, runs, recommended, recommendedEverywhere, bestSurvives, meanSharpe, intervalHolds } = power;
  const cells = [recommended, recommendedEverywhere, bestSurvives, intervalHolds].map((hits) =>
    `${hits} of ${runs}`.padStart(12),
  );
  return `  ${size.toFixed(2).padStart(6)}${meanSharpe.toFixed(2).padStart(9)}${String(power.medianTrades).padStart(9)}${cells.join('')}`;
}

export const POWER_HEAD = `  ${'drift'.padStart(6)}${'Sharpe'.padStart(9)}${'trades'.padStart(9)}${[
  'recommended',
  'every level',
  'best row',
  'interval',
]
  .map((name) => name.padStart(12))
  .join('')}`;
