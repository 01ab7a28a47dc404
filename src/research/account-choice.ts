// Is the best of the accounts over all symbols more than the luck of choosing it among them, whatever else was ever tried?
import { DAYS_PER_YEAR } from '../domain/time.ts';
import { figureOf, without, type Figure } from './figure.ts';
import type { PortfolioFigures } from './portfolio-figures.ts';
import type { ResearchResult, ResultRow } from './result-file.ts';
import { gateDeflatedSharpe } from './selection-deflation.ts';
import { selectionOf } from './selection.ts';
import { sampleVariance } from './statistics/moments.ts';

/** A row of an account over all symbols. */
export type AccountRow = ResultRow & { readonly portfolio: PortfolioFigures };

/** The rows of accounts over all symbols, in their order. */
export function accountRowsOf({ rows }: Pick<ResearchResult, 'rows'>): AccountRow[] {
  return rows.flatMap((row) => (row.portfolio === undefined ? [] : [{ ...row, portfolio: row.portfolio }]));
}

/**
 * The gate's deflated Sharpe ratio of `row` as if the accounts of its risk level were all that was ever tried: what the choice
 * among them alone costs.
 */
export function deflatedAmongAccounts(result: Pick<ResearchResult, 'rows' | 'selection'>, row: AccountRow): Figure {
  const { gateBasis } = selectionOf(result.selection, row);
  if (gateBasis.value === undefined) return without(gateBasis.reason);
  const rivals = accountRowsOf(result).filter(({ riskLevel }) => riskLevel === row.riskLevel);
  const sharpes = rivals.flatMap((rival) => selectionOf(result.selection, rival).sharpe.value ?? []);
  const daily = sharpes.map((sharpe) => sharpe / Math.sqrt(DAYS_PER_YEAR));
  const selection = { trials: rivals.length, varianceOfSharpes: sampleVariance(daily) };
  return figureOf(gateDeflatedSharpe(gateBasis.value, selection), 'no such moments');
}

/** The account with the highest Sharpe ratio of each risk level that has one. */
export function bestAccounts(result: Pick<ResearchResult, 'rows'>): AccountRow[] {
  const byLevel = Map.groupBy(accountRowsOf(result), ({ riskLevel }) => riskLevel);
  return [...byLevel.values()].flatMap((rows) => {
    const known = rows.filter(({ figures }) => figures.sharpe !== undefined);
    return known.toSorted((a, b) => (b.figures.sharpe ?? 0) - (a.figures.sharpe ?? 0)).slice(0, 1);
  });
}
