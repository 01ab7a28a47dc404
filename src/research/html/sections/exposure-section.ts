// How much was at stake, and when? Long and short position value over time as a share of equity.
import { isoDate } from '../../../domain/iso-time.ts';
import { DAY_MS } from '../../../domain/time.ts';
import { markup, type Markup } from '../markup.ts';
import { numberText, percentText } from '../number-text.ts';
import { barMark } from '../plot/bars.ts';
import { dateTicks } from '../plot/date-ticks.ts';
import { frame } from '../plot/frame.ts';
import { horizontal, rangeOf, vertical } from '../plot/scale.ts';
import { niceTicks, tickDigits } from '../plot/ticks.ts';
import type { LevelCurve } from '../report-data.ts';
import { curvesOf, rowOf, type ReportView } from '../report-view.ts';
import { exposureSeries, type ExposureStretch } from '../series/exposure-series.ts';
import { figure, figureGrid, patchLegend, section, switchPanes } from './parts.ts';

/** Bars of a chart, so that each stays visible. */
const BARS = 90;

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
      switchPanes(
        'exposure',
        'Symbol',
        view.symbols.map((symbol) => ({
          name: symbol,
          body: figureGrid(curvesOf(view, symbol).map((curve) => exposureFigure(view, curve))),
        })),
      ),
    ],
  );
}

function exposureFigure(view: ReportView, curve: LevelCurve): Markup {
  const { symbol, riskLevel, days, trades } = curve;
  const figures = rowOf(view, symbol, riskLevel)?.figures;
  const note = `in the market ${percentText(figures?.exposure, 1)} of the time, mean position ${percentText(figures?.exposureGross)} of equity`;
  const caption = markup`${riskLevel}<span class="note">${note}</span>`;
  const length = Math.max(1, Math.ceil((days.length - 1) / BARS)) * DAY_MS;
  const stretches = exposureSeries(curve, trades, length);
  if (stretches.length === 0) return figure(caption, markup`<p class="nothing">Nothing happened here.</p>`);
  const x = horizontal(stretches[0].from, stretches[stretches.length - 1].to);
  const range = rangeOf(
    stretches.flatMap(({ long, short }) => [long, -short]),
    { include: [0] },
  );
  const y = vertical(...range);
  const ticks = niceTicks(...range, 4);
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
      stretches.map((stretch) => [
        stretchBar(stretch, { value: stretch.long, kind: 'gain', side: 'long' }, [x, y]),
        stretchBar(stretch, { value: -stretch.short, kind: 'loss', side: 'short' }, [x, y]),
      ]),
    ),
  );
}

function stretchBar(
  { from, to }: ExposureStretch,
  { value, kind, side }: { readonly value: number; readonly kind: string; readonly side: string },
  [x, y]: readonly [ReturnType<typeof horizontal>, ReturnType<typeof vertical>],
): Markup {
  if (value === 0) return markup``;
  const title = `${isoDate(from)} to ${isoDate(to)}: ${numberText(Math.abs(value) * 100)} % ${side}`;
  return barMark({ from, to: to - (to - from) * 0.1, base: 0, value, kind, title }, x, y);
}
