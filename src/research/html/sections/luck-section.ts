// How much of it could be luck? Number of trials, deflation, bootstrap intervals, Monte Carlo, and what the search itself explains.
import { figureText, intervalText } from '../../figure-text.ts';
import type { ResultRow } from '../../result-file.ts';
import type { GroupSelection } from '../../selection-group.ts';
import {
  namedGroups,
  pickingColumns,
  selectionLines,
  snoopingColumns,
  type GroupColumn,
  type Wording,
} from '../../selection-lines.ts';
import { selectionOf } from '../../selection.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { known, numberText, percentText } from '../number-text.ts';
import { round } from '../plot/frame.ts';
import { horizontal, rangeOf, type Scale } from '../plot/scale.ts';
import { niceTicks, tickDigits } from '../plot/ticks.ts';
import { isMany, kindOf, nameOf, shownRows, type ReportView } from '../report-view.ts';
import { dataTable, figure, scrolling, section, symbolPanes } from './parts.ts';

const WORDING: Wording = { number: numberText, percent: percentText };
/** More rows of the run stand side by side only symbol by symbol. */
const MOST_COLUMNS = 6;

export function luckSection(view: ReportView): Markup {
  const { selection } = view.result;
  return section({ id: 'luck', title: 'Luck', lead: trialWords(view) }, [
    intervals(view),
    markup`<h3>What the search for it leaves</h3><p class="lead">The deflated Sharpe ratio is the probability that a row beats the best of all trials without an edge: as published, and as the verdict takes it, with no more spread of the trials than chance explains and the smaller of the plain and the Newey-West Sharpe ratio. Reordered trades show the luck of the path, resampled ones that of the sample; both know drawdowns of closed trades only. Costs are fees and slippage per side of the traded value.</p>`,
    rowTables(view),
    baselineTable(view),
    markup`<h3>Probability of overfitting</h3><p class="lead">How often the best row of one half of the days was in the worse half of rows on the other days (PBO). The grey band holds nine of ten such numbers for returns without any edge; to the right of it, choosing the best row did harm.</p>`,
    // Of many symbols the table below is enough; what decides is all of them together.
    ...namedGroups(selection)
      .slice(isMany(view) ? -1 : 0)
      .map(([name, group]) => overfittingGauge(name, group)),
    groupTable('Picking the best', view, pickingColumns(WORDING)),
    markup`<h3>The search as a whole</h3><p class="lead">Chance that the best of all rows looks as good against doing nothing, or against buying and holding, though none of them is better.</p>`,
    groupTable('The search as a whole', view, snoopingColumns(WORDING)),
  ]);
}

function trialWords({ result }: ReportView): string {
  const { trials, effectiveTrials, resamples, rows } = result.selection;
  const looks = result.trials.looks > trials ? ` in ${numberText(result.trials.looks, 0)} looks` : '';
  const worth = figureText(effectiveTrials, (value) => numberText(value, 1));
  const best = rows.find(({ expectedMaximumSharpe }) => expectedMaximumSharpe.value !== undefined);
  const expected =
    best === undefined
      ? ''
      : ` Without any edge the best of them would still show a Sharpe ratio of about ${numberText(best.expectedMaximumSharpe.value)}.`;
  return `${numberText(trials, 0)} configurations were tried on this data${looks}, worth ${worth} independent ones.${expected} Each line is the 95 % bootstrap interval (${numberText(resamples, 0)} resamples) of a Sharpe ratio: one that crosses zero cannot be told from luck. The faint points are all variants of that symbol and risk level, also those that were not chosen.`;
}

/** One line per headline row on a common scale. */
function intervals(view: ReportView): Markup {
  const { result } = view;
  const values = result.rows.flatMap((row) => {
    const { low, high } = selectionOf(result.selection, row).sharpeInterval;
    return [known(row.figures.sharpe) ?? NaN, low.value ?? NaN, high.value ?? NaN];
  });
  const x = horizontal(...rangeOf(values, { include: [0] }));
  const rows = shownRows(view).map(
    (row): Content =>
      markup`<tr><th scope="row">${nameOf(row)} <span class="note">${row.riskLevel}</span></th><td class="bar-cell">${intervalMark(view, row, x)}</td><td>${numberText(row.figures.sharpe)}</td></tr>
`,
  );
  return figure(
    'Sharpe ratio with its interval',
    scrolling(
      'Sharpe ratio with its interval',
      markup`<table class="bars-table intervals"><tbody>${rows}<tr class="axis"><th></th><td class="bar-cell">${axis(x)}</td><td></td></tr></tbody></table>`,
      isMany(view) ? 'scroll tall' : 'scroll',
    ),
  );
}

function intervalMark(view: ReportView, row: ResultRow, x: Scale): Markup {
  const { sharpe } = row.figures;
  const { low, high } = selectionOf(view.result.selection, row).sharpeInterval;
  const kind = kindOf(view, row.riskLevel);
  const others = view.result.rows.filter((other) => other.symbol === row.symbol && other.riskLevel === row.riskLevel);
  const at = known(sharpe);
  return markup`<svg width="100%" height="22" role="img" aria-label="${intervalWords(view, row)}"><line class="zero" x1="${wide(x, 0)}" x2="${wide(x, 0)}" y1="0" y2="22"/>${others.map(({ figures, variant }) => (known(figures.sharpe) === undefined ? '' : markup`<circle class="other" cx="${wide(x, figures.sharpe ?? 0)}" cy="11" r="3"><title>${variant}: ${numberText(figures.sharpe)}</title></circle>`))}${low.value === undefined || high.value === undefined ? undefined : markup`<line class="interval ${kind}" x1="${wide(x, low.value)}" x2="${wide(x, high.value)}" y1="11" y2="11"/>`}${at === undefined ? undefined : markup`<circle class="estimate ${kind}" cx="${wide(x, at)}" cy="11" r="4.5"/>`}</svg>`;
}

function intervalWords({ result }: ReportView, row: ResultRow): string {
  const interval = intervalText(selectionOf(result.selection, row).sharpeInterval, (value) => numberText(value));
  return `${nameOf(row)} ${row.riskLevel}: Sharpe ratio ${numberText(row.figures.sharpe)}, interval ${interval}`;
}

function axis(x: Scale): Markup {
  const ticks = niceTicks(x.low, x.high, 6);
  const digits = tickDigits(ticks);
  return markup`<svg width="100%" height="20" aria-hidden="true">${ticks.map((at) => markup`<text class="x" x="${wide(x, at)}" y="14">${numberText(at, digits)}</text>`)}</svg>`;
}

/** A value as percent of the width, with room for points at the borders. */
function wide(x: Scale, value: number): string {
  return `${round(2 + (x.at(value) / 1000) * 96, 2)}%`;
}

/** One column per row of the run; of many rows, one pane per symbol. */
function rowTables(view: ReportView): Markup {
  const rows = shownRows(view);
  if (rows.length <= MOST_COLUMNS) return rowTable(view, 'Selection', rows);
  return symbolPanes('selection', [...new Set(rows.map(nameOf))], (name) =>
    rowTable(
      view,
      `Selection of ${name}`,
      rows.filter((row) => nameOf(row) === name),
    ),
  );
}

function rowTable({ result }: ReportView, label: string, rows: readonly ResultRow[]): Markup {
  const selected = rows.map((row) => ({ ...row, selection: selectionOf(result.selection, row) }));
  const table = dataTable({
    label,
    head: ['Figure', ...rows.map((row) => `${nameOf(row)} ${row.riskLevel}`)],
    rows: selectionLines(result.selection, WORDING).map(([name, text]) => [name, ...selected.map(text)]),
  });
  return markup`<div class="lines">${table}</div>`;
}

/** What else could have earned as much. */
function baselineTable({ headline, result }: ReportView): Content {
  if (headline.length === 0) return undefined;
  return dataTable({
    label: 'What else could have earned as much',
    head: [
      'Symbol',
      'Risk level',
      'Random entries as good',
      'Sharpe without the model',
      'Return without the model',
      'Cautious Sharpe',
    ],
    keys: 2,
    rows: headline.map(({ symbol, riskLevel, figures, randomEntries }) => {
      const alone = result.primaryAlone.find((each) => each.symbol === symbol && each.riskLevel === riskLevel);
      return [
        symbol,
        riskLevel,
        percentText(randomEntries?.pValue, 1),
        numberText(alone?.sharpe),
        percentText(alone?.totalReturn),
        numberText(figures.sharpeCautious),
      ];
    }),
  });
}

function groupTable(label: string, { result }: ReportView, columns: readonly GroupColumn[]): Markup {
  return dataTable({
    label,
    head: ['Symbol', ...columns.map(([name]) => name)],
    rows: namedGroups(result.selection).map(([name, group]): Content[] => [
      name,
      ...columns.map(([, text]) => text(group)),
    ]),
  });
}

/** PBO beside its null band; nothing is drawn without a value, the table says why. */
function overfittingGauge(name: string, { overfitting, rows }: GroupSelection): Content {
  if (overfitting.value === undefined) return undefined;
  const { probability, nullBand } = overfitting.value;
  const x = horizontal(0, 1);
  const words = `${name}: ${percentText(probability, 0)} over ${rows} rows, without any edge ${percentText(nullBand.lower, 0)} to ${percentText(nullBand.upper, 0)}`;
  return figure(
    words,
    markup`<svg class="gauge" width="100%" height="42" role="img" aria-label="${words}"><line class="zero" x1="${wide(x, 0)}" x2="${wide(x, 1)}" y1="22" y2="22"/><line class="band" x1="${wide(x, nullBand.lower)}" x2="${wide(x, nullBand.upper)}" y1="11" y2="11"/><circle class="estimate strong" cx="${wide(x, probability)}" cy="11" r="5"/>${[0, 0.25, 0.5, 0.75, 1].map((tick) => markup`<text class="x" x="${wide(x, tick)}" y="38">${percentText(tick, 0)}</text>`)}</svg>`,
  );
}
