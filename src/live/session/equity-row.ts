// What was the account worth after a close? One row, in the commit of the decision itself.
import { toExactJson } from '../../domain/exact-json.ts';
import { ledgerEquity, type Ledger } from '../../domain/ledger.ts';
import type { EngineEvent } from '../../engine/event.ts';
import type { NewJournalRow } from '../../ports/journal.ts';

/** None for other events than closes that are decided at. */
export function equityRows(event: EngineEvent, ledger: Ledger, receivedTime: number): readonly NewJournalRow[] {
  if (event.kind !== 'slice' || event.use === 'backfill') return [];
  const payload = toExactJson({ equity: ledgerEquity(ledger), wallet: ledger.walletNumber });
  return [{ stream: 'equity', key: '', eventTime: event.time, receivedTime, payload }];
}
