// What do single days and single trades look like? How often which size of gain and loss occurred.
import { mean } from '../../statistics/moments.ts';
import { quantile } from '../../statistics/quantile.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { digitsFor, numberText, percentText, signedText } from '../number-text.ts';
import { barMark } from '../plot/bars.ts';
import { frame, type AxisTick } from '../plot/frame.ts';
import { histogram, type Bin } from '../plot/histogram.ts';
import { horizontal, rangeOf, vertical } from '../plot/scale.ts';
import { axisTicks, niceTicks, tickDigits } from '../plot/ticks.ts';
import type { LevelCurve } from '../report-data.ts';
import { curvesOf, type ReportView } from '../report-view.ts';
import { returnsOf } from '../series/daily-series.ts';
import { multipleOf } from '../series/trade-multiple.ts';
import { figure, figureGrid, section, symbolPanes } from './parts.ts';

const BINS = 22;

export function distributionsSection(view: ReportView): Markup {
  return section(
    {
      id: 'distributions',
      title: 'Days and trades',
      lead: 'How often which result occurred. Days on which nothing was held are left out of the upper charts. A trade is measured in R: 1 R is the loss at its stop before costs, so a stopped trade ends a little below −1.',
    },
    symbolPanes('distributions-symbol', view.symbols, (symbol) => [
      figureGrid(curvesOf(view, symbol).map((curve) => dailyFigure(curve))),
      figureGrid(curvesOf(view, symbol).map((curve) => tradeFigure(curve))),
    ]),
  );
}

function dailyFigure({ symbol, riskLevel, equity }: LevelCurve): Markup {
  const returns = returnsOf(equity).filter((change) => Number.isFinite(change));
  const moved = returns.filter((change) => change !== 0);
  const span = rangeOf(moved, { margin: 0 });
  const digits = digitsFor((span[1] - span[0]) * 100);
  const note = `${moved.length} of ${returns.length} days with a result; mean ${percentText(mean(moved), digits)}, worst ${percentText(quantile(moved, 0), digits)}`;
  return chart({
    caption: markup`${riskLevel}: daily returns<span class="note">${note}</span>`,
    label: `${symbol} ${riskLevel}: distribution of daily returns. ${note}`,
    values: moved,
    text: (value, decimals) => percentText(value, Math.max(0, decimals - 2)),
    unit: 'days',
  });
}

function tradeFigure({ symbol, riskLevel, trades }: LevelCurve): Markup {
  const multiples = trades.map(multipleOf).filter((value) => value !== undefined);
  const note = `${trades.length} trades; mean ${signedText(mean(multiples))} R, median ${signedText(quantile(multiples, 0.5))} R`;
  return chart({
    caption: markup`${riskLevel}: net result per trade, R<span class="note">${note}</span>`,
    label: `${symbol} ${riskLevel}: distribution of net results per trade in R. ${note}`,
    values: multiples,
    text: (value, decimals) => numberText(value, decimals),
    unit: 'trades',
  });
}

interface ChartSpec {
  readonly caption: Content;
  readonly label: string;
  readonly values: readonly number[];
  readonly text: (value: number, decimals: number) => string;
  readonly unit: string;
}

function chart({ caption, label, values, text, unit }: ChartSpec): Markup {
  const bins = histogram(values, BINS);
  if (bins.length === 0) return figure(caption, markup`<p class="nothing">Nothing happened here.</p>`);
  const x = horizontal(bins[0].from, bins[bins.length - 1].to);
  const most = bins.reduce((highest, { count }) => Math.max(highest, count), 1);
  const y = vertical(0, most * 1.04);
  const ticks = axisTicks(x.low, x.high, 5);
  const decimals = tickDigits(ticks);
  const xTicks = ticks.map((at): AxisTick => ({ at, text: text(at, decimals) }));
  const yTicks = niceTicks(0, most, 3)
    .filter((at) => Number.isInteger(at))
    .map((at) => ({ at, text: numberText(at, 0) }));
  const title = ({ from, to, count }: Bin): string =>
    `${text(from, decimals + 1)} to ${text(to, decimals + 1)}: ${count} ${unit}`;
  return figure(
    caption,
    frame(
      { label, height: 150, x, y, xTicks, yTicks, base: 0 },
      bins.map((bin) => {
        const gap = (bin.to - bin.from) * 0.06;
        const kind = bin.from >= 0 ? 'gain' : 'loss';
        return barMark(
          { from: bin.from + gap, to: bin.to - gap, base: 0, value: bin.count, kind, title: title(bin) },
          x,
          y,
        );
      }),
    ),
  );
}
