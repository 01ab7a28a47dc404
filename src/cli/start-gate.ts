// May the bot start? Everything that speaks against it is told at once, each with a code of its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkAccess } from '../adapters/ccxt/check-access.ts';
import { codeVersion } from '../adapters/system/code-version.ts';
import { hashOf } from '../config/hash.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { ERROR_CODES, PerpilotError, type Problem } from '../domain/errors.ts';
import { DAY_MS } from '../domain/time.ts';
import { VENUE_ERROR_CODES, VenueError } from '../domain/venue-error.ts';
import { judgeAccount, type AccountAnswers, type AccountWishes } from '../live/start/account-fit.ts';
import { accountId, judgeReadiness } from '../live/start/readiness-report.ts';
import { canaryPrefix } from '../live/session/order-ids.ts';
import type { Journal } from '../ports/journal.ts';
import type { VenueAccount } from '../ports/venue-account.ts';
import { CONFIRMATION, type Key } from './bot-modes.ts';
import type { BotVenue } from './bot-venue.ts';
import type { Environment } from './terminal.ts';

/** Beside the journal. */
export const READINESS_FILE = 'readiness.json';
/** Executions of another bot are looked for so far back. */
const LOOK_BACK_MS = DAY_MS;

export interface LiveGate {
  readonly folder: string;
  readonly venue: string;
  readonly key: Key;
  readonly loaded: LoadedConfig;
  readonly env: Environment;
}

/** Real money needs more than a mode. @throws PerpilotError START_REFUSED */
export function refuseUnready({ folder, venue, key, loaded, env }: LiveGate): void {
  const file = join(folder, READINESS_FILE);
  const findings = judgeReadiness(textOf(file), {
    account: accountId(venue, 'live', key.key),
    configHash: hashOf({ all: loaded.resolved }),
    codeVersion: codeVersion(),
    now: Date.now(),
  }).map((finding) => ({ ...finding, where: file }));
  const message = `${CONFIRMATION.name} is not ${CONFIRMATION.value}`;
  const confirmed = env[CONFIRMATION.name] === CONFIRMATION.value;
  refuse([...(confirmed ? [] : [{ code: 'REAL_MONEY_UNCONFIRMED' as const, message }]), ...findings]);
}

export interface AccountGate {
  readonly venue: BotVenue;
  readonly symbols: readonly string[];
  readonly journal: Journal;
  /** What the client order ids of this bot begin with. */
  readonly prefix: string;
  readonly marginMode: AccountWishes['marginMode'];
  readonly maxLeverage: number;
  readonly takeOver: boolean;
  /** Of what speaks for care only. */
  readonly remark: (text: string) => void;
}

/** Whether an order with our mark is in the journal; emergency closes ask nobody, not even the journal, and canaries stand there as a whole. */
export function knownOrders({ journal, prefix }: Pick<AccountGate, 'journal' | 'prefix'>): AccountWishes['isKnown'] {
  const beside = [`${prefix}x`, canaryPrefix(prefix)];
  return (id) =>
    beside.some((each) => id.startsWith(each)) || (id.startsWith(prefix) && journal.latest('order', id) !== undefined);
}

/** Asks clock, key, symbols and account. @throws PerpilotError START_REFUSED; VenueError when the venue is not there */
export async function refuseUnfit(gate: AccountGate): Promise<void> {
  const { venue, symbols, remark } = gate;
  const { connection, openElsewhere } = venue;
  const access = await checkAccess({ connection, symbols, now: Date.now(), openElsewhere });
  for (const { severity, message } of access) if (severity === 'warn') remark(message);
  const refusals: Refusal[] = access.filter(({ severity }) => severity === 'refuse');
  const unlisted = new Set(access.flatMap(({ code, symbol }) => (code === 'SYMBOL_UNKNOWN' ? [symbol] : [])));
  const known = symbols.filter((symbol) => !unlisted.has(symbol));
  const answers = await accountAnswers(connection.account, known, venue.clock.now());
  if ('failure' in answers) {
    const { code, message } = answers.failure;
    if (refusals.length === 0) throw answers.failure;
    if (!refusals.some((each) => each.code === code)) refusals.push({ code, message });
  } else {
    const { marginMode, maxLeverage, takeOver } = gate;
    refusals.push(...judgeAccount(answers, { marginMode, maxLeverage, takeOver, isKnown: knownOrders(gate) }));
  }
  refuse(refusals);
}

async function accountAnswers(
  account: VenueAccount,
  symbols: readonly string[],
  now: number,
): Promise<AccountAnswers | { readonly failure: VenueError }> {
  try {
    return {
      modes: await account.modes(symbols),
      positions: await account.positions(),
      openOrders: await account.openOrders(),
      executions: await account.executions({ from: now - LOOK_BACK_MS }),
    };
  } catch (error) {
    if (error instanceof VenueError) return { failure: error };
    throw error;
  }
}

const MEANINGS = { ...VENUE_ERROR_CODES, ...ERROR_CODES };

type Refusal = Problem & { readonly code: keyof typeof MEANINGS };

function refuse(refusals: readonly Refusal[]): void {
  if (refusals.length === 0) return;
  throw new PerpilotError(
    'START_REFUSED',
    refusals.map((refusal) => ({ ...refusal, hint: MEANINGS[refusal.code] })),
  );
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
