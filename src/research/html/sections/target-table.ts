// Which of the targets set beforehand were kept? One column per symbol, or of many symbols how many kept each.
import { quantile } from '../../statistics/quantile.ts';
import type { ResultRow } from '../../result-file.ts';
import type { TargetCheck, TargetName } from '../../verdict.ts';
import { markup, type Content, type Markup } from '../markup.ts';
import { numberText, percentText, signedPercentText } from '../number-text.ts';
import { dataTable } from './parts.ts';

interface Target {
  readonly name: TargetName;
  readonly label: string;
  readonly text: (value: number | undefined) => string;
  readonly sense: '>' | '<';
}

const TARGETS: readonly Target[] = [
  { name: 'sharpe', label: 'Cautious Sharpe', text: (value) => numberText(value), sense: '>' },
  { name: 'profitFactor', label: 'Profit factor', text: (value) => numberText(value), sense: '>' },
  { name: 'maxDrawdown', label: 'Drawdown', text: (value) => percentText(value), sense: '<' },
  { name: 'trades', label: 'Trades', text: (value) => numberText(value, 0), sense: '>' },
];

/** Every target with what became of it. */
export function targetTable(riskLevel: string, rows: readonly ResultRow[]): Markup {
  const lines = TARGETS.map((target): Content[] => {
    const checks = checksOf(rows, target);
    return [target.label, goalCell(checks, target), ...checks.map((check) => checkCell(check, target))];
  });
  return dataTable({
    label: `Targets of ${riskLevel}`,
    head: ['Target', '', ...rows.map(({ symbol }) => symbol)],
    rows: [...lines, ['Return', '', ...rows.map(({ figures }) => signedPercentText(figures.totalReturn))]],
  });
}

/** How many of many symbols kept each target, and what the middle one of them has. */
export function targetSummary(riskLevel: string, rows: readonly ResultRow[]): Markup {
  const lines = TARGETS.map((target): Content[] => {
    const checks = checksOf(rows, target);
    const judged = checks.filter((check) => check?.passed !== undefined);
    const kept = judged.filter((check) => check?.passed === true).length;
    return [
      target.label,
      goalCell(checks, target),
      judged.length === 0 ? '–' : `${kept} of ${judged.length}`,
      target.text(middle(checks.map((check) => check?.value))),
    ];
  });
  const gained = rows.filter(({ figures }) => (figures.totalReturn ?? 0) > 0).length;
  const typical = signedPercentText(middle(rows.map(({ figures }) => figures.totalReturn)));
  return dataTable({
    label: `Targets of ${riskLevel}`,
    head: ['Target', '', 'Kept by', 'Middle symbol'],
    rows: [...lines, ['Return', markup`<td class="target">above 0</td>`, `${gained} of ${rows.length}`, typical]],
  });
}

function checksOf(rows: readonly ResultRow[], { name }: Target): (TargetCheck | undefined)[] {
  return rows.map(({ verdict }) => verdict.checks.find((check) => check.name === name));
}

function goalCell(checks: readonly (TargetCheck | undefined)[], { text, sense }: Target): Markup {
  const target = checks.find((check) => check !== undefined)?.target ?? undefined;
  return markup`<td class="target">${target === undefined ? 'none' : `${sense} ${withoutZeros(text(target))}`}</td>`;
}

/** A goal is a round number: `1.20` is 1.2 and `15.00 %` is 15 %, but 50 stays what it is. */
function withoutZeros(text: string): string {
  return text.replace(/\.(\d*?)0*(?=\D*$)/, (_, digits: string) => (digits === '' ? '' : `.${digits}`));
}

function checkCell(check: TargetCheck | undefined, { text }: Target): Content {
  if (check === undefined) return 'n/a';
  if (check.passed === undefined) return text(check.value);
  const word = check.passed ? 'kept' : 'missed';
  return markup`<td class="${word}">${text(check.value)}<span class="mark" title="target ${word}">${check.passed ? '✓' : '✗'}<span class="unseen"> target ${word}</span></span></td>`;
}

/** Median of the defined values. */
function middle(values: readonly (number | null | undefined)[]): number | undefined {
  return quantile(
    values.filter((value) => typeof value === 'number'),
    0.5,
  );
}
