// What did the market do, and when was the bot held back? Regimes over time, and the state of the performance guard.
import { isoDate } from '../../../domain/iso-time.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { percentText } from '../number-text.ts';
import { barMark } from '../plot/bars.ts';
import { dateTicks } from '../plot/date-ticks.ts';
import { frame } from '../plot/frame.ts';
import { horizontal, rangeOf, vertical, type Scale } from '../plot/scale.ts';
import type { LevelCurve, RegimeLine } from '../report-data.ts';
import { curvesOf, type ReportView } from '../report-view.ts';
import { regimeShares } from '../series/regime-shares.ts';
import { figure, patchLegend, section, switchPanes } from './parts.ts';

/** Known regimes from bottom to top, with their class and what they are called. */
const REGIMES: readonly (readonly [regime: string, kind: string, name: string])[] = [
  ['TRENDING_UP', 'r-up', 'trend up'],
  ['TRENDING_DOWN', 'r-down', 'trend down'],
  ['RANGING', 'r-range', 'range'],
  ['HIGH_VOLATILITY', 'r-volatile', 'high volatility'],
  ['UNKNOWN', 'r-unknown', 'unknown'],
];

const STRETCHES = 100;

export function regimesSection(view: ReportView): Markup {
  const { regimes = [] } = view.data;
  const hasGuard = view.data.curves.some(({ guard }) => guard.length > 0);
  const symbols = view.symbols.map((symbol) => ({
    name: symbol,
    body: [
      ...distinct(regimes.filter((line) => line.symbol === symbol)).map(regimeFigure),
      ...(hasGuard ? [guardFigure(symbol, curvesOf(view, symbol))] : []),
    ],
  }));
  return section(
    {
      id: 'regimes',
      title: 'Regimes and guard',
      lead: `Share of time per regime; the regime filter lets a position be opened with the trend only, unless the settings say otherwise. ${hasGuard ? 'Below it the performance guard: reduced or paused after losses.' : 'The performance guard never left its normal state.'}`,
    },
    regimes.length === 0 && !hasGuard
      ? markup`<p class="nothing">No regimes were recorded.</p>`
      : [
          regimes.length === 0 ? '' : patchLegend(REGIMES.map(([, kind, name]) => ({ kind, name }))),
          switchPanes('regimes', 'Symbol', symbols),
        ],
  );
}

/** Risk levels whose filter saw the same share one chart. */
function distinct(lines: readonly RegimeLine[]): { readonly names: string[]; readonly line: RegimeLine }[] {
  const found = new Map<string, { readonly names: string[]; readonly line: RegimeLine }>();
  for (const line of lines) {
    const key = JSON.stringify(line.spans);
    const own = found.get(key);
    if (own === undefined) found.set(key, { names: [line.riskLevel], line });
    else own.names.push(line.riskLevel);
  }
  return [...found.values()];
}

function regimeFigure({ names, line }: { readonly names: readonly string[]; readonly line: RegimeLine }): Markup {
  const stretches = regimeShares(
    line.spans,
    REGIMES.map(([regime]) => regime),
    STRETCHES,
  );
  const caption = names.join(', ');
  if (stretches.length === 0) return figure(caption, markup`<p class="nothing">Nothing was recorded.</p>`);
  const x = horizontal(stretches[0].from, stretches[stretches.length - 1].to);
  const y = vertical(0, 1);
  const body = stretches.map(({ from, to, shares }): Content => {
    let base = 0;
    return shares.map((share, at) => {
      const bottom = base;
      base += share;
      const [, kind, name] = REGIMES[at];
      const title = `${isoDate(from)} to ${isoDate(to)}: ${name} ${percentText(share, 0)}`;
      return share > 0 ? barMark({ from, to, base: bottom, value: base, kind, title }, x, y) : '';
    });
  });
  const total = REGIMES.map(([, , name], at) => {
    const mean = stretches.reduce((sum, { shares }) => sum + shares[at], 0) / stretches.length;
    return `${name} ${percentText(mean, 0)}`;
  });
  return figure(
    markup`${caption}<span class="note">${total.join(', ')}</span>`,
    frame(
      {
        label: `${line.symbol} ${caption}: regimes over time; ${total.join(', ')}`,
        height: 96,
        x,
        y,
        xTicks: dateTicks(x.low, x.high),
        yTicks: [0, 0.5, 1].map((at) => ({ at, text: percentText(at, 0) })),
      },
      body,
    ),
  );
}

const GUARD_KINDS: Readonly<Record<string, readonly [kind: string, height: number]>> = {
  NORMAL: ['g-normal', 0.25],
  REDUCED: ['g-reduced', 0.6],
  PAUSED: ['g-paused', 0.9],
};

/** One row per risk level; the higher the block, the more it was held back. */
function guardFigure(symbol: string, curves: readonly LevelCurve[]): Markup {
  const days = curves.flatMap((curve) =>
    curve.days.length === 0 ? [] : [curve.days[0], curve.days[curve.days.length - 1]],
  );
  const x = horizontal(...rangeOf(days, { margin: 0 }));
  const y = vertical(0, Math.max(1, curves.length));
  const rows = curves.map((curve, index) => guardRow(curve, curves.length - 1 - index, [x, y]));
  return figure(
    markup`Performance guard<span class="note">low: normal; middle: reduced; high: paused</span>`,
    frame(
      {
        label: `${symbol}: state of the performance guard. ${curves.map(({ riskLevel, guard }) => `${riskLevel}: ${guard.length} changes`).join('; ')}`,
        height: 30 * Math.max(1, curves.length) + 10,
        x,
        y,
        xTicks: dateTicks(x.low, x.high),
        yTicks: curves.map(({ riskLevel }, index) => ({ at: curves.length - 1 - index + 0.2, text: riskLevel })),
      },
      rows,
    ),
  );
}

function guardRow(curve: LevelCurve, row: number, [x, y]: readonly [Scale, Scale]): Content {
  const changes = [{ time: x.low, mode: 'NORMAL' }, ...curve.guard];
  return changes.map(({ time, mode }, index) => {
    const to = changes[index + 1]?.time ?? x.high;
    const [kind, height] = GUARD_KINDS[mode] ?? GUARD_KINDS['NORMAL'];
    const title = `${mode.toLowerCase()} from ${isoDate(time)} to ${isoDate(to)}`;
    return to > time ? barMark({ from: time, to, base: row, value: row + height, kind, title }, x, y) : '';
  });
}
