// What comes of a packed journal when this version replays it?
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { openJournal } from '../../../src/adapters/sqlite/journal.ts';
import { engineOfRun, openRecorded } from '../../../src/cli/recorded-run.ts';
import { exactEquity } from '../../../src/domain/ledger.ts';

export interface Replayed {
  readonly version: string;
  readonly steps: number;
  readonly commands: number;
  readonly trades: number;
  /** Atoms. */
  readonly equity: string;
}

/** `migrated`: brought to this version first. @throws PerpilotError JOURNAL_CORRUPT where a step leads to another command than recorded */
export async function replayed(folder: string, migrated = false): Promise<Replayed> {
  const place = mkdtempSync(join(tmpdir(), 'perpilot-replay-'));
  try {
    const file = join(place, 'journal.sqlite');
    writeFileSync(file, brotliDecompressSync(readFileSync(join(folder, 'journal.sqlite.br'))));
    cpSync(join(folder, 'models'), join(place, 'models'), { recursive: true });
    if (migrated) (await openJournal({ file, now: () => 0 })).close();
    const { journal, run } = await openRecorded(file);
    try {
      const engine = engineOfRun(journal, run);
      const steps = engine.recover(run.sequence);
      const orders = [...journal.read({ stream: 'event' })].filter(({ payload }) => payload.includes('"kind":"place"'));
      const { roundTrips, ledger } = engine.state;
      const { version } = run.record;
      const equity = String(exactEquity(ledger));
      return { version, steps, commands: orders.length, trades: roundTrips.length, equity };
    } finally {
      journal.close();
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
