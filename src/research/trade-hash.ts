// Are two runs the same, trade by trade? One hash over every round trip of every variant.
import { sha256Hex } from '../domain/sha256.ts';
import type { VariantOutcome } from './outcome.ts';

/** SHA-256 over all trades in the order of the outcomes; every number in its shortest exact decimal form. */
export function tradeHash(outcomes: readonly VariantOutcome[]): string {
  const lines = outcomes.flatMap((outcome) => [
    `# ${outcome.symbol} ${outcome.configHash}`,
    ...outcome.trades.map((trade) =>
      [
        ...(outcome.portfolio === undefined ? [] : [trade.symbol]),
        trade.direction,
        trade.entryTime,
        trade.exitTime,
        trade.entryPrice,
        trade.exitPrice,
        trade.quantity,
        trade.leverage,
        trade.fees,
        trade.funding,
        trade.netPnl,
        trade.reason,
        trade.modelId,
      ].join(' '),
    ),
  ]);
  return sha256Hex([new TextEncoder().encode(lines.join('\n'))]);
}
