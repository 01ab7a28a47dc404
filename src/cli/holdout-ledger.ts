// Who has looked at the holdout? Each opening is written down before anything in it can be seen.
import { join } from 'node:path';
import { createChainedFile } from '../adapters/trials/chained-file.ts';
import type { SymbolMarket } from '../research/market.ts';
import { openHoldout, parseOpening, type Holdout, type HoldoutOpening } from '../research/holdout.ts';
import type { ComposedVariant } from './compose-variants.ts';

export const OPENINGS_FILE = 'holdout-openings.jsonl';

export interface OpeningFacts {
  readonly markets: readonly SymbolMarket[];
  readonly variants: readonly ComposedVariant[];
  readonly holdout: Holdout;
  readonly runId: string;
  /** Epoch milliseconds. */
  readonly openedAt: number;
  readonly reason: string;
  /** Open although it has been opened before. */
  readonly again: boolean;
}

/**
 * Writes the opening into the ledger in `out`. @throws PerpilotError HOLDOUT_OPENED when it was opened before and `again`
 * is not given
 */
export async function recordOpening(facts: OpeningFacts, out: string): Promise<void> {
  const { markets, variants, ...opening } = facts;
  await openHoldout(ledgerIn(out), {
    ...opening,
    data: markets.map(({ symbol, dataHash }) => ({ symbol, dataHash })),
    configHashes: variants.map(({ settings }) => settings.configHash),
  });
}

/** Every opening that the ledger in `out` knows, oldest first. */
export async function openingsIn(out: string): Promise<readonly HoldoutOpening[]> {
  return ledgerIn(out).entries();
}

function ledgerIn(out: string): ReturnType<typeof createChainedFile<HoldoutOpening>> {
  return createChainedFile({ path: join(out, OPENINGS_FILE), parse: parseOpening });
}
