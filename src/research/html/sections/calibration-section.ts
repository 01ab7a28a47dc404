// When the model said 40 percent, did 40 percent come true? Predicted probability against realised share.
import { markup, type Content, type Markup } from '../markup.ts';
import { known, numberText, percentText } from '../number-text.ts';
import { frame, round, type FrameSpec } from '../plot/frame.ts';
import { lineMark, pointMark } from '../plot/line.ts';
import { horizontal, rangeOf, vertical, type Scale } from '../plot/scale.ts';
import { axisTicks, tickDigits } from '../plot/ticks.ts';
import type { CalibrationBin, CalibrationCurve } from '../report-data.ts';
import { isMany, type ReportView } from '../report-view.ts';
import { groupedBins } from '../series/fold-calibration.ts';
import { tradeCalibration, wilsonInterval } from '../series/trade-calibration.ts';
import { dataTable, figure, figureGrid, section, symbolPanes } from './parts.ts';

const MOST_BINS = 8;
const HEIGHT = 230;

export function calibrationSection(view: ReportView): Markup {
  const { calibration } = view.data;
  const curves = (calibration ?? fromTrades(view)).filter(({ bins }) => bins.length > 0);
  const source =
    calibration === undefined
      ? 'Only trades that were taken are known here, so the probabilities lie close together, above the threshold; a trade came true when it netted a gain.'
      : 'Counted are all labels of the test windows, traded or not, which the models had never seen. Labels that share candles say nearly the same, and the band is as wide as for the independent ones among them. Symbols that move together make the band of all of them look surer than it is. Upright line: the probability from which on a trade pays its costs.';
  return section(
    {
      id: 'calibration',
      title: 'Confidence',
      lead: `Predicted probability against what came true. On the slanted line the model means what it says; above it the model is too timid, below it too sure; a flat row of points is a model that tells nothing apart. Band or bars: 95 % interval; the larger the point, the more cases. ${source}`,
    },
    curves.length === 0
      ? markup`<p class="nothing">No trade carries a probability.</p>`
      : [figures(view, curves), table(curves)],
  );
}

/** All symbols together, and each alone. */
function figures(view: ReportView, curves: readonly CalibrationCurve[]): Content {
  if (view.data.calibration === undefined || curves.length === 1) return figureGrid(curves.map(curveFigure));
  const all = together(curves);
  if (!isMany(view)) return figureGrid([all, ...curves].map(curveFigure));
  return [
    figureGrid([curveFigure(all)]),
    symbolPanes(
      'calibration-symbol',
      curves.map(({ name }) => name),
      (symbol) => figureGrid(curves.filter(({ name }) => name === symbol).map(curveFigure)),
    ),
  ];
}

function together(curves: readonly CalibrationCurve[]): CalibrationCurve {
  const mean = (pick: (curve: CalibrationCurve) => number | undefined): number | undefined => {
    const values = curves.map(pick).filter((value) => value !== undefined);
    return values.length < curves.length ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const breakEven = mean((curve) => curve.breakEven);
  const independence = mean((curve) => curve.independence);
  return {
    name: 'All symbols',
    bins: groupedBins(curves.flatMap(({ bins }) => bins)),
    ...(breakEven === undefined ? {} : { breakEven }),
    ...(independence === undefined ? {} : { independence }),
  };
}

/** One curve per risk level, over all symbols. */
function fromTrades({ data, levels }: ReportView): CalibrationCurve[] {
  return levels.map((riskLevel) => ({
    name: riskLevel,
    bins: tradeCalibration(
      data.curves.filter((curve) => curve.riskLevel === riskLevel).flatMap(({ trades }) => trades),
      MOST_BINS,
    ),
  }));
}

function curveFigure(curve: CalibrationCurve): Markup {
  const { name, bins } = curve;
  const cases = bins.reduce((sum, { count }) => sum + count, 0);
  const breakEven = known(curve.breakEven);
  const { x, y } = scalesOf(curve);
  const most = bins.reduce((highest, { count }) => Math.max(highest, count), 1);
  const body: Content = [
    band(curve, x, y),
    diagonal(x, y),
    breakEven === undefined ? '' : markup`<path class="line even" d="M${round(x.at(breakEven), 1)} 0V1000"/>`,
    hasBand(curve)
      ? lineMark(
          { name, kind: 'curve', xs: bins.map((bin) => bin.predicted), ys: bins.map(({ won, count }) => won / count) },
          x,
          y,
        )
      : '',
    ...bins.map((bin) => [hasBand(curve) ? '' : whisker(curve, bin, { x, y }), binMark(bin, { x, y, most })]),
  ];
  const needed = breakEven === undefined ? '' : `; ${percentText(breakEven, 1)} needed to pay the costs`;
  return figure(
    markup`${name}<span class="note">${numberText(cases, 0)} cases in ${bins.length} groups${needed}</span>`,
    frame(frameOf(curve, x, y), body),
  );
}

function frameOf({ name, bins }: CalibrationCurve, x: Scale, y: Scale): FrameSpec {
  const xTicks = axisTicks(x.low, x.high, 4);
  const yTicks = axisTicks(y.low, y.high, 5);
  return {
    label: `${name}: ${bins.map(({ predicted, won, count }) => `predicted ${percentText(predicted, 1)}, realised ${percentText(won / count, 0)} of ${count}`).join('; ')}`,
    height: HEIGHT,
    x,
    y,
    xTicks: xTicks.map((at) => ({ at, text: percentText(at, Math.max(0, tickDigits(xTicks) - 2)) })),
    yTicks: yTicks.map((at) => ({ at, text: percentText(at, Math.max(0, tickDigits(yTicks) - 2)) })),
  };
}

function scalesOf(curve: CalibrationCurve): { readonly x: Scale; readonly y: Scale } {
  const { bins, breakEven } = curve;
  const predicted = bins.map((bin) => bin.predicted);
  const across = rangeOf([...predicted, known(breakEven) ?? NaN], { margin: 0.12 });
  const intervals = bins.map((bin) => intervalOf(curve, bin));
  const up = rangeOf([...predicted, ...intervals.flat()], { margin: 0.06 });
  return {
    x: horizontal(Math.max(0, across[0]), Math.min(1, across[1])),
    y: vertical(Math.max(0, up[0]), Math.min(1, up[1])),
  };
}

/** As wide as for the independent cases among those of the bin. */
function intervalOf(
  { independence }: CalibrationCurve,
  { won, count }: CalibrationBin,
): readonly [low: number, high: number] {
  const worth = known(independence) ?? 1;
  return wilsonInterval(won * worth, count * worth);
}

/** Neighbouring groups of labels share one band; groups of trades stand apart. */
function hasBand({ bins, independence }: CalibrationCurve): boolean {
  return bins.length > 1 && independence !== undefined;
}

/** The surface between the intervals' ends. */
function band(curve: CalibrationCurve, x: Scale, y: Scale): Content {
  const { bins } = curve;
  if (!hasBand(curve)) return '';
  const point = (bin: CalibrationBin, end: 0 | 1): string =>
    `${round(x.at(bin.predicted), 1)} ${round(y.at(intervalOf(curve, bin)[end]), 2)}`;
  const above = bins.map((bin) => point(bin, 1));
  const below = bins.toReversed().map((bin) => point(bin, 0));
  return markup`<path class="area band-area" d="M${[...above, ...below].join('L')}Z"/>`;
}

/** Where predicted and realised are equal. */
function diagonal(x: Scale, y: Scale): Markup {
  const from = Math.max(x.low, y.low);
  const to = Math.min(x.high, y.high);
  if (!(to > from)) return markup``;
  return markup`<path class="line ideal" d="M${round(x.at(from), 1)} ${round(y.at(from), 2)}L${round(x.at(to), 1)} ${round(y.at(to), 2)}"/>`;
}

function whisker(
  curve: CalibrationCurve,
  bin: CalibrationBin,
  { x, y }: { readonly x: Scale; readonly y: Scale },
): Markup {
  const [low, high] = intervalOf(curve, bin);
  return markup`<path class="whisker" d="M${round(x.at(bin.predicted), 1)} ${round(y.at(low), 2)}V${round(y.at(high), 2)}"/>`;
}

function binMark(
  { predicted, won, count }: CalibrationBin,
  { x, y, most }: { readonly x: Scale; readonly y: Scale; readonly most: number },
): Markup {
  return pointMark({ x: x.at(predicted), y: y.at(won / count) }, 'strong', 5 + 5 * Math.sqrt(count / most));
}

function table(curves: readonly CalibrationCurve[]): Markup {
  const rows = curves.flatMap((curve) =>
    curve.bins.map((bin): Content[] => {
      const { predicted, count, won } = bin;
      const [low, high] = intervalOf(curve, bin);
      return [
        curve.name,
        percentText(predicted, 1),
        percentText(won / count, 1),
        `${percentText(low, 0)} … ${percentText(high, 0)}`,
        numberText(won, 0),
        numberText(count, 0),
      ];
    }),
  );
  return markup`<details><summary>The same as a table</summary>${dataTable({
    label: 'Calibration',
    head: ['Group', 'Predicted', 'Came true', '95 % interval', 'True', 'Cases'],
    rows,
  })}</details>`;
}
