// How does a strategy that follows a script trade a frozen market? Through the engine and the venue, all its orders on record.
import { prove, type ProofSetup } from '../../scenarios/engine/random-backtest.ts';
import { accountOf, type Part } from './frozen-markets.ts';
import type { FinishedRun } from './frozen-figures.ts';

export interface ScriptedRun extends Omit<ProofSetup, 'market' | 'check'> {
  readonly parts: readonly Part[];
}

/** Runs the script over all parts in one account. */
export function runScripted({ parts, ...setup }: ScriptedRun): FinishedRun {
  const market = accountOf(parts);
  const { result, orders } = prove({ ...setup, market });
  const data = market.series.map((series, index) => ({ series, funding: market.funding[index] }));
  return { result, orders: [...orders.values()], data };
}
