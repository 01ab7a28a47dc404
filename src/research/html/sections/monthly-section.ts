// Which months were good and which bad? A calendar of returns per symbol and risk level.
import { markup, type Content, type Markup } from '../markup.ts';
import { digitsFor, signedPercentText } from '../number-text.ts';
import { heatCell, heatLimit } from '../plot/heat.ts';
import { monthName } from '../plot/ticks.ts';
import type { DailyCurve } from '../report-data.ts';
import { curvesOf, holdOf, type ReportView } from '../report-view.ts';
import { monthlyReturns } from '../series/monthly-returns.ts';
import { scrolling, section, symbolPanes } from './parts.ts';

const MONTHS = Array.from({ length: 12 }, (_, month) => monthName(month));

export function monthlySection(view: ReportView): Markup {
  return section(
    {
      id: 'months',
      title: 'Monthly returns',
      lead: 'In percent. Blue is a gain, orange a loss; colours are measured against the largest month of the same line group, so groups cannot be compared by colour. First and last month as far as they were tested.',
    },
    symbolPanes('months-symbol', view.symbols, (symbol) => calendar(view, symbol)),
  );
}

function calendar(view: ReportView, symbol: string): Markup {
  const hold = holdOf(view, symbol);
  const groups: readonly (readonly [string, DailyCurve])[] = [
    ...curvesOf(view, symbol).map((curve) => [curve.riskLevel, curve] as const),
    ...(hold === undefined ? [] : [['buy and hold', hold] as const]),
  ];
  return scrolling(
    `Monthly returns of ${symbol}`,
    markup`<table class="calendar"><thead><tr><th scope="col" class="text">Risk level</th><th scope="col" class="text">Year</th>${MONTHS.map((month) => markup`<th scope="col">${month}</th>`)}<th scope="col">Year</th></tr></thead>
${groups.map(([name, curve]) => group(name, curve))}</table>`,
  );
}

function group(name: string, { days, equity }: DailyCurve): Markup {
  const years = monthlyReturns(days, equity);
  const limit = heatLimit(years.flatMap(({ months }) => months));
  const digits = Math.min(3, Math.max(1, digitsFor(limit * 100) - 1));
  const text = (value: number | undefined): string =>
    value === undefined ? '' : signedPercentText(value, digits).replace(/\s?%$/, '');
  return markup`<tbody>${years.map(
    ({ year, months, whole }, index): Content =>
      markup`<tr>${index === 0 ? markup`<th scope="rowgroup" rowspan="${years.length}">${name}</th>` : undefined}<th scope="row">${year}</th>${months.map((value) => heatCell({ value, content: text(value) }, limit))}<td class="whole">${text(whole)}</td></tr>
`,
  )}</tbody>`;
}
