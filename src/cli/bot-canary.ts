// What has the canary of a running bot to do with how the bot is put together? Its rules by the mode, and what one left before a new run.
import { PerpilotError } from '../domain/errors.ts';
import { cleanUpCanary } from '../live/safety/canary-clean-up.ts';
import { canaryRow, lastCanary, type CanaryRecord } from '../live/safety/canary-record.ts';
import { canaryPrefix } from '../live/session/order-ids.ts';
import type { Journal } from '../ports/journal.ts';
import type { ExchangeMode } from './bot-modes.ts';
import type { BotVenue } from './bot-venue.ts';

/** The modes in which a bot may order something that nobody decided. */
export const hasPlayMoney = (mode: ExchangeMode): boolean => mode === 'testnet' || mode === 'demo';

const PAUSE_MS = 500;
const PATIENCE_MS = 60_000;

/** The books of a new run begin with the wallet as it is: what an old canary left is gone before it is read. @throws PerpilotError START_REFUSED */
export async function clearedOfCanary(
  { connection, clock }: BotVenue,
  { journal, prefix }: { readonly journal: Journal; readonly prefix: string },
): Promise<void> {
  const record = lastCanary(journal);
  if (record === undefined || record.endedAt !== undefined) return;
  const { account, market } = connection;
  const { symbol } = record;
  const idPrefix = canaryPrefix(prefix);
  const times = { pauseMs: PAUSE_MS, patienceMs: PATIENCE_MS };
  const result = await cleanUpCanary({ account, market, clock, symbol, idPrefix, ...times });
  if (result.kind === 'failed') {
    const message = `a canary was killed in ${symbol}, and what it left could not be closed: ${result.text}`;
    throw new PerpilotError('START_REFUSED', [{ message, where: symbol, hint: 'start again, or close it by hand' }]);
  }
  const reason = result.kind === 'clean' ? 'the program ended in the middle of it' : result.text;
  journal.commit([canaryRow({ ...record, endedAt: clock.now(), outcome: 'interrupted', reason })]);
}

/** For people. */
export function canaryWords({ symbol, outcome, failedStep, reason }: CanaryRecord): string {
  const where = symbol === '' ? '' : ` in ${symbol}`;
  const why = reason === undefined ? '' : `: ${reason}`;
  return `canary${where} ${outcome ?? 'begun'}${failedStep === undefined ? '' : ` at "${failedStep}"`}${why}`;
}
