// How did the account move, beside buying and holding? Growth and drawdown per symbol, on scales that show them.
import { sampleDeviation } from '../../statistics/moments.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { digitsFor, numberText, percentText, signedPercentText } from '../number-text.ts';
import { dateTicks } from '../plot/date-ticks.ts';
import { frame, type FrameSpec } from '../plot/frame.ts';
import { areaMark, lineMark, type Line } from '../plot/line.ts';
import { horizontal, rangeOf, vertical } from '../plot/scale.ts';
import { axisTicks, tickDigits } from '../plot/ticks.ts';
import type { DailyCurve } from '../report-data.ts';
import { curvesOf, holdOf, isMany, kindOf, type ReportView } from '../report-view.ts';
import { drawdownsOf, growthOf, returnsOf, volatilityFactor } from '../series/daily-series.ts';
import { meanGrowth } from '../series/mean-growth.ts';
import { thinnedLine } from '../series/thinned-line.ts';
import { figure, legend, section, switchPanes, symbolPanes, type LegendEntry } from './parts.ts';

/** Points of one line: more cannot be told apart, and of many symbols they would not fit into a page. */
const MOST_POINTS = 600;
const MOST_POINTS_OF_MANY = 100;
/** All symbols as one. */
const ALL = 'All symbols';

export function equitySection(view: ReportView): Markup {
  const names = isMany(view) ? [ALL, ...view.symbols] : view.symbols;
  const views = [
    { name: 'Own scale', draw: (growths: Growths) => ownScale(growths) },
    {
      name: 'One scale',
      draw: ({ levels, hold }: Growths) => oneScale(hold === undefined ? levels : [hold, ...levels]),
    },
    { name: 'Equal volatility', draw: (growths: Growths) => oneScale(equalVolatility(growths)) },
  ];
  return section(
    {
      id: 'equity',
      title: 'Equity and drawdown',
      lead: markup`Growth since the first test day, in percent, and how far it lay below its own peak. On its own scale every line is readable: the risk levels stand beside buy and hold, each with an axis of its own; mind the numbers of both. On one scale the traded lines may lie almost flat: small positions earn and lose little. At equal volatility every line is scaled to move as much as buy and hold; nobody could have traded that safely, but it shows which line was better for the same unrest.${isMany(view) ? ' All symbols: an equal account for each, none moved between them.' : ''}`,
    },
    switchPanes(
      { id: 'equity-view', label: 'View' },
      views.map(({ name, draw }, index) => {
        const body = (symbol: string): Content => symbolFigure(symbol, draw(growthsOf(view, symbol)));
        return {
          name,
          body: isMany(view) ? symbolPanes(`equity-symbol-${index}`, names, body) : names.map(body),
        };
      }),
    ),
  );
}

/** A named curve as returns per day. */
interface Growth {
  readonly kind: string;
  readonly name: string;
  readonly days: readonly number[];
  readonly returns: readonly number[];
  /** Drawn with few points. */
  readonly isOneOfMany: boolean;
  /** Factor that its returns were multiplied with, where they were. */
  readonly factor?: number;
}

interface Growths {
  readonly levels: readonly Growth[];
  readonly hold: Growth | undefined;
}

function growthsOf(view: ReportView, symbol: string): Growths {
  const { data, levels } = view;
  const growth = (kind: string, name: string, { days, equity }: Pick<DailyCurve, 'days' | 'equity'>): Growth => ({
    kind,
    name,
    days,
    returns: returnsOf(equity),
    isOneOfMany: isMany(view) && symbol !== ALL,
  });
  if (symbol === ALL) {
    const ofLevel = (riskLevel: string): DailyCurve[] => data.curves.filter((curve) => curve.riskLevel === riskLevel);
    return {
      levels: levels.map((riskLevel) => growth(kindOf(view, riskLevel), riskLevel, meanGrowth(ofLevel(riskLevel)))),
      hold: data.holds.length === 0 ? undefined : growth('hold', 'buy and hold', meanGrowth(data.holds)),
    };
  }
  const hold = holdOf(view, symbol);
  return {
    levels: curvesOf(view, symbol).map((curve) => growth(kindOf(view, curve.riskLevel), curve.riskLevel, curve)),
    hold: hold === undefined ? undefined : growth('hold', 'buy and hold', hold),
  };
}

/** All curves at the volatility of buy and hold, or where that is undefined of the liveliest one; a flat one stays flat. */
function equalVolatility({ levels, hold }: Growths): Growth[] {
  const reference = hold?.returns ?? liveliest(levels);
  const scaled = levels.map((level) => {
    const factor = volatilityFactor(level.returns, reference);
    return factor === undefined ? level : { ...level, factor, returns: level.returns.map((change) => change * factor) };
  });
  return hold === undefined ? scaled : [hold, ...scaled];
}

function liveliest(levels: readonly Growth[]): readonly number[] {
  const byDeviation = levels.toSorted((a, b) => (sampleDeviation(b.returns) ?? 0) - (sampleDeviation(a.returns) ?? 0));
  return byDeviation[0]?.returns ?? [];
}

/** What stands under the name of a symbol. */
interface Drawn {
  readonly growths: readonly Growth[];
  readonly panels: Content;
}

function symbolFigure(symbol: string, { growths, panels }: Drawn): Markup {
  const entries = growths.map(({ kind, name, factor, returns }): LegendEntry => {
    const grown = growthOf(returns);
    const deepest = drawdownsOf(grown).reduce((least, value) => Math.min(least, value), 0);
    const note = `${signedPercentText(grown.at(-1), digitsOf(grown.at(-1)))}, drawdown ${percentText(Math.abs(deepest), digitsOf(deepest))}${scaled(factor)}`;
    return { kind, name, note };
  });
  return figure(symbol, markup`${legend(entries)}<p class="readout" aria-hidden="true"></p>${panels}`);
}

const digitsOf = (value: number | undefined): number => Math.max(2, digitsFor(Math.abs((value ?? 0) * 100)) - 1);

const scaled = (factor: number | undefined): string =>
  factor === undefined ? '' : `, returns × ${numberText(factor, factor < 10 ? 1 : 0)}`;

/** The risk levels wide, and buy and hold narrow beside them, each with its own axes. */
function ownScale({ levels, hold }: Growths): Drawn {
  if (hold === undefined) return oneScale(levels);
  return {
    growths: [...levels, hold],
    panels: [
      pair(growthPanel('Growth', levels, 240), growthPanel('Growth of buy and hold', [hold], 240)),
      pair(drawdownPanel('Drawdown', levels), drawdownPanel('Drawdown of buy and hold', [hold])),
    ],
  };
}

const pair = (wide: Markup, narrow: Markup): Markup => markup`<div class="pair">${wide}${narrow}</div>`;

function oneScale(growths: readonly Growth[]): Drawn {
  return { growths, panels: [growthPanel('Growth', growths, 260), drawdownPanel('Drawdown', growths)] };
}

function growthPanel(name: string, growths: readonly Growth[], height: number): Markup {
  const lines = growths.map((each) => lineOf(each, growthOf(each.returns)));
  return markup`<div class="growth"><p class="axis-name">${name}</p>${chart(`${name} since the first test day`, lines, { height, isShaded: isShaded(growths) })}</div>`;
}

function drawdownPanel(name: string, growths: readonly Growth[]): Markup {
  const lines = growths.map((each) => lineOf(each, drawdownsOf(growthOf(each.returns))));
  return markup`<div class="falling"><p class="axis-name">${name}</p>${chart(`${name}: fraction below the highest equity so far`, lines, { height: 110, isShaded: isShaded(growths) })}</div>`;
}

/** Whether the first line stands before a surface; of many symbols that is left out. */
function isShaded([first]: readonly Growth[]): boolean {
  return first?.kind === 'hold' && !first.isOneOfMany;
}

function lineOf({ kind, name, days, isOneOfMany }: Growth, ys: readonly number[]): Line {
  return { kind, name, ...thinnedLine({ xs: days, ys }, isOneOfMany ? MOST_POINTS_OF_MANY : MOST_POINTS) };
}

function chart(
  label: string,
  lines: readonly Line[],
  look: { readonly height: number; readonly isShaded: boolean },
): Markup {
  const { height } = look;
  const days = lines.flatMap(({ xs }) => (xs.length === 0 ? [] : [xs[0], xs[xs.length - 1]]));
  const x = horizontal(...rangeOf(days, { margin: 0 }));
  const range = rangeOf(
    lines.flatMap(({ ys }) => ys),
    { include: [0] },
  );
  const y = vertical(...range);
  const ticks = axisTicks(...range, height / 48);
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
  const shade = look.isShaded && first !== undefined ? areaMark(first, { x, y, base: 0 }) : '';
  return frame(spec, [shade, ...lines.map((line) => lineMark(line, x, y))]);
}
