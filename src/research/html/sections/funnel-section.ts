// Where did the signals go? Counts from closed bars to fills, and why the limits turned the rest down.
import type { Funnel } from '../../../engine/funnel.ts';
import type { ResultRow } from '../../result-file.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { numberText, percentText } from '../number-text.ts';
import { round } from '../plot/frame.ts';
import { logShare } from '../plot/scale.ts';
import type { ReportView } from '../report-view.ts';
import { figure, figureGrid, section, symbolPanes } from './parts.ts';

const STAGES: readonly (readonly [name: string, count: (funnel: Funnel) => number])[] = [
  ['Bars', (funnel) => funnel.bars],
  ['Flat', (funnel) => funnel.flat],
  ['Signals', (funnel) => funnel.signals],
  ['After regime', (funnel) => funnel.afterRegime],
  ['After guard', (funnel) => funnel.afterGuard],
  ['Judged', (funnel) => funnel.judged],
  ['After threshold', (funnel) => funnel.afterThreshold],
  ['After limits', (funnel) => funnel.afterLimits],
  ['Fills', (funnel) => funnel.fills],
];

export function funnelSection(view: ReportView): Markup {
  return section(
    {
      id: 'funnel',
      title: 'Funnel',
      lead: 'From closed bars to fills, on a logarithmic scale; the percentage is of the stage before. A bar is asked for an entry only while nothing is held.',
    },
    symbolPanes('funnel-symbol', view.symbols, (symbol) =>
      figureGrid(view.headline.filter((row) => row.symbol === symbol).map(funnelFigure)),
    ),
  );
}

function funnelFigure({ riskLevel, funnel }: ResultRow): Markup {
  let before: number | undefined;
  const rows = STAGES.map(([name, count]): Content => {
    const own = count(funnel);
    const share = before === undefined || before === 0 ? '' : percentText(own / before, own === before ? 0 : 1);
    before = own;
    const width = round(100 * logShare(own, funnel.bars), 2);
    return markup`<tr><th scope="row">${name}</th><td class="bar-cell"><svg width="100%" height="14" aria-hidden="true"><rect class="bar neutral" y="2" width="${width}%" height="10"/></svg></td><td>${numberText(own, 0)}</td><td class="soft">${share}</td></tr>
`;
  });
  return figure(
    markup`${riskLevel}<span class="note">${refusals(funnel)}</span>`,
    markup`<table class="bars-table"><tbody>${rows}</tbody></table>`,
  );
}

function refusals({ refused }: Funnel): string {
  const named = Object.entries(refused).filter(([, count]) => count > 0);
  return named.length === 0
    ? 'nothing refused'
    : `refused: ${named.map(([reason, count]) => `${reason} ${count}`).join(', ')}`;
}
