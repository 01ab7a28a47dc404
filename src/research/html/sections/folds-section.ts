// Is the result the work of every fold, or of one? The Sharpe ratio of each test window, with the failed ones marked.
import { isoDate } from '../../../domain/iso-time.ts';
import { DAY_MS } from '../../../domain/time.ts';
import type { FoldOutcome } from '../../outcome.ts';
import type { ResultRow } from '../../result-file.ts';
import { shareOfFoldsWon } from '../../verdict.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { known, numberText, percentText, signedPercentText, signedText } from '../number-text.ts';
import { barMark } from '../plot/bars.ts';
import { frame, round, type AxisTick } from '../plot/frame.ts';
import { pointMark } from '../plot/line.ts';
import { horizontal, rangeOf, UNITS, vertical, type Scale } from '../plot/scale.ts';
import { axisTicks, tickDigits } from '../plot/ticks.ts';
import { isMany, kindOf, type ReportView } from '../report-view.ts';
import { dataTable, figure, patchLegend, section, symbolPanes } from './parts.ts';

/** Share of a fold's width that its bars take. */
const FILLED = 0.76;

export function foldsSection(view: ReportView): Markup {
  const entries = view.levels.map((riskLevel) => ({ kind: kindOf(view, riskLevel), name: riskLevel }));
  const ofSymbol = (symbol: string): Markup =>
    symbolFigure(
      view,
      symbol,
      view.headline.filter((row) => row.symbol === symbol),
    );
  return section(
    {
      id: 'folds',
      title: 'Folds',
      lead: 'Sharpe ratio of every test window. A dot on the zero line: no ratio, because the account moved on fewer than five days. A tinted column with a cross: the fold failed, and why is said below. Ratios of single months are wild; what counts is whether the bars lean to one side.',
    },
    [
      patchLegend(entries),
      isMany(view) ? symbolPanes('folds-symbol', view.symbols, ofSymbol) : view.symbols.map(ofSymbol),
      stabilityTable(view),
      failures(view),
    ],
  );
}

function symbolFigure(view: ReportView, symbol: string, rows: readonly ResultRow[]): Markup {
  const count = rows.reduce((most, { folds }) => Math.max(most, folds.length), 0);
  const sharpes = rows.flatMap(({ folds }) => folds.map((fold) => sharpeOf(fold) ?? NaN));
  const range = rangeOf(sharpes, { include: [0], margin: 0.08 });
  const x = horizontal(0, Math.max(1, count));
  const y = vertical(...range);
  const ticks = axisTicks(...range, 5);
  const digits = tickDigits(ticks);
  const body = Array.from({ length: count }, (_, at): Content => [
    hasFailed(rows, at) ? failedColumn(x, at) : '',
    ...rows.map((row, level) =>
      foldMark(row.folds[at], { x, y, at, level, levels: rows.length, kind: kindOf(view, row.riskLevel) }),
    ),
  ]);
  const label = `${symbol}: Sharpe ratio per fold. ${rows.map((row) => `${row.riskLevel}: ${row.folds.map((fold) => (fold.status === 'failed' ? 'failed' : numberText(fold.sharpe, 1))).join(', ')}`).join('; ')}`;
  return figure(
    symbol,
    frame(
      {
        label,
        height: 190,
        x,
        y,
        base: 0,
        notes: Array.from({ length: count }, (_, at) => at)
          .filter((at) => hasFailed(rows, at))
          .map((at) => ({ at: at + 0.5, text: '✗' })),
        xTicks: foldTicks(rows, count),
        yTicks: ticks.map((at) => ({ at, text: numberText(at, digits) })),
      },
      body,
    ),
  );
}

function hasFailed(rows: readonly ResultRow[], at: number): boolean {
  return rows.some(({ folds }) => folds[at]?.status === 'failed');
}

/** The start of each test window under its column, as month or, of short windows, as day; fewer where it is narrow. */
function foldTicks(rows: readonly ResultRow[], count: number): AxisTick[] {
  const folds = rows.find((row) => row.folds.length === count)?.folds ?? [];
  const stride = Math.max(1, Math.ceil(count / 9));
  const isShort = folds.some(({ testStart, testEnd }) => testEnd - testStart < 28 * DAY_MS);
  const text = ({ testStart }: FoldOutcome): string =>
    isShort ? isoDate(testStart).slice(5) : isoDate(testStart).slice(0, 7);
  return folds.flatMap((fold, index) =>
    index % stride === 0 ? [{ at: index + 0.5, text: text(fold), isMinor: (index / stride) % 3 !== 0 }] : [],
  );
}

interface FoldPlace {
  readonly x: Scale;
  readonly y: Scale;
  readonly at: number;
  readonly level: number;
  readonly levels: number;
  readonly kind: string;
}

function foldMark(fold: FoldOutcome | undefined, { x, y, at, level, levels, kind }: FoldPlace): Content {
  if (fold === undefined || fold.status === 'failed') return '';
  const width = FILLED / levels;
  const from = at + (1 - FILLED) / 2 + level * width;
  const sharpe = sharpeOf(fold);
  const title = `Fold ${fold.index}, ${isoDate(fold.testStart)} to ${isoDate(fold.testEnd)}: Sharpe ${signedText(sharpe)}, return ${signedPercentText(fold.totalReturn, 3)}, ${fold.trades} trades`;
  if (sharpe === undefined) return pointMark({ x: x.at(from + width / 2), y: y.at(0) }, kind, 3);
  return barMark({ from, to: from + width * 0.9, base: 0, value: sharpe, kind, title }, x, y);
}

function failedColumn(x: Scale, at: number): Markup {
  const [left, right] = [x.at(at), x.at(at + 1)];
  return markup`<rect class="failed" x="${round(left, 2)}" y="0" width="${round(right - left, 2)}" height="${UNITS}"><title>Fold ${at} failed</title></rect>`;
}

function sharpeOf(fold: FoldOutcome): number | undefined {
  return fold.status === 'failed' ? undefined : known(fold.sharpe);
}

function stabilityTable({ headline }: ReportView): Markup {
  return dataTable({
    label: 'Stability across folds',
    head: [
      'Symbol',
      'Risk level',
      'Folds',
      'Failed',
      'Without trades',
      'Mean Sharpe',
      'Deviation',
      'Median',
      'Worst',
      'Best',
      'Won',
    ],
    keys: 2,
    rows: headline.map(({ symbol, riskLevel, folds, foldSharpe }) => [
      symbol,
      riskLevel,
      numberText(folds.length, 0),
      numberText(folds.filter(({ status }) => status === 'failed').length, 0),
      numberText(folds.filter((fold) => fold.status === 'reported' && fold.trades === 0).length, 0),
      numberText(foldSharpe.mean),
      numberText(foldSharpe.deviation),
      numberText(foldSharpe.median),
      numberText(foldSharpe.minimum),
      numberText(foldSharpe.maximum),
      percentText(shareOfFoldsWon(folds), 0),
    ]),
  });
}

/** Failures beyond these are told when asked for. */
const MOST_FAILURES = 6;

/** Every reason once, with the folds of every symbol that it holds for. */
function failures({ result, headline }: ReportView): Content {
  const reasons = new Map<string, Map<string, Set<number>>>();
  const note = (symbol: string, fold: number, reason: string): void => {
    const symbols = reasons.get(reason) ?? new Map<string, Set<number>>();
    reasons.set(reason, symbols.set(symbol, (symbols.get(symbol) ?? new Set<number>()).add(fold)));
  };
  for (const { symbol, fold, reason } of result.failedFolds) note(symbol, fold, reason);
  for (const { symbol, folds } of headline) {
    for (const fold of folds) if (fold.status === 'failed') note(symbol, fold.index, fold.reason);
  }
  if (reasons.size === 0) return '';
  const lines = [...reasons].map(([reason, symbols]) => {
    const where = [...symbols].map(
      ([symbol, folds]) => `${symbol}, fold ${[...folds].toSorted((a, b) => a - b).join(', ')}`,
    );
    return markup`<li><strong>${where.join('; ')} failed:</strong> ${reason}</li>`;
  });
  const list = markup`<ul class="failures">${lines}</ul>`;
  if (lines.length <= MOST_FAILURES) return list;
  return markup`<details><summary>${lines.length} reasons why folds failed</summary>${list}</details>`;
}
