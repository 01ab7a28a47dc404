// How did one account over all symbols do? Its growth with and without selection, who brought what, and who was selected when.
import { markup, type Content, type Markup } from '../markup.ts';
import { numberText, percentText, signedPercentText } from '../number-text.ts';
import { dateTicks } from '../plot/date-ticks.ts';
import { frame, round } from '../plot/frame.ts';
import { heatCell, heatLimit } from '../plot/heat.ts';
import { heatStrip } from '../plot/heat-strip.ts';
import { lineMark, type Line } from '../plot/line.ts';
import { horizontal, rangeOf, vertical } from '../plot/scale.ts';
import { axisTicks, tickDigits } from '../plot/ticks.ts';
import type { AblationRow } from '../../ablation.ts';
import { accountRowsOf, bestAccounts, deflatedAmongAccounts, type AccountRow } from '../../account-choice.ts';
import { figureText } from '../../figure-text.ts';
import type { AccountCurve } from '../report-data.ts';
import type { ReportView } from '../report-view.ts';
import { growthOf, returnsOf } from '../series/daily-series.ts';
import { selectionStrips, type Strip, type Strips } from '../series/selection-strips.ts';
import { thinnedLine } from '../series/thinned-line.ts';
import { dataTable, figure, legend, scrolling, section, switchPanes } from './parts.ts';

/** Points of a line, and stretches of a strip: more cannot be told apart. */
const MOST_POINTS = 400;
const STRETCHES = 120;

/** What the strips show, with the colour of each. */
const STRIPS: readonly (readonly [title: string, kind: string, pick: (strip: Strip) => readonly number[]])[] = [
  ['Selected', 's0', ({ selected }) => selected],
  ['Weight', 's1', ({ weight }) => weight],
  ['Part of the risk', 's2', ({ risk }) => risk],
];

/** Undefined where no account over all symbols was asked for. */
export function portfolioSection(view: ReportView): Markup | undefined {
  const rows = accountRowsOf(view.result);
  if (rows.length === 0) return undefined;
  const levels = [...new Set(rows.map(({ riskLevel }) => riskLevel))];
  return section(
    {
      id: 'portfolio',
      title: 'One account over all symbols',
      lead: 'All symbols in one account with the models of the verdict. “off” enters every symbol as far as its limits go; the others re-rank the symbols at every rebalance, enter the best and spread the risk over them in three ways. Every row is a trial and counts against all others.',
    },
    switchPanes(
      { id: 'portfolio-level', label: 'Risk level' },
      levels.map((riskLevel, index) => ({ name: riskLevel, body: levelBody(view, rows, { riskLevel, index }) })),
    ),
  );
}

function levelBody(
  view: ReportView,
  rows: readonly AccountRow[],
  { riskLevel, index }: { readonly riskLevel: string; readonly index: number },
): Content {
  const own = rows.filter((row) => row.riskLevel === riskLevel);
  const accounts = (view.data.accounts ?? []).filter((account) => account.riskLevel === riskLevel);
  const selecting = accounts.filter(({ rebalances }) => rebalances.length > 0);
  return [
    figureTable(own, view.result),
    choiceWords(own, view.result),
    stressTable((view.result.accountStress ?? []).filter((row) => row.riskLevel === riskLevel)),
    accounts.length === 0 ? '' : growthFigure(riskLevel, accounts),
    contributionTable(own),
    selecting.length === 0
      ? ''
      : switchPanes(
          { id: `portfolio-account-${index}`, label: 'Account' },
          selecting.map((account) => ({ name: account.variant, body: stripFigures(account) })),
        ),
  ];
}

function figureTable(rows: readonly AccountRow[], result: ReportView['result']): Markup {
  return dataTable({
    label: 'Accounts over all symbols',
    head: [
      'Account',
      'Sharpe',
      'Deflated',
      'Among these',
      'Max drawdown',
      'Return',
      'Trades',
      'Time in market',
      'Turnover a year',
      'Rebalances',
      'Replaced',
      'Rebalance cost',
      'Correlation',
    ],
    rows: rows.map((row) => {
      const { variant, figures, verdict, portfolio } = row;
      return [
        variant,
        numberText(figures.sharpe),
        numberText(verdict.deflatedSharpe),
        numberText(deflatedAmongAccounts(result, row).value),
        percentText(figures.maxDrawdown),
        signedPercentText(figures.totalReturn),
        numberText(figures.trades, 0),
        percentText(figures.exposure, 1),
        numberText(figures.turnover, 1),
        numberText(portfolio.rebalances, 0),
        numberText(portfolio.replacements, 0),
        numberText(portfolio.rebalanceCost.fees + portfolio.rebalanceCost.slippage),
        numberText(portfolio.meanCorrelation),
      ];
    }),
    isCards: true,
  });
}

/** What the best account is worth once it is known that it was picked. */
function choiceWords(rows: readonly AccountRow[], result: ReportView['result']): Content {
  return bestAccounts({ rows }).map((best) => {
    const among = figureText(deflatedAmongAccounts(result, best), (value) => numberText(value));
    const all = numberText(best.verdict.deflatedSharpe);
    return markup`<p class="note">Best of ${rows.length}: ${best.variant}, Sharpe ratio ${numberText(best.figures.sharpe)}. Its deflated Sharpe ratio is ${among} for the choice among these ${rows.length} alone, and ${all} for all ${numberText(result.selection.trials, 0)} trials.</p>
`;
  });
}

/** The accounts in a worse world; nothing where that was not asked for. */
function stressTable(rows: readonly AblationRow[]): Content {
  if (rows.length === 0) return '';
  return figure(
    markup`Under stress<span class="note">fees and slippage doubled, and every market order filled one bar late, with the same models; how much of the return a year that takes away</span>`,
    dataTable({
      label: 'Accounts under stress',
      head: [
        'Account',
        'Stress',
        'Takes a year',
        '95 % interval',
        'Sharpe',
        'Then',
        'Return',
        'Then',
        'Trades',
        'Then',
      ],
      keys: 2,
      isCards: true,
      rows: rows.map(({ variant, part, whole, difference: { perYear, interval }, ...then }) => [
        variant,
        part,
        signedPercentText(perYear, 3),
        interval === undefined ? 'n/a' : `${percentText(interval.low, 3)} … ${percentText(interval.high, 3)}`,
        numberText(whole.sharpe),
        numberText(then.sharpe),
        signedPercentText(whole.totalReturn),
        signedPercentText(then.totalReturn),
        numberText(whole.trades, 0),
        numberText(then.trades, 0),
      ]),
    }),
  );
}

function growthFigure(riskLevel: string, accounts: readonly AccountCurve[]): Markup {
  const lines = accounts.map(({ variant, days, equity }, index): Line => {
    const ys = growthOf(returnsOf(equity));
    return { name: variant, kind: `s${index % 6}`, ...thinnedLine({ xs: days, ys }, MOST_POINTS) };
  });
  const x = horizontal(
    ...rangeOf(
      lines.flatMap(({ xs }) => xs),
      { margin: 0 },
    ),
  );
  const range = rangeOf(
    lines.flatMap(({ ys }) => ys),
    { include: [0] },
  );
  const y = vertical(...range);
  const ticks = axisTicks(...range, 5);
  const digits = Math.max(0, tickDigits(ticks) - 2);
  return figure('Growth of the account', [
    legend(lines.map(({ name, kind, ys }) => ({ name, kind, note: signedPercentText(ys.at(-1)) }))),
    markup`<p class="readout" aria-hidden="true"></p>`,
    frame(
      {
        label: `${riskLevel}: growth of one account over all symbols; ${lines.map(({ name, ys }) => `${name} ends at ${percentText(ys.at(-1))}`).join(', ')}`,
        height: 240,
        x,
        y,
        xTicks: dateTicks(x.low, x.high),
        yTicks: ticks.map((at) => ({ at, text: percentText(at, digits) })),
        base: 0,
        readAs: 'percent',
      },
      lines.map((line) => lineMark(line, x, y)),
    ),
  ]);
}

/** Symbols down, accounts across; the colour tells who won and who lost. */
function contributionTable(rows: readonly AccountRow[]): Markup {
  const all = rows.map(({ portfolio }) => portfolio.contributions);
  const limit = heatLimit(all.flat().map(({ contribution }) => contribution));
  return figure(
    markup`Who brought what<span class="note">net result over the equity at the start; below it trades, and the share of rebalances at which the symbol was selected</span>`,
    dataTable({
      label: 'Net result of each symbol',
      head: ['Symbol', ...rows.map(({ variant }) => variant)],
      rows: all[0].map(({ symbol }) => [
        symbol,
        ...all.map((contributions): Content => {
          const own = contributions.find((each) => each.symbol === symbol);
          if (own === undefined) return '';
          const selected = own.selectedShare === undefined ? '' : `, ${percentText(own.selectedShare, 0)}`;
          const end = own.delistedTrades > 0 ? ', delisted' : '';
          const content = markup`${signedPercentText(own.contribution)}<br><small>${own.trades}${selected}${end}</small>`;
          return heatCell({ value: own.contribution, content }, limit);
        }),
      ]),
    }),
  );
}

function stripFigures({ variant, rebalances, symbols, days }: AccountCurve): Content {
  const strips = selectionStrips(rebalances, symbols, { until: days[days.length - 1] ?? NaN, count: STRETCHES });
  if (strips === undefined) return markup`<p class="nothing">Nothing was selected.</p>`;
  return STRIPS.map(([title, kind, pick]) => stripFigure(`${variant}: ${title}`, strips, { kind, pick }));
}

function stripFigure(
  title: string,
  { from, to, rows }: Strips,
  { kind, pick }: { readonly kind: string; readonly pick: (strip: Strip) => readonly number[] },
): Markup {
  const x = horizontal(from, to);
  const most = rows.reduce((limit, strip) => Math.max(limit, ...pick(strip)), 0);
  const lines = rows.map((strip) => {
    const values = pick(strip);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const label = `${strip.symbol}: ${percentText(mean, 0)} on average`;
    return markup`<tr><th scope="row">${strip.symbol}</th><td class="bar-cell">${heatStrip(values, { kind, label, most })}</td></tr>
`;
  });
  const ticks = dateTicks(from, to, 6).map(
    ({ at, text }) => markup`<text class="x" x="${round(x.at(at) / 10, 2)}%" y="14">${text}</text>`,
  );
  return figure(
    markup`${title}<span class="note">full colour: ${percentText(most, 0)} on average over a stretch of time; empty: not selected</span>`,
    scrolling(
      title,
      markup`<table class="bars-table"><tbody>${lines}<tr class="axis"><th></th><td class="bar-cell"><svg width="100%" height="20" aria-hidden="true">${ticks}</svg></td></tr></tbody></table>`,
    ),
  );
}
