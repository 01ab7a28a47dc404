// What did the bot show on the test site? Its journal there: how long, without holes, with which settings, and what went wrong.
import { join } from 'node:path';
import { PerpilotError } from '../../domain/errors.ts';
import { DAY_MS } from '../../domain/time.ts';
import { differences } from '../../live/record/run-record.ts';
import { healthRulesOf } from '../../live/status/operations-config.ts';
import type { Journal } from '../../ports/journal.ts';
import type { BotPlan } from '../bot-plan.ts';
import { engineOfRun, openRecorded, recordedSettings } from '../recorded-run.ts';
import { readStatus } from '../status-file.ts';

/** What happened there that must not happen with real money, within the days that count. */
const GRAVE = [
  'protection-failed',
  'emergency-close',
  'orders-left-over',
  'journal-unwritable',
  'latch-unwritable',
  'unreadable-message',
] as const;

export interface Validation {
  readonly folder: string;
  /** As its status file says; undefined: it has none. */
  readonly mode: string | undefined;
  /** First and last close, epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly days: number;
  /** Closes that were decided, of those that there were. */
  readonly coverage: number;
  readonly trades: number;
  /** What the engine would do otherwise now. */
  readonly changed: readonly string[];
  /** Undefined: every command is the same when it is fed again. */
  readonly replayFault: string | undefined;
  readonly grave: readonly string[];
  readonly withoutModel: readonly string[];
}

/** Undefined with the reason where no bot has been validated there. */
export async function readValidation(folder: string, plan: BotPlan): Promise<Validation | string> {
  const opened = await openRecorded(join(folder, 'journal.sqlite')).catch((error: unknown) => {
    if (error instanceof PerpilotError) return error.message;
    throw error;
  });
  if (typeof opened === 'string') return `${folder}: ${opened}`;
  const { journal, run } = opened;
  try {
    const closes = [
      ...new Set([...journal.read({ stream: 'equity', from: run.sequence })].map((row) => row.eventTime)),
    ];
    if (closes.length < 2) return `${folder}: fewer than two closes were decided`;
    const from = Math.min(...closes);
    const until = Math.max(...closes);
    const { barMs } = run.record;
    const engine = engineOfRun(journal, run);
    const replayFault = faultOf(() => engine.recover(run.sequence));
    const view = readStatus(folder, healthRulesOf(plan.loaded.config.operations), Date.now());
    const document = view.kind === 'status' ? view.document : undefined;
    return {
      folder,
      mode: document?.mode,
      from,
      until,
      days: (until - from) / DAY_MS,
      coverage: closes.length / ((until - from) / barMs + 1),
      trades: engine.state.roundTrips.length,
      changed: differences(run.record, {
        settings: recordedSettings(plan.loaded.resolved),
        barMs: plan.barMs,
        symbols: run.record.symbols,
      }),
      replayFault,
      grave: graveIncidents(journal, from),
      withoutModel: engine.state.symbols.flatMap(({ instrument, model }) =>
        model === undefined ? [instrument.symbol] : [],
      ),
    };
  } finally {
    journal.close();
  }
}

function graveIncidents(journal: Journal, since: number): readonly string[] {
  return GRAVE.flatMap((key) => {
    const count = [...journal.read({ stream: 'incident', key, since })].length;
    return count === 0 ? [] : [`${count} × ${key}`];
  });
}

function faultOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
