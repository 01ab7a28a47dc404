// What does a run keep of its accounts over all symbols? Who brought what, and every rebalance symbol by symbol, as plain tables.
import { isoTime } from '../domain/iso-time.ts';
import { COMPONENTS } from '../portfolio/portfolio-params.ts';
import type { RankedSymbol, Rebalance } from '../portfolio/rebalance.ts';
import type { PortfolioOutcome } from './outcome.ts';
import { rebalancesOf, type SymbolContribution } from './portfolio-figures.ts';
import { csv } from './run-tables.ts';

type Value = string | number | undefined;

const KEYS = ['risk_level', 'variant'];
const keysOf = ({ riskLevel, variant }: PortfolioOutcome): string[] => [riskLevel, variant];

const CONTRIBUTION_COLUMNS: readonly (readonly [string, (own: SymbolContribution) => Value])[] = [
  ['symbol', ({ symbol }) => symbol],
  ['trades', ({ trades }) => trades],
  ['net_pnl', ({ netPnl }) => netPnl],
  ['contribution', ({ contribution }) => contribution],
  ['fees', ({ fees }) => fees],
  ['slippage', ({ slippage }) => slippage],
  ['funding', ({ funding }) => funding],
  ['time_in_market', ({ timeInMarket }) => timeInMarket],
  ['delisted_trades', ({ delistedTrades }) => delistedTrades],
  ['selected_share', ({ selectedShare }) => selectedShare],
  ['mean_weight', ({ meanWeight }) => meanWeight],
  ['mean_risk_contribution', ({ meanRiskContribution }) => meanRiskContribution],
];

/** One line per account and symbol. */
export function portfolioCsv(outcomes: readonly PortfolioOutcome[]): string {
  const lines = outcomes.flatMap((outcome) =>
    outcome.portfolio.contributions.map((own) =>
      lineOf([...keysOf(outcome), ...CONTRIBUTION_COLUMNS.map(([, of]) => of(own))]),
    ),
  );
  return csv([...KEYS, ...CONTRIBUTION_COLUMNS.map(([name]) => name)], lines);
}

interface RankedAt {
  readonly rebalance: Rebalance;
  readonly ranked: RankedSymbol;
  /** In the selection; -1: not in it. */
  readonly place: number;
}

const REBALANCE_COLUMNS: readonly (readonly [string, (at: RankedAt) => Value])[] = [
  ['time', ({ rebalance }) => isoTime(rebalance.time)],
  ['symbol', ({ ranked }) => ranked.symbol],
  ['rank', ({ ranked }) => ranked.rank],
  ['score', ({ ranked }) => ranked.score],
  ...COMPONENTS.map((name) => [name, ({ ranked }: RankedAt) => ranked.values[name]] as const),
  ...COMPONENTS.map((name) => [`${name}_score`, ({ ranked }: RankedAt) => ranked.components[name]] as const),
  ['traded_value_24h', ({ ranked }) => ranked.tradedValue24h],
  ['eligible', ({ ranked }) => (ranked.eligible ? 1 : 0)],
  ['selected', ({ ranked }) => (ranked.selected ? 1 : 0)],
  ['refusal', ({ ranked }) => ranked.refusal],
  ['weight', ({ rebalance, place }) => rebalance.weights[place]],
  ['risk_contribution', ({ rebalance, place }) => rebalance.riskContributions?.[place]],
  ['fallback', ({ rebalance }) => rebalance.fallback?.method],
];

/** One line per account, rebalance and symbol, best first. */
export function rebalancesCsv(outcomes: readonly PortfolioOutcome[]): string {
  const lines = outcomes.flatMap((outcome) =>
    rebalancesOf(outcome.notes).flatMap((rebalance) =>
      rebalance.ranking.map((ranked) => {
        const at = { rebalance, ranked, place: rebalance.selected.indexOf(ranked.symbol) };
        return lineOf([...keysOf(outcome), ...REBALANCE_COLUMNS.map(([, of]) => of(at))]);
      }),
    ),
  );
  return csv([...KEYS, ...REBALANCE_COLUMNS.map(([name]) => name)], lines);
}

/** An undefined figure is an empty cell. */
function lineOf(values: readonly Value[]): string {
  return values.map((value) => value ?? '').join(',');
}
