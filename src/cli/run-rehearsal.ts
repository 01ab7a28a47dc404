// What did the bot do in its rehearsal? Runs it to the end, or until it is told to stop, and counts.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '../config/load-config.ts';
import { PerpilotError } from '../domain/errors.ts';
import { isoTime } from '../domain/iso-time.ts';
import { ledgerEquity, ledgerTotals } from '../domain/ledger.ts';
import { atomsToNumber } from '../domain/money.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
import { rehearse } from '../live/rehearsal/rehearse.ts';
import type { RegistryChange } from '../ports/model-store.ts';
import type { Incident } from '../live/session/session-setup.ts';
import { configRequestOf } from './arguments.ts';
import { composeRehearsal, type ComposedRehearsal, type RehearsalOptions } from './compose-rehearsal.ts';
import type { CliContext } from './context.ts';

export interface RehearsalAnswer {
  readonly from: number;
  readonly until: number;
  readonly synthetic: boolean;
  readonly symbols: readonly string[];
  readonly startEquity: number;
  readonly equity: number;
  readonly fees: number;
  readonly funding: number;
  readonly trades: readonly RoundTrip[];
  readonly open: readonly string[];
  readonly models: readonly {
    readonly symbol: string;
    readonly id: string | undefined;
    readonly reason: string | undefined;
  }[];
  readonly incidents: readonly Incident[];
  /** What became of the models on the way, oldest first; undefined: they were not renewed. */
  readonly renewals: readonly RegistryChange[] | undefined;
  /** Our ledger and the exchange's are equal to the last digit. */
  readonly sameLedger: boolean;
  readonly journal: string;
  readonly seconds: number;
}

/** Messages on loopback are there within so many milliseconds, or the market goes on without them. */
const PATIENCE_MS = 2_000;

const USUAL_DAYS = 30;

/** What is not given: the embedded market where no data are known, thirty days, and a folder named by the time. */
export function rehearsalOptions(given: Partial<RehearsalOptions>): RehearsalOptions {
  const { root } = loadConfig(configRequestOf(given)).config.data;
  const embedded = given.embedded === true || (given.data === undefined && root === null);
  const stamp = new Date().toISOString().replaceAll(/[-:]|\..*/g, '');
  return { ...given, embedded, days: given.days ?? USUAL_DAYS, out: given.out ?? join('runs', `rehearsal-${stamp}`) };
}

/** @throws PerpilotError OUTPUT_UNWRITABLE for a folder that is not empty: a journal belongs to one run of one market */
export async function runRehearsal(options: RehearsalOptions, context: CliContext): Promise<RehearsalAnswer> {
  refuseUsed(options.out);
  const startedAt = performance.now();
  const { signal } = context.interrupt;
  const composed = await composeRehearsal(options, signal);
  try {
    await Promise.race([drive(composed, context), composed.fatal]);
    const registry = await composed.store?.registry();
    return { ...answerOf(composed, (performance.now() - startedAt) / 1000), renewals: registry?.changes };
  } finally {
    await composed.close();
  }
}

async function drive(
  { session, clock, pace, engine, from, until }: ComposedRehearsal,
  context: CliContext,
): Promise<void> {
  const { signal } = context.interrupt;
  const { stderr } = context;
  await session.start();
  let shown = -1;
  await rehearse({
    session,
    clock,
    pace,
    patience: () => pause(PATIENCE_MS, undefined, { ref: false }),
    executionsBefore: 0,
    isOver: (time) => {
      const percent = Math.floor((100 * (time - from)) / (until - from));
      if (stderr.isTTY === true && percent !== shown) {
        stderr.write(`\r${isoTime(time)} ${percent} %, ${engine.state.roundTrips.length} trades `);
        shown = percent;
      }
      return signal.aborted;
    },
  });
  if (stderr.isTTY === true) stderr.write('\n');
  signal.throwIfAborted();
}

function answerOf(composed: ComposedRehearsal, seconds: number): Omit<RehearsalAnswer, 'renewals'> {
  const { engine, exchange, journal, models, incidents, from, until, synthetic } = composed;
  const { ledger, roundTrips, symbols } = engine.state;
  const totals = ledgerTotals(ledger);
  return {
    from,
    until,
    synthetic,
    symbols: symbols.map(({ instrument }) => instrument.symbol),
    startEquity: atomsToNumber(ledger.start),
    equity: ledgerEquity(ledger),
    fees: atomsToNumber(totals.fees),
    funding: atomsToNumber(totals.funding),
    trades: roundTrips,
    open: symbols.flatMap(({ instrument, trade }) => (trade === undefined ? [] : [instrument.symbol])),
    models: models.map(({ symbol, trained, reason }) => ({ symbol, id: trained?.model.id, reason })),
    incidents,
    sameLedger: ledger.wallet === exchange.ledger.wallet,
    journal: journal.place,
    seconds,
  };
}

function refuseUsed(folder: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0) return;
  throw new PerpilotError('OUTPUT_UNWRITABLE', [
    {
      message: `${folder} is not empty`,
      where: '--out',
      hint: 'a rehearsal begins a journal of its own: give a new folder, or remove this one',
    },
  ]);
}
