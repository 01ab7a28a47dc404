// Does the venue still do what the bot relies on? Each kind of order once, at the smallest size, from place to flat.
import { VenueError } from '../../domain/venue-error.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { Clock } from '../../ports/clock.ts';
import type { VenueAccount } from '../../ports/venue-account.ts';
import type { VenueMarket } from '../../ports/venue-market.ts';
import { CANARY_STEPS, type CanaryDesk, type CanaryStep } from './canary-steps.ts';
import { flattenAccount } from './flatten-account.ts';

export interface CanaryRequest {
  readonly account: VenueAccount;
  readonly market: VenueMarket;
  readonly clock: Clock;
  readonly instrument: Instrument;
  /** Client order ids begin with it; at most 16 characters. */
  readonly idPrefix: string;
  /** How often the venue is asked what it shows, milliseconds. */
  readonly pauseMs: number;
  /** The same while the market is waited for; default: as often. */
  readonly marketPauseMs?: number | undefined;
  /** What a step asked for must show within so many milliseconds. */
  readonly stepMs: number;
  /** The market must touch a stop or target right beside it within so many milliseconds. */
  readonly triggerMs: number;
  /** Codes of the venue, heard so far, that the program does not know. */
  readonly unknownCodes: () => readonly string[];
  /** Why it has to end early, with what it left closed; undefined: it may go on. */
  readonly interrupted?: (() => string | undefined) | undefined;
}

export interface CanaryRow {
  readonly step: string;
  readonly passed: boolean;
  /** A code of the venue's port, or what was missing: `not-seen`, `code-unknown`, `not-flat`; `interrupted`: it had to end. */
  readonly code: string | undefined;
  readonly text: string;
  readonly tookMs: number;
}

export interface CanaryReport {
  readonly symbol: string;
  readonly passed: boolean;
  /** The first step that failed. */
  readonly failedStep: string | undefined;
  readonly rows: readonly CanaryRow[];
  /** The venue itself showed neither a position nor an order in the symbol at the end. */
  readonly flat: boolean;
}

type Outcome = Omit<CanaryRow, 'step' | 'tookMs'>;

/**
 * Steps build upon each other: the first that fails ends the way, and what it left is closed. Where something of the symbol is
 * held or ordered at the beginning, nothing is done at all: it belongs to somebody else.
 */
export async function runCanary(request: CanaryRequest): Promise<CanaryReport> {
  const { symbol } = request.instrument;
  const desk = deskOf(request);
  const first = await rowOf(request, 'nothing is there', () => unused(request));
  if (!first.passed) return { symbol, passed: false, failedStep: first.step, rows: [first], flat: false };
  const rows = [first];
  for (const step of CANARY_STEPS) {
    const row = await rowOf(request, step.name, () => tried(request, step, desk));
    rows.push(row);
    if (!row.passed) break;
  }
  let flat = false;
  const end = await rowOf(request, 'flat at the end', async () => {
    const outcome = await leave(request);
    flat = outcome.passed;
    return outcome;
  });
  rows.push(end);
  const failedStep = rows.find(({ passed }) => !passed)?.step;
  return { symbol, passed: failedStep === undefined, failedStep, rows, flat };
}

async function rowOf(request: CanaryRequest, step: string, act: () => Promise<Outcome>): Promise<CanaryRow> {
  const { clock, unknownCodes } = request;
  const startedAt = clock.now();
  const knownBefore = unknownCodes().length;
  const outcome = await act().catch((error: unknown): Outcome => {
    if (error instanceof VenueError) return { passed: false, code: error.code, text: wordsOf(error) };
    throw error;
  });
  const unknown = unknownCodes().slice(knownBefore);
  const heard: Outcome =
    outcome.passed && unknown.length > 0
      ? { passed: false, code: 'code-unknown', text: `the venue said ${unknown.join(', ')}` }
      : outcome;
  return { step, ...heard, tookMs: clock.now() - startedAt };
}

function wordsOf({ message, venueCode }: VenueError): string {
  return venueCode === undefined ? message : `${message} (venue: ${venueCode})`;
}

async function unused({ account, instrument: { symbol } }: CanaryRequest): Promise<Outcome> {
  const isHeld = (await account.positions()).some((position) => position.symbol === symbol);
  const orders = (await account.openOrders(symbol)).length;
  if (!isHeld && orders === 0) return { passed: true, code: undefined, text: 'neither a position nor an order' };
  const text = `${isHeld ? 'a position is' : `${orders} orders are`} there already; nothing was done`;
  return { passed: false, code: 'not-flat', text };
}

/** The step is done, and the venue shows in time what it should have brought about. */
async function tried(request: CanaryRequest, step: CanaryStep, desk: CanaryDesk): Promise<Outcome> {
  const { clock, stepMs, triggerMs, pauseMs, marketPauseMs = pauseMs, interrupted = () => undefined } = request;
  const early = interrupted();
  if (early !== undefined) return { passed: false, code: 'interrupted', text: early };
  const isSo = await step.act(desk);
  const deadline = clock.now() + (step.waitsForMarket ? triggerMs : stepMs);
  for (;;) {
    const why = interrupted();
    if (why !== undefined) return { passed: false, code: 'interrupted', text: why };
    const lookedAt = clock.now();
    const missing = await isSo();
    if (missing === undefined) return { passed: true, code: undefined, text: 'as it should be' };
    // A look that took long does not decide: the last one begins after the deadline.
    if (lookedAt >= deadline) return { passed: false, code: 'not-seen', text: missing };
    await new Promise<void>((resolve) => {
      clock.after(step.waitsForMarket === true ? marketPauseMs : pauseMs, resolve);
    });
  }
}

async function leave(request: CanaryRequest): Promise<Outcome> {
  const { account, clock, instrument, idPrefix, pauseMs, stepMs } = request;
  const { flat, failures } = await flattenAccount({
    account,
    clock,
    instrument: (symbol) => (symbol === instrument.symbol ? instrument : undefined),
    idPrefix: `${idPrefix}z`,
    sliceShare: 1,
    pauseMs,
    maxPauseMs: pauseMs,
    symbols: [instrument.symbol],
    deadline: clock.now() + stepMs * FLAT_PATIENCE,
  });
  const text = flat
    ? 'neither a position nor an order'
    : `NOT flat: look at the account at once; ${failures.join('; ')}`;
  return { passed: flat, code: flat ? undefined : 'not-flat', text };
}

/** Being flat again is worth more patience than any other step. */
const FLAT_PATIENCE = 4;

function deskOf({ account, market, clock, instrument, idPrefix }: CanaryRequest): CanaryDesk {
  let orders = 0;
  return {
    account,
    market,
    instrument,
    nextId() {
      orders += 1;
      return `${idPrefix}${clock.now().toString(36)}-${orders.toString(36)}`;
    },
  };
}
