// May the bot start with this key, clock and choice of symbols? Everything that speaks against it, at once.
import { DAY_MS } from '../../domain/time.ts';
import { VenueError, type VenueErrorCode } from '../../domain/venue-error.ts';
import type { KeyFacts } from '../../ports/venue-account.ts';
import type { VenueConnection, VenueEnvironment } from '../../ports/venue-connection.ts';

export interface AccessFinding {
  readonly code: VenueErrorCode;
  /** `refuse`: the bot must not start; `warn`: somebody should see to it. */
  readonly severity: 'refuse' | 'warn';
  /** What is so; what to do about it stands with the code. */
  readonly message: string;
  /** What it is about; missing: the account. */
  readonly symbol?: string;
}

export interface AccessQuestion {
  readonly connection: VenueConnection;
  /** What is to be traded. */
  readonly symbols: readonly string[];
  /** UTC epoch milliseconds. */
  readonly now: number;
  /** A key that expires within so many days is mentioned. Default 14. */
  readonly warnDays?: number | undefined;
  /**
   * Connects with the same key to another environment: venues call a key of another one merely unknown. Undefined: the
   * venue's own words must do.
   */
  readonly openElsewhere?: ((environment: VenueEnvironment) => Promise<VenueConnection>) | undefined;
}

/** The clock of this machine may be so far off, milliseconds. */
const MOST_OFFSET_MS = 500;
const ENVIRONMENTS: readonly VenueEnvironment[] = ['testnet', 'demo', 'live'];
const WARN_DAYS = 14;

const refuse = (code: VenueErrorCode, message: string): AccessFinding => ({ code, severity: 'refuse', message });
const warn = (code: VenueErrorCode, message: string): AccessFinding => ({ code, severity: 'warn', message });

/** Empty: nothing speaks against it. What could not be asked is a finding too. */
export async function checkAccess(question: AccessQuestion): Promise<readonly AccessFinding[]> {
  const key = await checkKey(question);
  const symbols = await checkSymbols(question);
  // Some of what everybody may know is told at Binance only to whoever has a good key.
  const isTold = ({ code }: AccessFinding): boolean => key.some((finding) => finding.code === code);
  return [...checkClock(question), ...key, ...symbols.filter((finding) => !isTold(finding))];
}

function checkClock({ connection }: AccessQuestion): readonly AccessFinding[] {
  const { clockOffsetMs } = connection.health();
  if (clockOffsetMs === undefined) return [refuse('CLOCK_OFF', 'the clock of the venue has not been measured yet')];
  if (Math.abs(clockOffsetMs) <= MOST_OFFSET_MS) return [];
  const size = Math.round(Math.abs(clockOffsetMs));
  const side = clockOffsetMs > 0 ? 'behind' : 'ahead of';
  return [refuse('CLOCK_OFF', `this machine is ${size} ms ${side} the venue; ${MOST_OFFSET_MS} ms are allowed`)];
}

async function checkKey(question: AccessQuestion): Promise<readonly AccessFinding[]> {
  const { connection } = question;
  const facts = await answerOf(connection.account.keyFacts());
  if (facts.kind === 'answered') return factFindings(facts.value, question);
  const { code, message } = facts.error;
  if (code !== 'KEY_INVALID' && code !== 'KEY_OF_OTHER_ENVIRONMENT') return [refuse(code, message)];
  const { openElsewhere } = question;
  if (openElsewhere === undefined) return [refuse(code, message)];
  for (const environment of ENVIRONMENTS) {
    if (environment === connection.environment || !(await isKnownTo(() => openElsewhere(environment)))) continue;
    const words = `the API key belongs to ${environment}, but the setting says ${connection.environment}`;
    return [refuse('KEY_OF_OTHER_ENVIRONMENT', words)];
  }
  return [refuse('KEY_INVALID', message)];
}

/** Whatever else goes wrong there says nothing about the key. */
async function isKnownTo(open: () => Promise<VenueConnection>): Promise<boolean> {
  const opened = await answerOf(open());
  if (opened.kind === 'failed') return false;
  const facts = await answerOf(opened.value.account.keyFacts());
  await opened.value.close();
  return facts.kind === 'answered';
}

function factFindings(facts: KeyFacts, { now, warnDays = WARN_DAYS }: AccessQuestion): readonly AccessFinding[] {
  const findings: AccessFinding[] = [];
  if (facts.mayWithdraw) findings.push(refuse('WITHDRAWAL_PERMITTED', 'the API key may withdraw money'));
  if (!facts.mayTrade) {
    const why = facts.readOnly ? 'the API key may only read' : 'the API key may not trade contracts';
    findings.push(refuse('PERMISSION_MISSING', why));
  }
  const left = facts.expiresAt === undefined ? Infinity : facts.expiresAt - now;
  if (left <= 0) findings.push(refuse('KEY_EXPIRED', 'the API key has expired'));
  else if (left <= warnDays * DAY_MS)
    findings.push(warn('KEY_EXPIRED', `the API key expires in ${(left / DAY_MS).toFixed(1)} days`));
  return findings;
}

async function checkSymbols({ connection, symbols }: AccessQuestion): Promise<readonly AccessFinding[]> {
  if (symbols.length === 0) return [];
  const listed = await answerOf(connection.market.instruments());
  if (listed.kind === 'failed') return [refuse(listed.error.code, listed.error.message)];
  const statuses = new Map(listed.value.map(({ instrument, status }) => [instrument.symbol, status]));
  return symbols.flatMap((symbol) => {
    const status = statuses.get(symbol);
    if (status === undefined) return [{ ...refuse('SYMBOL_UNKNOWN', `${symbol} is not listed`), symbol }];
    return status === 'trading'
      ? []
      : [{ ...warn('SYMBOL_NOT_TRADING', `${symbol} is not traded now: ${status}`), symbol }];
  });
}

type Answer<Value> =
  | { readonly kind: 'answered'; readonly value: Value }
  | { readonly kind: 'failed'; readonly error: VenueError };

/** Failures of the venue are answers here. */
async function answerOf<Value>(asked: Promise<Value>): Promise<Answer<Value>> {
  try {
    return { kind: 'answered', value: await asked };
  } catch (error) {
    if (error instanceof VenueError) return { kind: 'failed', error };
    throw error;
  }
}
