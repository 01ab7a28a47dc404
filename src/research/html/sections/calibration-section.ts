// When the model said 40 percent, did 40 percent come true? Predicted probability against realised share.
import { markup, type Content, type Markup } from '../markup.ts';
import { numberText, percentText } from '../number-text.ts';
import { frame, round } from '../plot/frame.ts';
import { pointMark } from '../plot/line.ts';
import { horizontal, rangeOf, vertical, type Scale } from '../plot/scale.ts';
import { niceTicks, tickDigits } from '../plot/ticks.ts';
import type { CalibrationBin, CalibrationCurve } from '../report-data.ts';
import type { ReportView } from '../report-view.ts';
import { tradeCalibration, wilsonInterval } from '../series/trade-calibration.ts';
import { dataTable, figure, figureGrid, section } from './parts.ts';

const MOST_BINS = 8;

export function calibrationSection(view: ReportView): Markup {
  const { calibration } = view.data;
  const curves = (calibration ?? fromTrades(view)).filter(({ bins }) => bins.length > 0);
  const source =
    calibration === undefined
      ? 'Only trades that were taken are known here, so the probabilities lie close together, above the threshold; a trade came true when it netted a gain.'
      : '';
  return section(
    {
      id: 'calibration',
      title: 'Confidence',
      lead: `Predicted probability against what came true. On the slanted line the model means what it says; above it the model is too timid, below it too sure. Bars: 95 % interval for so few cases; the larger the point, the more cases. ${source}`,
    },
    curves.length === 0
      ? markup`<p class="nothing">No trade carries a probability.</p>`
      : [figureGrid(curves.map(curveFigure)), table(curves)],
  );
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

function curveFigure({ name, bins }: CalibrationCurve): Markup {
  const cases = bins.reduce((sum, { count }) => sum + count, 0);
  const predicted = rangeOf(
    bins.map((bin) => bin.predicted),
    { margin: 0.15 },
  );
  const intervals = bins.map(({ won, count }) => wilsonInterval(won, count));
  const realised = rangeOf([...predicted, ...intervals.flat()], { margin: 0.02 });
  const y = vertical(Math.max(0, realised[0]), Math.min(1, realised[1]));
  const x = horizontal(...predicted);
  const xTicks = niceTicks(x.low, x.high, 4);
  const yTicks = niceTicks(y.low, y.high, 4);
  const most = bins.reduce((highest, { count }) => Math.max(highest, count), 1);
  const body: Content = [
    diagonal(x, y),
    ...bins.map((bin, index) => binMark(bin, { x, y, most, interval: intervals[index] })),
  ];
  return figure(
    markup`${name}<span class="note">${numberText(cases, 0)} cases in ${bins.length} groups</span>`,
    frame(
      {
        label: `${name}: ${bins.map(({ predicted, won, count }) => `predicted ${percentText(predicted, 1)}, realised ${percentText(won / count, 0)} of ${count}`).join('; ')}`,
        height: 200,
        x,
        y,
        xTicks: xTicks.map((at) => ({ at, text: percentText(at, Math.max(0, tickDigits(xTicks) - 2)) })),
        yTicks: yTicks.map((at) => ({ at, text: percentText(at, Math.max(0, tickDigits(yTicks) - 2)) })),
      },
      body,
    ),
  );
}

/** Where predicted and realised are equal. */
function diagonal(x: Scale, y: Scale): Markup {
  const from = Math.max(x.low, y.low);
  const to = Math.min(x.high, y.high);
  if (!(to > from)) return markup``;
  return markup`<path class="line ideal" d="M${round(x.at(from), 1)} ${round(y.at(from), 2)}L${round(x.at(to), 1)} ${round(y.at(to), 2)}"/>`;
}

interface BinPlace {
  readonly x: Scale;
  readonly y: Scale;
  readonly most: number;
  readonly interval: readonly [number, number];
}

function binMark({ predicted, won, count }: CalibrationBin, { x, y, most, interval }: BinPlace): Content {
  const at = round(x.at(predicted), 1);
  return [
    markup`<path class="whisker" d="M${at} ${round(y.at(interval[0]), 2)}V${round(y.at(interval[1]), 2)}"/>`,
    pointMark({ x: x.at(predicted), y: y.at(won / count) }, 'strong', 5 + 7 * Math.sqrt(count / most)),
  ];
}

function table(curves: readonly CalibrationCurve[]): Markup {
  const rows = curves.flatMap(({ name, bins }) =>
    bins.map(({ predicted, count, won }): Content[] => {
      const [low, high] = wilsonInterval(won, count);
      return [
        name,
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
