// When does the bot throw its own switch? When a limit breaks, the venue takes a position, or too much goes wrong in a window.
import { fromExactJson } from '../../domain/exact-json.ts';
import { DAY_MS, MINUTE_MS, utcDay } from '../../domain/time.ts';
import { VENUE_ERROR_CODES, type VenueErrorCode } from '../../domain/venue-error.ts';
import type { AccountLimitBreach, AccountLimitState } from '../../risk/account-limits.ts';
import type { Journal } from '../../ports/journal.ts';
import type { LatchName } from '../../ports/latch-store.ts';
import type { ExecutionKind } from '../../ports/venue-account.ts';

/** `alarm`: it is told; `pause`: nothing is opened; `kill`: everything goes. A person resumes. */
export type KillAction = 'alarm' | 'pause' | 'kill';

/** The settings of `live.kill`. */
export interface KillSettings {
  readonly drawdown: KillAction;
  readonly dailyLoss: KillAction;
  readonly liquidation: KillAction;
  readonly deleverage: KillAction;
  readonly errors: number;
  readonly errorsWindowMinutes: number;
  readonly errorsAction: KillAction;
  readonly outagesCount: boolean;
  readonly rejections: number;
  readonly rejectionsWindowMinutes: number;
  readonly rejectionsAction: KillAction;
  readonly protectionFailures: number;
  readonly protectionAction: KillAction;
}

/** What can go wrong too often, and the incidents that one of it leaves in the journal. */
const COUNTED = {
  errors: ['venue-error', 'unreadable-message'],
  rejections: ['order-rejected'],
  protection: ['protection-failed'],
} as const;

type Counted = keyof typeof COUNTED;

export interface KillRulesSetup {
  readonly settings: KillSettings;
  readonly now: () => number;
  /** Throws the switch; it is on the disk when this returns. */
  readonly throwLatch: (name: LatchName, latch: { readonly reason: string; readonly by: string }) => void;
  /** Tells a person. */
  readonly alarm: (rule: string, reason: string) => void;
}

/** Refusals that say nothing but that something has happened already, or that a symbol rests. */
const HARMLESS: ReadonlySet<VenueErrorCode> = new Set([
  'ORDER_NOT_FOUND',
  'ORDER_FINAL',
  'ORDER_BUSY',
  'ORDER_ID_TAKEN',
  'REDUCE_ONLY_REFUSED',
  'UNSUPPORTED',
  'SYMBOL_NOT_TRADING',
  'CLOSED',
]);
const OUTAGES: ReadonlySet<VenueErrorCode> = new Set([
  'UNREACHABLE',
  'TIMEOUT',
  'OVERLOADED',
  'MAINTENANCE',
  'RATE_LIMITED',
  'BANNED',
]);

/** The rules of one session. What they count survives a restart, as far as it stands in the journal. */
export class KillRules {
  private readonly setup: KillRulesSetup;
  private readonly times: Readonly<Record<Counted, number[]>> = { errors: [], rejections: [], protection: [] };

  constructor(setup: KillRulesSetup) {
    this.setup = setup;
  }

  /** Counts what earlier lives wrote down, and acts on limits that broke when there was no time to act any more. */
  recover(journal: Journal, limits: AccountLimitState): void {
    for (const name of ['errors', 'rejections', 'protection'] as const) {
      const since = this.setup.now() - this.ruleOf(name).windowMs;
      const rows = COUNTED[name].flatMap((key) => [...journal.read({ stream: 'incident', key, since })]);
      this.times[name].push(...rows.map(({ eventTime }) => eventTime).sort((a, b) => a - b));
    }
    if (limits.haltedAt !== undefined && !wasThrown(journal, 'drawdown', limits.haltedAt)) this.limit('drawdown');
    const { blockedDay } = limits;
    if (blockedDay === utcDay(this.setup.now()) && !wasThrown(journal, 'daily-loss', blockedDay * DAY_MS)) {
      this.limit('daily-loss');
    }
  }

  /** A limit of the account has just been broken. */
  limit(limit: AccountLimitBreach): void {
    const { drawdown, dailyLoss } = this.setup.settings;
    this.act(limit === 'drawdown' ? drawdown : dailyLoss, limit, `the limit of section risk: ${limit}`);
  }

  /** The venue has executed something by itself; called before it is booked, so that a crash in between forgets nothing. */
  executed(kind: ExecutionKind, symbol: string): void {
    const { liquidation, deleverage } = this.setup.settings;
    if (kind === 'liquidation') this.act(liquidation, kind, `${symbol} was liquidated`);
    if (kind === 'deleverage') this.act(deleverage, kind, `${symbol} was auto-deleveraged`);
  }

  /** A request has failed. True: it counts as an error of the venue. */
  isError(code: VenueErrorCode): boolean {
    if (HARMLESS.has(code)) return false;
    return this.setup.settings.outagesCount || !OUTAGES.has(code);
  }

  /** One more of what may not happen too often. */
  count(name: Counted, what: string): void {
    const { most, windowMs, action } = this.ruleOf(name);
    const now = this.setup.now();
    const times = this.times[name];
    times.push(now);
    while (times.length > 0 && times[0] <= now - windowMs) times.shift();
    if (times.length < most) return;
    const found = times.length;
    // After a person has looked at it, it begins anew.
    times.length = 0;
    this.act(action, name, `${found} in ${windowMs / MINUTE_MS} minutes, the last one: ${what}`);
  }

  private ruleOf(name: Counted): { readonly most: number; readonly windowMs: number; readonly action: KillAction } {
    const { settings } = this.setup;
    switch (name) {
      case 'errors':
        return {
          most: settings.errors,
          windowMs: settings.errorsWindowMinutes * MINUTE_MS,
          action: settings.errorsAction,
        };
      case 'rejections':
        return {
          most: settings.rejections,
          windowMs: settings.rejectionsWindowMinutes * MINUTE_MS,
          action: settings.rejectionsAction,
        };
      default:
        return { most: settings.protectionFailures, windowMs: DAY_MS, action: settings.protectionAction };
    }
  }

  private act(action: KillAction, rule: string, reason: string): void {
    // First the switch, then the word about it: what was told has been done.
    if (action !== 'alarm') this.setup.throwLatch(action, { reason, by: ruleName(rule) });
    this.setup.alarm(rule, reason);
  }
}

/** Whether an order ended because the venue refused it, by the reason that it ended with. */
export const isRejection = (reason: string): boolean => reason === 'rejected' || REFUSALS.has(reason);

const REFUSALS: ReadonlySet<string> = new Set(
  Object.keys(VENUE_ERROR_CODES).filter((code) => ![...HARMLESS, ...OUTAGES].some((each) => each === code)),
);

const ruleName = (rule: string): string => `rule ${rule}`;

function wasThrown(journal: Journal, rule: string, since: number): boolean {
  for (const { payload } of journal.read({ stream: 'latch', since })) {
    const latch = fromExactJson(payload);
    if (typeof latch === 'object' && latch !== null && 'by' in latch && latch.by === ruleName(rule)) return true;
  }
  for (const { payload } of journal.read({ stream: 'incident', key: 'rule-broken', since })) {
    if (payload.includes(`"rule":"${rule}"`)) return true;
  }
  return false;
}
