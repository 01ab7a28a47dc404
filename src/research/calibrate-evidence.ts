// What speaks for and against each value of each setting? Tables of the best configuration with that value.
import { REFUSALS, REFUSAL_WORDS, type Candidate, type Refusal } from './calibrate-candidate.ts';
import type { CalibratedLevel } from './calibrate.ts';
import type { Change } from './calibrate-changes.ts';
import { isCalibrated } from './calibrate-run.ts';
import { formatNumber } from './format-number.ts';
import { table, type Cell } from './markdown-table.ts';
import { numberOf, shownValue } from './sweep-values.ts';

/** More rows than this are not printed for a risk level. */
const MOST_CANDIDATES = 10;

const fixed = (value: number | undefined): string => formatNumber(value, 2);

export function valueText(value: unknown): string {
  return value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
}

/** `config/profiles/moderate.yaml`, as it lies in the project. */
export function fileOf({ profile }: Pick<Change, 'profile'>): string {
  return profile === undefined ? 'config/config.yaml' : `config/profiles/${profile}.yaml`;
}

/** The changes file by file, old value and new value. */
export function diffLines(changes: readonly Change[]): string[] {
  return [...Map.groupBy(changes, fileOf)].flatMap(([file, own]) => [
    `--- ${file}`,
    `+++ ${file}`,
    ...own.flatMap(({ key, from, to }) => [`-${key}: ${valueText(from)}`, `+${key}: ${valueText(to)}`]),
  ]);
}

/** Settings of which the candidates of a level have several values, in the order of the configuration. */
export function variedKeys({ candidates }: CalibratedLevel): string[] {
  const keys = [...new Set(candidates.flatMap(({ settings }) => Object.keys(settings)))];
  return keys.filter(
    (key) => isCalibrated(key) && new Set(candidates.map(({ settings }) => JSON.stringify(settings[key]))).size > 1,
  );
}

const EVIDENCE_HEAD = [
  'Symbols with gain',
  'Folds won',
  'Sharpe median',
  'Worst',
  'Trades',
  'Neighbours',
  'Deflated',
  'Answer',
];

/** One line for each value of each varied setting; the best robust candidate with it, else the best of all. */
export function keyEvidence(level: CalibratedLevel): string[] {
  const rows = variedKeys(level).flatMap((key) =>
    [...Map.groupBy(level.candidates, ({ settings }) => JSON.stringify(settings[key]))]
      .toSorted(([a], [b]) => (numberOf(a) ?? NaN) - (numberOf(b) ?? NaN) || 0)
      .map(([, own]): Cell[] => {
        const best = own.find(({ refusals }) => refusals.length === 0) ?? own[0];
        return [`\`${key}\``, shownValue(valueText(best.settings[key])), ...cellsOf(best, key)];
      }),
  );
  return rows.length === 0 ? [] : table(['Setting', 'Value', ...EVIDENCE_HEAD], rows);
}

/** The best configurations of a level, best first. */
export function candidateTable({ candidates }: CalibratedLevel): string[] {
  return table(
    ['Configuration', 'Hash', ...EVIDENCE_HEAD],
    candidates
      .slice(0, MOST_CANDIDATES)
      .map((candidate) => [
        candidate.isShipped ? `${candidate.variant} (in force)` : candidate.variant,
        `\`${candidate.configHash}\``,
        ...cellsOf(candidate),
      ]),
  );
}

function cellsOf(candidate: Candidate, key?: string): Cell[] {
  const { symbols, symbolsWithGain, foldsPlanned, foldsWon, sharpeMedian, sharpeWorst } = candidate;
  return [
    `${symbolsWithGain} of ${symbols.length}`,
    `${foldsWon} of ${foldsPlanned}`,
    fixed(sharpeMedian),
    fixed(sharpeWorst),
    candidate.trades,
    neighbourText(candidate, key),
    formatNumber(candidate.deflated, 3),
    candidate.refusals.length === 0
      ? 'robust'
      : `refused: ${candidate.refusals.map((refusal) => REFUSAL_WORDS[refusal]).join(', ')}`,
  ];
}

/** Median Sharpe ratio of the adjacent values per setting, or of one setting only. */
function neighbourText({ neighbours }: Candidate, key?: string): string {
  const own = neighbours.filter((each) => key === undefined || each.key === key);
  if (own.length === 0) return 'n/a';
  return own
    .map(({ around, median }) =>
      key === undefined
        ? fixed(median)
        : around.map(({ value, sharpe }) => `at ${shownValue(value)}: ${fixed(sharpe)}`).join(', ') || 'n/a',
    )
    .join(', ');
}

/** `9 configurations, none robust: 9 × …`, the commonest reason first. */
export function refusalLine({ candidates, refused, winner }: CalibratedLevel): string {
  const robust = candidates.filter(({ refusals }) => refusals.length === 0).length;
  const reasons = (Object.entries(refused) as [Refusal, number][])
    .toSorted(([, a], [, b]) => b - a)
    .map(([refusal, count]) => `${count} × ${REFUSAL_WORDS[refusal]} (${REFUSALS[refusal]})`);
  const found = winner === undefined ? 'none robust' : `${robust} robust`;
  const count = candidates.length === 1 ? '1 configuration' : `${candidates.length} configurations`;
  return [`${count}, ${found}`, reasons.join('; ')].filter((part) => part !== '').join(': ');
}
