// What are the figures of every symbol and risk level? What was earned, beside buy and hold, and how sure that is.
import { intervalText } from '../../figure-text.ts';
import { selectionOf } from '../../selection.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { known, numberText, percentText, signedPercentText, signedText } from '../number-text.ts';
import { heatCell, heatLimit } from '../plot/heat.ts';
import { holdReturnOf, isMany, rowOf, type ReportView } from '../report-view.ts';
import { dataTable, figure, scrolling, section } from './parts.ts';

export function keyFiguresSection(view: ReportView): Markup {
  return section(
    {
      id: 'figures',
      title: 'Key figures',
      lead: 'After fees, slippage and funding, over the joined test windows. The mean position is the position value over equity, averaged over all bars: small positions make small returns and small drawdowns, not a better strategy.',
    },
    [isMany(view) ? matrix(view) : '', earned(view), certainty(view)],
  );
}

function earned(view: ReportView): Markup {
  return dataTable({
    label: 'What was earned',
    head: [
      'Symbol',
      'Risk level',
      'Return',
      'Buy and hold',
      'Max drawdown',
      'Profit factor',
      'Trades',
      'Won',
      'Mean R',
      'Net bp per trade',
      `Costs, ${view.data.currency}`,
    ],
    keys: 2,
    isCards: true,
    rows: view.headline.map((row): Content[] => {
      const { figures, costs } = row;
      return [
        row.symbol,
        row.riskLevel,
        toned(figures.totalReturn),
        toned(holdReturnOf(view, row.symbol)),
        percentText(figures.maxDrawdown),
        numberText(figures.profitFactor),
        numberText(figures.trades, 0),
        percentText(figures.winRate, 1),
        numberText(figures.expectancyR),
        numberText(figures.netBpsPerTrade, 1),
        numberText(costs.fees + costs.slippage + costs.funding),
      ];
    }),
  });
}

function certainty({ headline, result }: ReportView): Markup {
  return dataTable({
    label: 'How sure that is',
    head: [
      'Symbol',
      'Risk level',
      'Sharpe ratio',
      '95 % interval',
      'Deflated Sharpe',
      'Sortino',
      'Return a year',
      'In market',
      'Mean position',
      'Turnover a year',
    ],
    keys: 2,
    isCards: true,
    rows: headline.map((row): Content[] => {
      const { figures, verdict } = row;
      return [
        row.symbol,
        row.riskLevel,
        numberText(figures.sharpe),
        intervalText(selectionOf(result.selection, row).sharpeInterval, (value) => numberText(value)),
        numberText(verdict.deflatedSharpe),
        numberText(figures.sortino),
        signedPercentText(figures.cagr),
        percentText(figures.exposure, 1),
        percentText(figures.exposureGross, 3),
        numberText(figures.turnover, 1),
      ];
    }),
  });
}

/** Of many symbols, all Sharpe ratios and returns at one glance. */
function matrix(view: ReportView): Markup {
  const { symbols, levels } = view;
  const limit = heatLimit(view.headline.map(({ figures }) => known(figures.sharpe)));
  const rows = symbols.map((symbol): Content => {
    const cells = levels.map((riskLevel): Content => {
      const row = rowOf(view, symbol, riskLevel);
      const value = known(row?.figures.sharpe);
      if (row === undefined) return heatCell({ value: undefined, content: '' }, limit);
      const { totalReturn, trades } = row.figures;
      const content = markup`${signedText(value)}<small>${signedPercentText(totalReturn)}, ${numberText(trades, 0)}</small>`;
      return heatCell({ value, content }, limit);
    });
    return markup`<tr><th scope="row">${symbol}</th>${cells}</tr>
`;
  });
  return figure(
    markup`Every symbol at a glance<span class="note">Sharpe ratio; below it the return and the number of trades</span>`,
    scrolling(
      'Every symbol at a glance',
      markup`<table class="heat-map wide-map"><thead><tr><th scope="col" class="text">Symbol</th>${levels.map((riskLevel) => markup`<th scope="col">${riskLevel}</th>`)}</tr></thead><tbody>
${rows}</tbody></table>`,
    ),
  );
}

function toned(value: number | undefined): Content {
  const tone = value === undefined || value === 0 ? '' : value > 0 ? 'plus' : 'minus';
  return markup`<span class="${tone}">${signedPercentText(value)}</span>`;
}
