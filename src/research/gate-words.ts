// Why is a row not called an edge? The gates that it failed, by name and in plain words.
import { figureText } from './figure-text.ts';
import { formatNumber } from './format-number.ts';
import { SEARCH_LEVEL, SURVIVAL_PROBABILITY, type SelectionReport, type SurvivalGate } from './selection.ts';
import { EDGE_MIN_TRADES, type RowVerdict } from './verdict.ts';

/** What a reader must know of a row. */
export interface GatedRow {
  readonly figures: { readonly trades: number };
  readonly verdict: Pick<RowVerdict, 'survival'>;
}

/** Empty: it has an edge. Of the gates of selection only the first that failed is known. */
export function failedGates({ figures, verdict }: GatedRow): (SurvivalGate | 'trades')[] {
  const { survival } = verdict;
  return [
    ...(figures.trades < EDGE_MIN_TRADES ? (['trades'] as const) : []),
    ...(survival.survives ? [] : [survival.gate]),
  ];
}

/** Such as `not above what luck gives the best of 18 trials: deflated Sharpe 0.41, needs 0.95`; undefined: it has an edge. */
export function gateWords(row: GatedRow, selection: SelectionReport): string | undefined {
  const failed = failedGates(row).map((gate) => wordsOf(gate, row, selection));
  return failed.length === 0 ? undefined : failed.join('; ');
}

function wordsOf(gate: SurvivalGate | 'trades', { figures, verdict }: GatedRow, selection: SelectionReport): string {
  const { trials, rows, all } = selection;
  const measured = (bound: number): string =>
    verdict.survival.survives ? '' : figureText<number>(verdict.survival.measured, (value) => apart(value, bound));
  const words: Readonly<Record<SurvivalGate | 'trades', () => string>> = {
    trades: () => `only ${figures.trades} ${figures.trades === 1 ? 'trade' : 'trades'}, needs ${EDGE_MIN_TRADES}`,
    'deflated Sharpe ratio': () =>
      `not above what luck gives ${bestOf(trials)}: deflated Sharpe ${measured(SURVIVAL_PROBABILITY)}, needs ${SURVIVAL_PROBABILITY}`,
    'Sharpe interval': () => `not surely above zero: the 95 % interval of the Sharpe ratio begins at ${measured(0)}`,
    'search against flat': () =>
      `the ${rows.length === 1 ? 'row' : `${rows.length} rows`} tried do not beat doing nothing: SPA p ${measured(SEARCH_LEVEL)}, needs less than ${SEARCH_LEVEL}`,
    overfitting: () => overfittingWords(all.overfitting, measured),
  };
  return words[gate]();
}

function overfittingWords(
  overfitting: SelectionReport['all']['overfitting'],
  measured: (bound: number) => string,
): string {
  const upper = overfitting.value?.nullBand.upper;
  const bound =
    upper === undefined ? '' : `, above the ${apart(upper, NaN)} that 19 of 20 searches without an edge stay below`;
  return `picking the best row did not hold out of sample: PBO ${measured(upper ?? NaN)}${bound}`;
}

const bestOf = (trials: number): string => (trials === 1 ? 'a single trial' : `the best of ${trials} trials`);

/** Two decimals, or as many more as tell `value` from `bound`. */
function apart(value: number, bound: number): string {
  const digits = [2, 3, 4, 5].find((count) => value === bound || value.toFixed(count) !== bound.toFixed(count));
  return formatNumber(value, digits ?? 6);
}
