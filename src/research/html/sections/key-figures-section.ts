// What are the figures of every symbol and risk level? One line each, beside buy and hold.
import type { ResultRow } from '../../result-file.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { numberText, percentText, signedPercentText } from '../number-text.ts';
import { holdReturnOf, type ReportView } from '../report-view.ts';
import { dataTable, section } from './parts.ts';

/** The name of the currency follows the costs. */
const COSTS = 'Costs,';
const HEAD = [
  'Symbol',
  'Risk level',
  'Sharpe ratio',
  '95 % interval',
  'Deflated Sharpe',
  'Profit factor',
  'Max drawdown',
  'Trades',
  'Won',
  'Mean R',
  'Net bp per trade',
  'Return',
  'Buy and hold',
  COSTS,
  'In market',
  'Mean position',
];

export function keyFiguresSection(view: ReportView): Markup {
  return section(
    {
      id: 'figures',
      title: 'Key figures',
      lead: 'After fees, slippage and funding, over the joined test windows. The mean position is the position value over equity, averaged over all bars: small positions make small returns and small drawdowns, not a better strategy.',
    },
    dataTable({
      label: 'Key figures',
      head: HEAD.map((name) => (name === COSTS ? `${name} ${view.data.currency}` : name)),
      keys: 2,
      rows: view.headline.map((row) => line(view, row)),
    }),
  );
}

function line(view: ReportView, row: ResultRow): Content[] {
  const { figures, verdict, costs } = row;
  const interval = figures.sharpeInterval ?? undefined;
  const total = costs.fees + costs.slippage + costs.funding;
  return [
    row.symbol,
    row.riskLevel,
    numberText(figures.sharpe),
    interval === undefined ? 'n/a' : `${numberText(interval.low)} … ${numberText(interval.high)}`,
    numberText(verdict.deflatedSharpe),
    numberText(figures.profitFactor),
    percentText(figures.maxDrawdown),
    numberText(figures.trades, 0),
    percentText(figures.winRate, 1),
    numberText(figures.expectancyR),
    numberText(figures.netBpsPerTrade, 1),
    toned(figures.totalReturn),
    toned(holdReturnOf(view, row.symbol)),
    numberText(total),
    percentText(figures.exposure, 1),
    percentText(figures.exposureGross),
  ];
}

function toned(value: number | undefined): Content {
  const tone = value === undefined || value === 0 ? '' : value > 0 ? 'plus' : 'minus';
  return markup`<td class="${tone}">${signedPercentText(value)}</td>`;
}
