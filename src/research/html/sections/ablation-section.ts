// What does every part of the strategy earn? The whole strategy less the one without that part, day by day, with its interval.
import type { AblationRow } from '../../ablation.ts';
import { quantile } from '../../statistics/quantile.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { digitsFor, known, numberText, percentText, signedPercentText } from '../number-text.ts';
import { round } from '../plot/frame.ts';
import { horizontal, rangeOf, type Scale } from '../plot/scale.ts';
import { axisTicks, tickDigits } from '../plot/ticks.ts';
import { isMany, kindOf, type ReportView } from '../report-view.ts';
import { dataTable, figure, scrolling, section, symbolPanes } from './parts.ts';

/** Undefined where no part was switched off. */
export function ablationSection(view: ReportView): Markup | undefined {
  const { result, symbols, levels } = view;
  // Results of an older run know nothing of it.
  const rows = result.ablation ?? [];
  if (rows.length === 0) return undefined;
  const known = symbols.filter((symbol) => rows.some((row) => row.symbol === symbol));
  return section(
    {
      id: 'ablation',
      title: 'What every part earns',
      lead: 'The whole strategy is run again with one part switched off, and both are compared day by day. To the right of zero the part earned, to the left it cost; the number is the difference in return a year. Line: 95 % interval. One that holds zero shows no difference, however far its point lies from it. A hollow point has no interval: the two runs differ on too few days to say more. Stress is the other way round: how much of the return it takes away.',
    },
    [
      markup`<p class="answer">${words(rows)}</p>`,
      isMany(view) ? summary(rows) : '',
      symbolPanes('ablation-symbol', known, (symbol) =>
        levels.flatMap((riskLevel): Content[] => {
          const own = rows.filter((row) => row.symbol === symbol && row.riskLevel === riskLevel);
          return own.length === 0 ? [] : [levelFigure(view, riskLevel, own)];
        }),
      ),
    ],
  );
}

/** What all comparisons say together. */
function words(rows: readonly AblationRow[]): string {
  const parts = rows.filter(({ kind }) => kind === 'part');
  const named = (finding: AblationRow['finding']): string =>
    tallies(parts)
      .map(({ part, findings }) => ({
        part,
        count: findings.filter((each) => each === finding).length,
        of: findings.length,
      }))
      .filter(({ count }) => count > 0)
      .map(({ part, count, of }) => `${part} in ${count} of ${of} comparisons`)
      .join(', ');
  const [earned, cost] = [named('earned'), named('cost')];
  if (earned === '' && cost === '') return 'No part is shown to earn anything, and none to cost anything.';
  return [
    earned === '' ? 'No part is shown to earn anything.' : `Shown to earn: ${earned}.`,
    cost === '' ? 'None is shown to cost anything.' : `Shown to cost: ${cost}.`,
  ].join(' ');
}

interface Tally {
  readonly part: string;
  readonly findings: readonly AblationRow['finding'][];
  readonly perYear: readonly number[];
}

/** Every part once, over all symbols and risk levels. */
function tallies(rows: readonly AblationRow[]): Tally[] {
  return [...Map.groupBy(rows, ({ part }) => part)].map(([part, own]) => ({
    part,
    findings: own.map(({ finding }) => finding),
    perYear: own.flatMap(({ difference }) => known(difference.perYear) ?? []),
  }));
}

function count(findings: Tally['findings'], finding: AblationRow['finding']): string {
  return numberText(findings.filter((each) => each === finding).length, 0);
}

/** Of many symbols, every part in one line. */
function summary(rows: readonly AblationRow[]): Markup {
  return dataTable({
    label: 'Every part over all symbols and risk levels',
    head: [
      'Without',
      'Comparisons',
      'Shown to earn',
      'Shown to cost',
      'No difference shown',
      'Middle difference a year',
    ],
    rows: tallies(rows.filter(({ kind }) => kind === 'part')).map(({ part, findings, perYear }) => [
      part,
      numberText(findings.length, 0),
      count(findings, 'earned'),
      count(findings, 'cost'),
      count(findings, 'no difference shown'),
      signedPercentText(quantile(perYear, 0.5)),
    ]),
  });
}

function levelFigure(view: ReportView, riskLevel: string, rows: readonly AblationRow[]): Markup {
  const values = rows.flatMap(({ difference: { perYear, interval } }) => [
    known(perYear) ?? NaN,
    known(interval?.low) ?? NaN,
    known(interval?.high) ?? NaN,
  ]);
  const x = horizontal(...rangeOf(values, { include: [0] }));
  const digits = digitsFor((x.high - x.low) * 100);
  const line = (row: AblationRow): Content => rowOf(row, { x, digits, kind: kindOf(view, riskLevel) });
  const parts = rows.filter(({ kind }) => kind === 'part');
  const stresses = rows.filter(({ kind }) => kind === 'stress');
  const { whole } = rows[0];
  return figure(
    markup`${riskLevel}<span class="note">whole strategy: return ${signedPercentText(whole.totalReturn)}, Sharpe ratio ${numberText(whole.sharpe)}, ${numberText(whole.trades, 0)} trades</span>`,
    scrolling(
      `What every part earns, ${riskLevel}`,
      markup`<table class="bars-table intervals forest"><thead><tr><th scope="col" class="text">Without</th><th scope="col"></th><th scope="col">A year</th><th scope="col" class="text roomy">Finding</th><th scope="col" class="roomy">Sharpe then</th><th scope="col" class="roomy">Return then</th><th scope="col" class="roomy">Trades then</th></tr></thead><tbody>
${parts.map(line)}${stresses.length === 0 ? undefined : markup`<tr class="group"><th scope="rowgroup" colspan="7">Under stress</th></tr>`}${stresses.map(line)}<tr class="axis"><th></th><td class="bar-cell">${axis(x)}</td><td></td></tr></tbody></table>`,
    ),
  );
}

/** How a finding looks, with a sign for those who do not see its colour. */
const FINDINGS: Readonly<Record<NonNullable<AblationRow['finding']>, readonly [kind: string, sign: string]>> = {
  earned: ['plus', '▲ '],
  cost: ['minus', '▼ '],
  'no difference shown': ['soft', ''],
};

function rowOf(
  row: AblationRow,
  { x, digits, kind }: { readonly x: Scale; readonly digits: number; readonly kind: string },
): Content {
  const { part, difference, finding } = row;
  const [tone, sign] = finding === undefined ? ['soft', ''] : FINDINGS[finding];
  const difference95 = difference.interval ?? undefined;
  const low = known(difference95?.low);
  const high = known(difference95?.high);
  const perYear = known(difference.perYear);
  const interval =
    low === undefined || high === undefined
      ? `n/a, the two runs differ on ${numberText(difference.daysApart, 0)} days only`
      : `${percentText(low, digits)} to ${percentText(high, digits)}`;
  const strength =
    low === undefined ? ' bare' : finding === undefined || finding === 'no difference shown' ? ' unsure' : '';
  return markup`<tr><th scope="row">${part}</th><td class="bar-cell"><svg width="100%" height="24" role="img" aria-label="${part}: ${signedPercentText(perYear, digits)} a year, interval ${interval}"><title>95 % interval ${interval}</title><line class="zero" x1="${wide(x, 0)}" x2="${wide(x, 0)}" y1="0" y2="24"/>${low === undefined || high === undefined ? undefined : markup`<line class="interval ${kind}${strength}" x1="${wide(x, low)}" x2="${wide(x, high)}" y1="12" y2="12"/>`}${perYear === undefined ? undefined : markup`<circle class="estimate ${kind}${strength}" cx="${wide(x, perYear)}" cy="12" r="4.5"/>`}</svg></td><td class="${tone}">${sign}${signedPercentText(perYear, digits)}</td><td class="text roomy ${tone}">${finding}</td><td class="roomy">${numberText(row.sharpe)}</td><td class="roomy">${signedPercentText(row.totalReturn)}</td><td class="roomy">${numberText(row.trades, 0)}</td></tr>
`;
}

function axis(x: Scale): Markup {
  const ticks = axisTicks(x.low, x.high, 5);
  const digits = Math.max(0, tickDigits(ticks) - 2);
  const zero = Math.max(0, ticks.indexOf(0));
  return markup`<svg width="100%" height="20" aria-hidden="true">${ticks.map((at, index) => markup`<text class="${(index - zero) % 2 === 0 ? 'x' : 'x minor'}" x="${wide(x, at)}" y="14">${percentText(at, digits)}</text>`)}</svg>`;
}

/** A value as percent of the width, with room for points at the borders. */
function wide(x: Scale, value: number): string {
  return `${round(3 + (x.at(value) / 1000) * 94, 2)}%`;
}
