// Is the exchange there, and would it let the bot trade? Way, clock, key, account, and whether its candles are fresh.
import { setTimeout as pause } from 'node:timers/promises';
import { checkAccess } from '../../adapters/ccxt/check-access.ts';
import type { Config } from '../../config/schema.ts';
import { VENUE_ERROR_CODES, VenueError } from '../../domain/venue-error.ts';
import type { VenueName } from '../../ports/venue-connection.ts';
import { ERROR_CODES } from '../../domain/errors.ts';
import { judgeAccount } from '../../live/start/account-fit.ts';
import { environmentOf, type ExchangeMode, type Key } from '../bot-modes.ts';
import { openBotVenue, type BotVenue } from '../bot-venue.ts';
import { checksOf, failuresOf, type Check } from './check.ts';

const maker = checksOf('venue');
const { ok, warning, failed } = maker;
const MEANINGS = { ...VENUE_ERROR_CODES, ...ERROR_CODES };

/** An exchange that says nothing for so long is not there. */
const PATIENCE_MS = 20_000;
const SLOW_MS = 1_000;
const ASKED = 5;
const NET_MEND = 'look at the network of this machine, its firewall and DNS, and at the status page of the exchange';

export interface VenueQuestion {
  readonly exchange: VenueName;
  readonly mode: ExchangeMode;
  readonly key: Key | undefined;
  readonly baseUrl: string | undefined;
  readonly symbols: readonly string[];
  readonly barMs: number;
  readonly live: Config['live'];
  readonly maxLeverage: number;
}

export interface VenueAnswer {
  readonly checks: readonly Check[];
  /** Time of the market; undefined: the exchange was not to be had. */
  readonly now: number | undefined;
  /** Median of the round trips, milliseconds. */
  readonly latencyMs: number | undefined;
}

export async function venueChecks(question: VenueQuestion): Promise<VenueAnswer> {
  const { exchange, mode, key, baseUrl } = question;
  const environment = environmentOf(mode);
  const opened = openBotVenue({ venue: exchange, environment, key, baseUrl, notice: () => undefined });
  // Whatever comes after the patience has ended is closed, and heard by nobody.
  let isLate = false;
  opened.then(
    (venue) => (isLate ? venue.close() : undefined),
    () => undefined,
  );
  const timer = new AbortController();
  try {
    const late = pause(PATIENCE_MS, undefined, { signal: timer.signal }).then(() => undefined);
    const venue = await Promise.race([opened, late]);
    timer.abort();
    late.catch(() => undefined);
    if (venue === undefined) {
      isLate = true;
      const says = `${exchange} has not answered for ${PATIENCE_MS / 1_000} s`;
      return { checks: [failed('network', says, NET_MEND)], now: undefined, latencyMs: undefined };
    }
    try {
      return await askVenue(venue, question);
    } finally {
      await venue.close();
    }
  } catch (error) {
    return { checks: failuresOf(error, 'network', maker, NET_MEND), now: undefined, latencyMs: undefined };
  } finally {
    timer.abort();
  }
}

async function askVenue(venue: BotVenue, question: VenueQuestion): Promise<VenueAnswer> {
  const checks: Check[] = [];
  const latencyMs = await latencyOf(venue);
  const says = `${question.exchange} answers in ${latencyMs.toFixed(0)} ms (median of ${ASKED})`;
  checks.push(
    latencyMs <= SLOW_MS ? ok('network', says) : warning('network', says, 'take a machine nearer to the exchange'),
    clockCheck(venue),
    ...(await answered('market', () => marketChecks(venue, question))),
    ...(question.key === undefined ? [] : await answered('account', () => accountChecks(venue, question))),
  );
  return { checks, now: venue.clock.now(), latencyMs };
}

/** A question that the venue leaves open takes no other with it. */
async function answered(id: string, ask: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await ask();
  } catch (error) {
    return failuresOf(error, id, maker, error instanceof VenueError ? VENUE_ERROR_CODES[error.code] : NET_MEND);
  }
}

async function latencyOf({ connection }: BotVenue): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < ASKED; count += 1) {
    const began = performance.now();
    await connection.market.serverTime();
    times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b)[ASKED >> 1];
}

function clockCheck({ connection }: BotVenue): Check {
  const { clockOffsetMs: offset } = connection.health();
  const mend = 'switch on time synchronisation: sudo timedatectl set-ntp true, or install chrony';
  if (offset === undefined) return maker.unknown('clock', 'the clock of the exchange was not measured');
  const says = `this clock is ${Math.abs(offset).toFixed(0)} ms ${offset > 0 ? 'behind' : 'ahead of'} the exchange's`;
  return Math.abs(offset) <= 500 ? ok('clock', says) : failed('clock', says, mend);
}

/** Whether every symbol is traded, and its newest candle is there. */
async function marketChecks(venue: BotVenue, { symbols, barMs }: VenueQuestion): Promise<readonly Check[]> {
  const now = venue.clock.now();
  const late: Check[] = [];
  for (const symbol of symbols) {
    const from = Math.floor(now / barMs - 3) * barMs;
    const candles = await venue.connection.market.candles({ symbol, intervalMs: barMs, from, price: 'trade' });
    const closed = (candles.at(-1)?.openTime ?? -Infinity) + barMs;
    if (now - closed <= 2 * barMs) continue;
    late.push(warning('market', `${symbol}: the exchange has no candle of the last two`, 'wait, or leave it out'));
  }
  return late.length > 0 ? late : [ok('market', `the newest candles of ${symbols.join(', ')} are there`)];
}

async function accountChecks(venue: BotVenue, question: VenueQuestion): Promise<readonly Check[]> {
  const { symbols, live, maxLeverage } = question;
  const { connection, openElsewhere } = venue;
  const access = await checkAccess({ connection, symbols, now: Date.now(), openElsewhere });
  const found = access
    .filter(({ code }) => code !== 'CLOCK_OFF')
    .map(({ code, severity, message }) =>
      (severity === 'refuse' ? failed : warning)('key', `${code}: ${message}`, MEANINGS[code]),
    );
  if (found.some(({ result }) => result === 'failed')) return found;
  const { account } = connection;
  // Whether another perpilot trades there is the start's question, which has the journal.
  const answers = {
    modes: await account.modes(symbols),
    positions: await account.positions(),
    openOrders: await account.openOrders(),
    executions: [],
  };
  const wishes = { marginMode: live.marginMode, maxLeverage, isKnown: () => true, takeOver: false };
  const faults = judgeAccount(answers, wishes);
  const { equity } = await account.balance();
  return [
    ...(found.length > 0 ? found : [ok('key', 'the key may trade contracts, and may not withdraw')]),
    ...(faults.length > 0
      ? faults.map(({ code, message }) => failed('account', `${code}: ${message}`, MEANINGS[code]))
      : [ok('account', `modes and leverage fit; equity ${equity.toFixed(2)}, ${answers.positions.length} positions`)]),
  ];
}
