// What does money from outside change? The wallet, and every mark that gains and losses are measured from: it is neither.
import { bookDeposit } from '../domain/ledger.ts';
import type { MoneyMoved } from './event.ts';
import type { EngineState } from './state.ts';

/** Books the movement; drawdown, daily loss and guard see neither a profit nor a loss. */
export function digestMoney({ ledger, limits, guard }: EngineState, { time, amount }: MoneyMoved): void {
  bookDeposit(ledger, time, amount);
  limits.dayStartEquity += amount;
  limits.lastEquity += amount;
  limits.peakEquity += amount;
  if (guard.peak !== undefined) guard.peak += amount;
  if (guard.equity !== undefined) guard.equity += amount;
}
