// What did the market do, and when was the bot held back? Regimes over time, and the state of the performance guard.
import { isoDate } from '../../../domain/iso-time.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { percentText } from '../number-text.ts';
import { dateTicks } from '../plot/date-ticks.ts';
import { boxPath } from '../plot/bars.ts';
import { frame, round } from '../plot/frame.ts';
import { horizontal, rangeOf, vertical, type Scale } from '../plot/scale.ts';
import type { LevelCurve, RegimeLine } from '../report-data.ts';
import { curvesOf, isMany, type ReportView } from '../report-view.ts';
import { regimeShares } from '../series/regime-shares.ts';
import { figure, patchLegend, scrolling, section, symbolPanes } from './parts.ts';

/** Known regimes from bottom to top, with their class and what they are called. */
const REGIMES: readonly (readonly [regime: string, kind: string, name: string])[] = [
  ['TRENDING_UP', 'r-up', 'trend up'],
  ['TRENDING_DOWN', 'r-down', 'trend down'],
  ['RANGING', 'r-range', 'range'],
  ['HIGH_VOLATILITY', 'r-volatile', 'high volatility'],
  ['UNKNOWN', 'r-unknown', 'unknown'],
];

/** Columns of a chart, and of one among many. */
const STRETCHES = 100;
const STRETCHES_OF_MANY = 50;

export function regimesSection(view: ReportView): Markup {
  const { regimes = [] } = view.data;
  const hasGuard = view.data.curves.some(({ guard }) => guard.length > 0);
  const ofSymbol = (symbol: string): Content => [
    ...distinct(regimes.filter((line) => line.symbol === symbol)).map((each) =>
      regimeFigure(each, isMany(view) ? STRETCHES_OF_MANY : STRETCHES),
    ),
    ...(hasGuard ? [guardFigure(curvesOf(view, symbol))] : []),
  ];
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
          symbolPanes('regimes-symbol', view.symbols, ofSymbol),
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

function regimeFigure(
  { names, line }: { readonly names: readonly string[]; readonly line: RegimeLine },
  count: number,
): Markup {
  const stretches = regimeShares(
    line.spans,
    REGIMES.map(([regime]) => regime),
    count,
  );
  const caption = names.join(', ');
  if (stretches.length === 0) return figure(caption, markup`<p class="nothing">Nothing was recorded.</p>`);
  const x = horizontal(stretches[0].from, stretches[stretches.length - 1].to);
  const y = vertical(0, 1);
  const body = REGIMES.map(([, kind], at) => {
    const path = stretches.map(({ from, to, shares }) => {
      const base = shares.slice(0, at).reduce((sum, share) => sum + share, 0);
      return shares[at] > 0 ? boxPath([x.at(from), x.at(to)], [y.at(base), y.at(base + shares[at])]) : '';
    });
    return markup`<path class="bar ${kind}" d="${path.join('')}"/>`;
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
  NORMAL: ['g-normal', 5],
  REDUCED: ['g-reduced', 12],
  PAUSED: ['g-paused', 18],
};

/** One line per risk level; the higher the block, the more it was held back. */
function guardFigure(curves: readonly LevelCurve[]): Markup {
  const days = curves.flatMap((curve) => [curve.days[0] ?? NaN, curve.days[curve.days.length - 1] ?? NaN]);
  const x = horizontal(...rangeOf(days, { margin: 0 }));
  const rows = curves.map(
    (curve) =>
      markup`<tr><th scope="row">${curve.riskLevel}</th><td class="bar-cell"><svg width="100%" height="22" role="img" aria-label="${guardWords(curve)}">${guardBlocks(curve, x)}</svg></td></tr>
`,
  );
  const ticks = dateTicks(x.low, x.high, 6).map(
    ({ at, text }) => markup`<text class="x" x="${round(x.at(at) / 10, 2)}%" y="14">${text}</text>`,
  );
  return figure(
    markup`Performance guard<span class="note">low: normal; middle: reduced; high: paused</span>`,
    scrolling(
      'Performance guard',
      markup`<table class="bars-table"><tbody>${rows}<tr class="axis"><th></th><td class="bar-cell"><svg width="100%" height="20" aria-hidden="true">${ticks}</svg></td></tr></tbody></table>`,
    ),
  );
}

function guardWords({ riskLevel, guard }: LevelCurve): string {
  if (guard.length === 0) return `${riskLevel}: normal all the time`;
  return `${riskLevel}: ${guard.map(({ time, mode }) => `${mode.toLowerCase()} from ${isoDate(time)}`).join(', ')}`;
}

function guardBlocks(curve: LevelCurve, x: Scale): Content {
  const changes = [{ time: x.low, mode: 'NORMAL' }, ...curve.guard];
  return changes.map(({ time, mode }, index) => {
    const to = changes[index + 1]?.time ?? x.high;
    const [kind, height] = GUARD_KINDS[mode] ?? GUARD_KINDS['NORMAL'];
    const [left, right] = [x.at(time) / 10, x.at(to) / 10];
    if (!(right > left)) return '';
    return markup`<rect class="bar ${kind}" x="${round(left, 2)}%" width="${round(right - left, 2)}%" y="${20 - height}" height="${height}"><title>${mode.toLowerCase()} from ${isoDate(time)} to ${isoDate(to)}</title></rect>`;
  });
}
