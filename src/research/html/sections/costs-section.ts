// Where did the money go? From the price result before costs, through fees, slippage and funding, to what was left.
import type { ResultRow } from '../../result-file.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { numberText, percentText, signedText } from '../number-text.ts';
import { barMark } from '../plot/bars.ts';
import { frame, round } from '../plot/frame.ts';
import { horizontal, rangeOf, vertical } from '../plot/scale.ts';
import { axisTicks, tickDigits } from '../plot/ticks.ts';
import type { ReportView } from '../report-view.ts';
import { dataTable, figure, figureGrid, section, symbolPanes } from './parts.ts';

export function costsSection(view: ReportView): Markup {
  return section(
    {
      id: 'costs',
      title: 'Costs',
      lead: markup`In ${view.data.currency}. Each step takes its part of the result before costs; what remains is what was earned. Funding may also be received. A trade is ambiguous when one candle held its stop and its target and no finer candle decided; the result counts the worse.`,
    },
    [
      symbolPanes('costs-symbol', view.symbols, (symbol) =>
        figureGrid(view.headline.filter((row) => row.symbol === symbol).map((row) => waterfall(view, row))),
      ),
      table(view),
    ],
  );
}

/** A step of the way from gross to net: what changes, and where that leaves the sum. */
interface Step {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function stepsOf({ costs }: ResultRow): Step[] {
  const { grossBeforeCosts: gross, fees, slippage, funding } = costs;
  const afterFees = gross - fees;
  const afterSlippage = afterFees - slippage;
  const net = afterSlippage - funding;
  return [
    { name: 'Gross', from: 0, to: gross },
    { name: 'Fees', from: gross, to: afterFees },
    { name: 'Slippage', from: afterFees, to: afterSlippage },
    { name: 'Funding', from: afterSlippage, to: net },
    { name: 'Net', from: 0, to: net },
  ];
}

function waterfall({ data }: ReportView, row: ResultRow): Markup {
  const steps = stepsOf(row);
  const range = rangeOf(
    steps.flatMap(({ from, to }) => [from, to]),
    { include: [0], margin: 0.08 },
  );
  const x = horizontal(0, steps.length);
  const y = vertical(...range);
  const ticks = axisTicks(...range, 4);
  const digits = tickDigits(ticks);
  const net = steps[steps.length - 1].to;
  const bars = steps.map(({ name, from, to }, index): Content => {
    const isSum = index === 0 || index === steps.length - 1;
    const kind = `${to >= from ? 'gain' : 'loss'}${isSum ? '' : ' step'}`;
    const title = `${name}: ${signedText(to - from)} ${data.currency}`;
    const joint = index + 1 < steps.length ? joinAt(x.at(index + 0.14), x.at(index + 1.86), y.at(to)) : '';
    return [barMark({ from: index + 0.14, to: index + 0.86, base: from, value: to, kind, title }, x, y), joint];
  });
  const note = `net ${signedText(net)} ${data.currency}`;
  return figure(
    markup`${row.riskLevel}<span class="note">${note}</span>`,
    frame(
      {
        label: `${row.symbol} ${row.riskLevel}: ${steps.map(({ name, from, to }) => `${name} ${signedText(to - from)}`).join(', ')}`,
        height: 170,
        x,
        y,
        base: 0,
        xTicks: steps.map(({ name }, index) => ({ at: index + 0.5, text: name })),
        yTicks: ticks.map((at) => ({ at, text: numberText(at, digits) })),
      },
      bars,
    ),
  );
}

function joinAt(from: number, to: number, y: number): Markup {
  return markup`<path class="joint" d="M${round(from, 1)} ${round(y, 2)}H${round(to, 1)}"/>`;
}

function table({ headline }: ReportView): Markup {
  return dataTable({
    label: 'Costs',
    head: [
      'Symbol',
      'Risk level',
      'Before costs',
      'Fees',
      'Slippage',
      'Funding',
      'After costs',
      'Cost share',
      'Missing funding rates',
      'Ambiguous trades',
      'Return, worst … best case',
    ],
    keys: 2,
    rows: headline.map(({ symbol, riskLevel, costs, ambiguity }) => {
      const { grossBeforeCosts: gross, fees, slippage, funding } = costs;
      const total = fees + slippage + funding;
      return [
        symbol,
        riskLevel,
        numberText(gross),
        numberText(fees),
        numberText(slippage),
        numberText(funding),
        numberText(gross - total),
        percentText(gross > 0 ? total / gross : undefined, 0),
        numberText(costs.missingFundingStamps, 0),
        numberText(ambiguity.trades, 0),
        `${percentText(ambiguity.worstTotalReturn)} … ${percentText(ambiguity.bestTotalReturn)}`,
      ];
    }),
  });
}
