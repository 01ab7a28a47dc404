// How did the account move, beside buying and holding? Growth and drawdown per symbol, as traded and at equal volatility.
import { sampleDeviation } from '../../statistics/moments.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { digitsFor, numberText, percentText, signedPercentText } from '../number-text.ts';
import { dateTicks } from '../plot/date-ticks.ts';
import { frame, type FrameSpec } from '../plot/frame.ts';
import { areaMark, lineMark, type Line } from '../plot/line.ts';
import { horizontal, rangeOf, vertical } from '../plot/scale.ts';
import { niceTicks, tickDigits } from '../plot/ticks.ts';
import type { DailyCurve } from '../report-data.ts';
import { curvesOf, holdOf, kindOf, type ReportView } from '../report-view.ts';
import { drawdownsOf, growthOf, returnsOf, volatilityFactor } from '../series/daily-series.ts';
import { figure, legend, section, switchPanes, type LegendEntry } from './parts.ts';

export function equitySection(view: ReportView): Markup {
  const symbols = (build: (symbol: string) => readonly Growth[]): Content =>
    view.symbols.map((symbol) => symbolFigures(symbol, build(symbol)));
  return section(
    {
      id: 'equity',
      title: 'Equity and drawdown',
      lead: 'Growth since the first test day, in percent. Positions are small, so beside buy and hold the traded lines lie almost flat: that is what was earned. At equal volatility every line is scaled to move as much as buy and hold; nobody could have traded that safely, but it shows which line was better for the same unrest.',
    },
    switchPanes('equity-view', 'View', [
      { name: 'As traded', body: symbols((symbol) => asTraded(view, symbol)) },
      { name: 'Without buy and hold', body: symbols((symbol) => levelsOf(view, symbol)) },
      { name: 'Equal volatility', body: symbols((symbol) => equalVolatility(view, symbol)) },
    ]),
  );
}

/** A named curve as returns per day. */
interface Growth {
  readonly kind: string;
  readonly name: string;
  readonly days: readonly number[];
  readonly returns: readonly number[];
  /** Factor that its returns were multiplied with, where they were. */
  readonly factor?: number;
}

function levelsOf(view: ReportView, symbol: string): Growth[] {
  return curvesOf(view, symbol).map(({ riskLevel, days, equity }) => ({
    kind: kindOf(view, riskLevel),
    name: riskLevel,
    days,
    returns: returnsOf(equity),
  }));
}

function asTraded(view: ReportView, symbol: string): Growth[] {
  const hold = holdOf(view, symbol);
  return [...(hold === undefined ? [] : [holdGrowth(hold)]), ...levelsOf(view, symbol)];
}

const holdGrowth = ({ days, equity }: DailyCurve): Growth => ({
  kind: 'hold',
  name: 'buy and hold',
  days,
  returns: returnsOf(equity),
});

/** All curves at the volatility of buy and hold, or where that is undefined of the liveliest one; a flat one stays flat. */
function equalVolatility(view: ReportView, symbol: string): Growth[] {
  const levels = levelsOf(view, symbol);
  const hold = holdOf(view, symbol);
  const reference = hold === undefined ? liveliest(levels) : returnsOf(hold.equity);
  return asTraded(view, symbol).map((growth) => {
    const factor = volatilityFactor(growth.returns, reference);
    if (factor === undefined || growth.kind === 'hold') return growth;
    return { ...growth, factor, returns: growth.returns.map((change) => change * factor) };
  });
}

function liveliest(levels: readonly Growth[]): readonly number[] {
  const byDeviation = levels.toSorted((a, b) => (sampleDeviation(b.returns) ?? 0) - (sampleDeviation(a.returns) ?? 0));
  return byDeviation[0]?.returns ?? [];
}

function symbolFigures(symbol: string, growths: readonly Growth[]): Markup {
  const growing = growths.map((growth) => lineOf(growth, growthOf(growth.returns)));
  const falling = growths.map((growth) => lineOf(growth, drawdownsOf(growthOf(growth.returns))));
  const entries = growths.map(({ kind, name, factor }, index): LegendEntry => {
    const end = growing[index].ys.at(-1);
    const digits = Math.max(2, digitsFor(Math.abs((end ?? 0) * 100)) - 1);
    return { kind, name, note: `${signedPercentText(end, digits)}${scaled(factor)}` };
  });
  return figure(
    symbol,
    markup`${legend(entries)}<p class="readout" aria-hidden="true"></p>${chart(`${symbol}: growth since the first test day`, growing, 260)}
<p class="axis-name">Drawdown</p>${chart(`${symbol}: fraction below the highest equity so far`, falling, 110)}`,
  );
}

const scaled = (factor: number | undefined): string =>
  factor === undefined ? '' : `, returns × ${numberText(factor, factor < 10 ? 1 : 0)}`;

function lineOf({ kind, name, days }: Growth, ys: readonly number[]): Line {
  return { kind, name, xs: days, ys };
}

function chart(label: string, lines: readonly Line[], height: number): Markup {
  const days = lines.flatMap(({ xs }) => (xs.length === 0 ? [] : [xs[0], xs[xs.length - 1]]));
  const x = horizontal(...rangeOf(days, { margin: 0 }));
  const range = rangeOf(
    lines.flatMap(({ ys }) => ys),
    { include: [0] },
  );
  const y = vertical(...range);
  const ticks = niceTicks(...range, height / 48);
  const digits = Math.max(0, tickDigits(ticks) - 2);
  const spec: FrameSpec = {
    label: `${label}; ${lines.map(({ name, ys }) => `${name} ends at ${percentText(ys.at(-1))}`).join(', ')}`,
    height,
    x,
    y,
    xTicks: dateTicks(x.low, x.high),
    yTicks: ticks.map((at) => ({ at, text: percentText(at, digits) })),
    base: 0,
    readAs: 'percent',
  };
  const [first] = lines;
  const shade = first?.kind === 'hold' ? areaMark(first, { x, y, base: 0 }) : undefined;
  return frame(spec, [shade ?? '', ...lines.map((line) => lineMark(line, x, y))]);
}
