// What does the ranking answer? Every symbol with its components, whether it is selected and why not, in lines or as JSON.
import { isoTime } from '../domain/iso-time.ts';
import { COMPONENTS, type Component } from '../portfolio/portfolio-params.ts';
import type { RankedSymbol, Rebalance } from '../portfolio/rebalance.ts';
import { formatNumber, formatPercent } from '../research/format-number.ts';
import { table } from '../research/markdown-table.ts';

export interface RankAnswer {
  readonly rebalance: Rebalance;
  /** The settings trade with the portfolio layer. */
  readonly enabled: boolean;
  readonly synthetic: boolean;
}

/** What is always to be said beside it. */
const WITHOUT_MODEL = 'No model is asked here, so confidence counts neither for nor against a symbol.';

/** The answer for people. */
export function rankLines({ rebalance, enabled, synthetic }: RankAnswer): string[] {
  const { time, ranking, selected, weights, cash, riskContributions, fallback, groups } = rebalance;
  const rows = ranking.map((row) => {
    const place = selected.indexOf(row.symbol);
    return [
      row.rank ?? '-',
      row.symbol,
      formatNumber(row.score, 4),
      ...COMPONENTS.map((name) => componentText(row, name)),
      row.tradedValue24h === undefined ? 'n/a' : formatNumber(row.tradedValue24h / 1e6, 3),
      place < 0 ? '-' : formatPercent(weights[place]),
      place < 0 ? '-' : formatPercent(riskContributions?.[place]),
      row.refusal ?? 'selected',
    ];
  });
  const head = [
    'Rank',
    'Symbol',
    'Score',
    'Sharpe',
    'ADX',
    'Confidence',
    'Volatility',
    '24 h (m)',
    'Weight',
    'Risk',
    'Decision',
  ];
  return [
    ...(synthetic ? ['Synthetic market: no market made these candles.'] : []),
    ...table(head, rows),
    '',
    `Decided at the close ${isoTime(time)} UTC: ${selected.join(', ') || 'nothing'} selected, ${formatPercent(cash)} in cash.`,
    'Beside every component stands, in brackets, what it counts across the section: higher is better.',
    WITHOUT_MODEL,
    ...(fallback === undefined ? [] : [`Weights by ${fallback.method}: ${fallback.reason}.`]),
    ...groups.map((members) => `One bet: ${members.join(', ')}.`),
    ...rebalance.warnings.map((warning) => `Warning: ${warning}.`),
    ...(enabled ? [] : ['The settings trade without it: portfolio.cross_sectional.enabled is false.']),
  ];
}

const UNITS: Readonly<Record<Component, (value: number | undefined) => string>> = {
  sharpe: (value) => formatNumber(value, 2),
  adx: (value) => formatNumber(value, 1),
  confidence: (value) => formatNumber(value, 2),
  volatility: (value) => formatPercent(value),
};

function componentText({ values, components, score }: RankedSymbol, name: Component): string {
  const measured = UNITS[name](values[name]);
  return score === undefined ? measured : `${measured} (${formatNumber(components[name], 2)})`;
}

/** The answer for programs: one line of JSON; null: not known. */
export function rankJson({ rebalance, ...about }: RankAnswer): string {
  return JSON.stringify(
    { ok: rebalance.selected.length > 0, ...about, note: WITHOUT_MODEL, ...rebalance },
    (_, value: unknown) => (value === undefined ? null : value),
  );
}
