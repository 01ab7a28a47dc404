// How is the account closed from a process of its own? Asked again and again until the venue says flat, with the state for everybody to see.
import { createLatchFiles } from '../adapters/system/latch-files.ts';
import { flattenAccount, type FlattenReport } from '../live/safety/flatten-account.ts';
import { FAMILY_PREFIX } from '../live/session/order-ids.ts';
import { accessAccount, type AccountOptions } from './account-access.ts';
import type { CliContext } from './context.ts';

export interface FlattenOptions extends AccountOptions {
  /** Undefined: all that is held. */
  readonly symbols?: readonly string[] | undefined;
  /** Where `kill-report.json` says how far it is; undefined: nowhere. */
  readonly folder?: string | undefined;
  readonly deadlineSeconds?: number | undefined;
}

const PAUSE_MS = 500;
const MAX_PAUSE_MS = 5_000;
const SLICE_SHARE = 0.5;

export async function runFlatten(options: FlattenOptions, context: CliContext): Promise<FlattenReport> {
  const { symbols, folder, deadlineSeconds } = options;
  const reports = folder === undefined ? undefined : createLatchFiles(folder);
  const say = (text: string): void => void context.stderr.write(`${text}\n`);
  const by = 'perpilot flatten';
  const access = await accessAccount(options, context, (text) => {
    say(text);
    reports?.report('kill', { by, state: 'connecting', lastFailure: text, at: Date.now() });
  });
  const { connection, clock, instrument } = access;
  try {
    const report = await flattenAccount({
      account: connection.account,
      clock,
      instrument,
      idPrefix: `${FAMILY_PREFIX}fl-`,
      sliceShare: SLICE_SHARE,
      pauseMs: PAUSE_MS,
      maxPauseMs: MAX_PAUSE_MS,
      symbols,
      deadline: deadlineSeconds === undefined ? undefined : clock.now() + deadlineSeconds * 1_000,
      note: say,
      progress: (now) => reports?.report('kill', { by, state: 'flattening', ...now }),
    });
    reports?.report('kill', { by, state: report.flat ? 'flat' : 'not flat', ...report });
    return report;
  } finally {
    await connection.close();
  }
}
