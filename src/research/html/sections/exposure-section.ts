// How much was at stake, and when? Long and short position value over time as a share of equity.
import { DAY_MS } from '../../../domain/time.ts';
import { markup, trusted, type Markup } from '../markup.ts';
import { percentText } from '../number-text.ts';
import { boxPath } from '../plot/bars.ts';
import { dateTicks } from '../plot/date-ticks.ts';
import { frame } from '../plot/frame.ts';
import { horizontal, rangeOf, vertical, type Scale } from '../plot/scale.ts';
import { axisTicks, tickDigits } from '../plot/ticks.ts';
import type { LevelCurve } from '../report-data.ts';
import { curvesOf, isMany, rowOf, type ReportView } from '../report-view.ts';
import { exposureSeries, type ExposureStretch } from '../series/exposure-series.ts';
import { figure, figureGrid, patchLegend, section, symbolPanes } from './parts.ts';

/** Bars of a chart, so that each stays visible, and of one among many. */
const BARS = 90;
const BARS_OF_MANY = 50;

export function exposureSection(view: ReportView): Markup {
  return section(
    {
      id: 'exposure',
      title: 'Exposure',
      lead: 'Value of the position at its entry price over equity, averaged over each bar of the chart: long above the line, short below.',
    },
    [
      patchLegend([
        { kind: 'gain', name: 'long' },
        { kind: 'loss', name: 'short' },
      ]),
      symbolPanes('exposure-symbol', view.symbols, (symbol) =>
        figureGrid(curvesOf(view, symbol).map((curve) => exposureFigure(view, curve))),
      ),
    ],
  );
}

function exposureFigure(view: ReportView, curve: LevelCurve): Markup {
  const { symbol, riskLevel, days, trades } = curve;
  const figures = rowOf(view, symbol, riskLevel)?.figures;
  const note = `in the market ${percentText(figures?.exposure, 1)} of the time, mean position ${percentText(figures?.exposureGross, 3)} of equity`;
  const caption = markup`${riskLevel}<span class="note">${note}</span>`;
  const length = Math.max(1, Math.ceil((days.length - 1) / (isMany(view) ? BARS_OF_MANY : BARS))) * DAY_MS;
  const stretches = exposureSeries(curve, trades, length);
  if (stretches.length === 0) return figure(caption, markup`<p class="nothing">Nothing happened here.</p>`);
  const x = horizontal(stretches[0].from, stretches[stretches.length - 1].to);
  const range = rangeOf(
    stretches.flatMap(({ long, short }) => [long, -short]),
    { include: [0] },
  );
  const y = vertical(...range);
  const ticks = axisTicks(...range, 4);
  const digits = Math.max(0, tickDigits(ticks) - 2);
  return figure(
    caption,
    frame(
      {
        label: `${symbol} ${riskLevel}: exposure over time; ${note}`,
        height: 150,
        x,
        y,
        base: 0,
        xTicks: dateTicks(x.low, x.high, 6),
        yTicks: ticks.map((at) => ({ at, text: percentText(Math.abs(at), digits) })),
      },
      [
        sideMark(stretches, { side: 'long', sign: 1 }, [x, y]),
        sideMark(stretches, { side: 'short', sign: -1 }, [x, y]),
      ],
    ),
  );
}

/** All bars of one side as one shape: thousands of single ones would make the page large. */
function sideMark(
  stretches: readonly ExposureStretch[],
  { side, sign }: { readonly side: 'long' | 'short'; readonly sign: 1 | -1 },
  [x, y]: readonly [Scale, Scale],
): Markup {
  const boxes = stretches
    .filter((stretch) => stretch[side] !== 0)
    .map((stretch) => {
      const right = stretch.to - (stretch.to - stretch.from) * 0.1;
      return boxPath([x.at(stretch.from), x.at(right)], [y.at(0), y.at(sign * stretch[side])]);
    });
  if (boxes.length === 0) return markup``;
  return markup`<path class="bar ${side === 'long' ? 'gain' : 'loss'}" d="${trusted(boxes.join(''))}"/>`;
}
