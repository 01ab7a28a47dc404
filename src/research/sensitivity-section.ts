// What does the summary say of a sweep? How each setting moved the result, and whether the best stands alone.
import { formatNumber } from './format-number.ts';
import { table, type Cell } from './markdown-table.ts';
import {
  neighbourhoodOf,
  PLATEAU_SHARE,
  pointsOf,
  sensitivityTables,
  type Neighbourhood,
  type Spread,
  type SweepPoint,
  type SweptRow,
} from './sensitivity.ts';
import { shortKeys, type SweepDimension, type SweepRecord } from './sweep.ts';
import { shownValue } from './sweep-values.ts';

export interface SensitivityInput {
  readonly sweep: SweepRecord;
  /** The rows of the result, each with its risk level. */
  readonly rows: readonly (SweptRow & { readonly riskLevel: string })[];
}

const fixed = (value: number | undefined): string => formatNumber(value, 2);
/** The median of an even number of counts may end in .5. */
const count = (value: number | undefined): string =>
  formatNumber(value, value === undefined || Number.isInteger(value) ? 0 : 1);

/** The section as Markdown lines, one part per risk level; none when no row belongs to the sweep. */
export function sensitivitySection({ sweep, rows }: SensitivityInput): string[] {
  const byLevel = Map.groupBy(rows, ({ riskLevel }) => riskLevel);
  const parts = [...byLevel].flatMap(([riskLevel, own]) => {
    const points = pointsOf(own, sweep);
    return points.length === 0 ? [] : levelPart(riskLevel, sweep.dimensions, points);
  });
  if (parts.length === 0) return [];
  return [
    '## Sensitivity',
    '',
    'Each line holds all rows with one value of one setting, whatever the other settings and the symbol: median, then lowest … highest. ' +
      `The best of a sweep is never a result by itself. Where the median of its neighbours (one step away in one setting) keeps less than ${PLATEAU_SHARE * 100} % of its Sharpe ratio, it is a peak, not a plateau: chance makes peaks.`,
    '',
    ...parts,
  ];
}

function levelPart(riskLevel: string, dimensions: readonly SweepDimension[], points: readonly SweepPoint[]): string[] {
  const rows = sensitivityTables(dimensions, points).flatMap(({ key, rows }) =>
    rows.map((row): Cell[] => [
      `\`${key}\``,
      shownValue(row.value),
      row.points,
      ...spreadCells(row.sharpe, fixed),
      ...spreadCells(row.profitFactor, fixed),
      ...spreadCells(row.trades, count),
    ]),
  );
  const head = ['Setting', 'Value', 'Rows', 'Sharpe', 'Range', 'Profit factor', 'Range', 'Trades', 'Range'];
  return [
    `### ${riskLevel}`,
    '',
    ...table(head, rows),
    '',
    ...neighbourLines(dimensions, neighbourhoodOf(dimensions, points)),
  ];
}

function spreadCells(spread: Spread | undefined, text: (value: number | undefined) => string): [string, string] {
  return [text(spread?.median), spread === undefined ? 'n/a' : `${text(spread.min)} … ${text(spread.max)}`];
}

function neighbourLines(dimensions: readonly SweepDimension[], found: Neighbourhood | undefined): string[] {
  if (found === undefined) return ['No row has a defined Sharpe ratio, so there is no best.', ''];
  const { best, neighbours, missing } = found;
  const labels = shortKeys(dimensions.map(({ key }) => key));
  const name = dimensions.map(({ values }, at) => `${labels[at]}=${shownValue(values[best.place[at]])}`).join(', ');
  const lines = [
    `Best: ${name}, with a Sharpe ratio of ${fixed(best.sharpe)} and ${count(best.trades)} trades (medians over the symbols). ${judgement(found)}`,
    '',
  ];
  if (neighbours.length > 0) {
    const rows = neighbours.map(({ key, value, sharpe, trades }): Cell[] => [
      `\`${key}\``,
      shownValue(value),
      fixed(sharpe),
      fixed(sharpe === undefined ? undefined : best.sharpe - sharpe),
      count(trades),
    ]);
    lines.push(...table(['Neighbour in', 'Value', 'Sharpe', 'Below the best', 'Trades'], rows), '');
  }
  if (missing > 0) lines.push(`${missing} neighbours were not tried.`, '');
  return lines;
}

function judgement({ best, neighbourMedian, drop, isPeak, atEdge }: Neighbourhood): string {
  const edge = atEdge.length === 0 ? '' : ` It lies at the edge of ${atEdge.map((key) => `\`${key}\``).join(' and ')}.`;
  if (best.sharpe <= 0) return `Nothing in this sweep earned anything.${edge}`;
  if (neighbourMedian === undefined) return `None of its neighbours has a result, so nothing speaks for it.${edge}`;
  const facts = `Its neighbours have ${fixed(neighbourMedian)} at the median, ${fixed(drop)} less:`;
  return `${facts} ${isPeak === true ? '**a peak, not a plateau**.' : 'a plateau.'}${edge}`;
}
