// Does the venue still take what the bot orders? On testnet and demo the bot runs the canary by itself, blocks entries when it fails, and clears what a killed one left.
import { heldBeside } from '../../engine/book-beside.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { Clock } from '../../ports/clock.ts';
import { canaryAccount, type WriteCount } from '../safety/canary-account.ts';
import { cleanUpCanary, type CleanUp } from '../safety/canary-clean-up.ts';
import { canaryDueAt, chooseContract, type CanaryChoice, type CanaryRules } from '../safety/canary-plan.ts';
import {
  canaryRow,
  lastCanary,
  type CanaryFacts,
  type CanaryOutcome,
  type CanaryRecord,
} from '../safety/canary-record.ts';
import { runCanary, type CanaryReport } from '../safety/canary.ts';
import type { LatchWatch } from '../safety/latch-watch.ts';
import { canaryPrefix } from './order-ids.ts';
import type { CanaryFootprint, SessionHand } from './session-hand.ts';
import type { SessionSetup } from './session-setup.ts';
import type { SweepDesk } from './sweep-desk.ts';

/** Why nothing is opened in a symbol of the bot while a canary orders there. */
const RUNNING = 'canary-running';

const PAUSE_MS = 500;
const STEP_MS = 15_000;
/** While the market is waited for, the venue is asked so many times. */
const MARKET_LOOKS = 60;
/** What a canary takes beside waiting for the market. */
const AROUND_MS = 60_000;
const CLEAN_UP_MS = 60_000;
const CLEAN_UP_AGAIN_MS = 60_000;
/** Where it could not begin for the moment, it is looked at again after so long. */
const LOOK_AGAIN_MS = 30_000;
/** Executions of a canary that has ended are still asked for so long. */
const LATE_MS = 600_000;

export interface CanaryDeskHand extends Pick<
  SessionHand,
  'queue' | 'orders' | 'protection' | 'market' | 'incident' | 'block'
> {
  readonly latches: LatchWatch;
  readonly sweeps: SweepDesk;
  readonly unknowns: { collect(): { readonly codes: readonly string[]; readonly stop: () => void } };
}

/** How a canary ended that could not be closed at once. */
interface Ending {
  readonly outcome: CanaryOutcome;
  readonly failedStep?: string | undefined;
  readonly reason: string;
}

/** The canaries of one session. `setup` has the connection as it was given: what fails on it is no error of the bot. */
export class CanaryDesk implements CanaryFootprint {
  private readonly session: CanaryDeskHand;
  private readonly setup: SessionSetup;
  private readonly writes: WriteCount = { asked: 0, underWay: 0 };
  private record: CanaryRecord | undefined;
  private busy = false;
  private notBefore = -Infinity;
  private ending: string | undefined;
  private hasToldLeftOver = false;
  private wakeEarly: () => void = () => undefined;

  constructor(session: CanaryDeskHand, setup: SessionSetup) {
    this.session = session;
    this.setup = setup;
  }

  /** Undefined: the bot runs none by itself. */
  get status(): CanaryFacts | undefined {
    const rules = this.setup.rules.canary;
    return rules === undefined ? undefined : { last: this.record, maxAgeMs: rules.maxAgeMs };
  }

  get symbol(): string | undefined {
    return this.record?.endedAt === undefined ? this.record?.symbol : undefined;
  }

  get moves(): number | undefined {
    return this.writes.underWay === 0 ? this.writes.asked : undefined;
  }

  get symbols(): readonly string[] {
    const { record } = this;
    const until = record?.endedAt === undefined ? Infinity : record.endedAt + LATE_MS;
    return record === undefined || record.symbol === '' || this.now > until ? [] : [record.symbol];
  }

  /** What earlier lives left: a canary that was killed is cleared. */
  recover(): void {
    this.record = lastCanary(this.setup.journal);
    const { symbol } = this;
    for (const blocked of this.setup.engine.state.blocks.get(RUNNING) ?? []) {
      if (blocked !== symbol) this.session.block(RUNNING, false, blocked);
    }
    if (symbol === undefined) return;
    this.busy = true;
    this.hold(symbol);
    this.cleanUp({ outcome: 'interrupted', reason: 'the program ended in the middle of it' });
  }

  /** Begins one when it is due and nothing speaks against it. */
  look(): void {
    const rules = this.setup.rules.canary;
    if (rules === undefined || this.busy || this.ending !== undefined) return;
    if (this.now < Math.max(canaryDueAt(this.record, rules), this.notBefore) || !this.mayBegin()) return;
    this.busy = true;
    this.session.queue.track(this.run(rules));
  }

  /** The program ends: what is on closes what it has, as far as there is time; the next start does the rest. */
  end(): void {
    this.ending = 'the bot ends';
    this.wakeEarly();
  }

  private get now(): number {
    return this.setup.clock.now();
  }

  /** Where nothing may be opened at all, the canary opens nothing either, but for its own switch. */
  private mayBegin(): boolean {
    const { blocks } = this.setup.engine.state;
    const isFree = [...blocks].every(([reason, symbols]) => symbols !== undefined || reason === 'canary');
    return isFree && this.session.latches.mayTry;
  }

  private async run(rules: CanaryRules): Promise<void> {
    const choice = await this.choose(rules);
    const chosen: { instrument?: Instrument } = {};
    await this.session.queue.run(() => {
      if (choice.kind === 'none') this.impossible(choice.reason);
      else if (this.begin(choice.instrument, rules)) chosen.instrument = choice.instrument;
    });
    if (chosen.instrument === undefined) return;
    const report = await this.order(chosen.instrument, rules);
    await this.session.queue.run(() => this.finish(report));
  }

  private async choose(rules: CanaryRules): Promise<CanaryChoice> {
    const { account, market } = this.setup.connection;
    try {
      const [listed, tickers, balance, positions, orders] = await Promise.all([
        market.instruments(),
        market.tickers(),
        account.balance(),
        account.positions(),
        account.openOrders(),
      ]);
      return chooseContract(rules.symbol, {
        listed,
        tickers,
        available: balance.available,
        occupied: new Set([...positions, ...orders].map(({ symbol }) => symbol)),
        isTraded: (symbol) => this.isTraded(symbol),
        isFree: (symbol) => this.isFree(symbol),
      });
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      return { kind: 'none', reason: `${error.code}: ${error.message}` };
    }
  }

  private isTraded(symbol: string): boolean {
    return this.setup.engine.state.bySymbol.has(symbol);
  }

  /** Nothing of the bot is held, ordered or looked after in a symbol that it trades. */
  private isFree(symbol: string): boolean {
    const { engine } = this.setup;
    const { orders, protection, sweeps } = this.session;
    const state = engine.state.bySymbol.get(symbol);
    const isFlat = state?.trade === undefined && state?.pending === undefined && heldBeside(engine.state, symbol) === 0;
    return isFlat && !orders.isUnderWay(symbol) && !protection.pending.includes(symbol) && !sweeps.isSweeping(symbol);
  }

  /** A close of a symbol of the bot is not to be missed, where there is room for a canary between two of them. */
  private isEarly({ patienceMs }: CanaryRules): boolean {
    const { barMs } = this.setup.engine.state;
    const takes = patienceMs + AROUND_MS;
    return barMs < 2 * takes || this.now + takes < this.session.market.nextClose;
  }

  /** False: not at this moment. */
  private begin({ symbol }: Instrument, rules: CanaryRules): boolean {
    const isTraded = this.isTraded(symbol);
    if (!this.mayBegin() || (isTraded && !(this.isFree(symbol) && this.isEarly(rules)))) {
      this.notBefore = this.now + LOOK_AGAIN_MS;
      this.busy = false;
      return false;
    }
    this.hold(symbol);
    const { passedAt } = this.record ?? {};
    const nothing = { endedAt: undefined, outcome: undefined, failedStep: undefined, reason: undefined };
    this.record = { symbol, startedAt: this.now, ...nothing, passedAt };
    if (this.setup.engine.write([canaryRow(this.record)])) return true;
    this.close({ outcome: 'interrupted', reason: 'the journal cannot be written' });
    return false;
  }

  private hold(symbol: string): void {
    if (this.isTraded(symbol)) this.session.block(RUNNING, true, symbol);
  }

  private order(instrument: Instrument, { patienceMs }: CanaryRules): Promise<CanaryReport> {
    const { connection, prefix } = this.setup;
    const { latches, unknowns } = this.session;
    const interrupted = (): string | undefined =>
      this.ending ?? (latches.mayTry ? undefined : 'the kill switch or a pause is set');
    const unknown = unknowns.collect();
    return runCanary({
      account: canaryAccount(connection.account, this.writes, () => interrupted() === undefined),
      market: connection.market,
      clock: this.clock(),
      instrument,
      idPrefix: canaryPrefix(prefix),
      pauseMs: PAUSE_MS,
      marketPauseMs: Math.max(PAUSE_MS, patienceMs / MARKET_LOOKS),
      stepMs: STEP_MS,
      triggerMs: patienceMs,
      unknownCodes: () => unknown.codes,
      interrupted,
    }).finally(unknown.stop);
  }

  /** Waiting for time to pass keeps nobody from being quiet; at the end of the program one wait is cut short, and then none comes to an end. */
  private clock(): Clock {
    const { queue } = this.session;
    const waiting = queue.waitingClock(this.setup.clock);
    return {
      now: () => this.now,
      after: (delayMs, wake) => {
        const goOn = (): void => {
          this.wakeEarly = () => undefined;
          if (!queue.isHalted) wake();
        };
        const stop = waiting.after(delayMs, goOn);
        this.wakeEarly = () => {
          stop();
          goOn();
        };
        return stop;
      },
    };
  }

  private finish({ rows, flat, passed }: CanaryReport): void {
    const failure = rows.find((row) => !row.passed);
    const hasOrdered = rows[0].passed;
    const reason = failure === undefined ? '' : `${failure.code ?? ''}: ${failure.text}`;
    const outcome = passed ? 'passed' : outcomeOf(failure?.code, hasOrdered);
    const ending = { outcome, failedStep: failure?.step, reason };
    if (outcome === 'failed') this.failed(ending);
    if (hasOrdered && !flat) this.notClean({ kind: 'failed', text: reason }, ending);
    else this.close(ending);
  }

  /** First the switch, then the word about it. */
  private failed({ failedStep, reason }: Ending): void {
    const { symbol } = this.record ?? {};
    const said = `the canary failed in ${symbol ?? ''} at "${failedStep ?? ''}": ${reason}`;
    this.session.latches.throwLatch('canary', { reason: said, by: 'canary', at: this.now });
    this.session.incident({ kind: 'canary-failed', symbol, detail: { step: failedStep, reason }, time: this.now });
  }

  private impossible(reason: string): void {
    const before = this.record;
    const startedAt = this.now;
    this.record = {
      symbol: '',
      startedAt,
      endedAt: undefined,
      outcome: undefined,
      failedStep: undefined,
      reason,
      passedAt: before?.passedAt,
    };
    const detail = { reason };
    if (before?.outcome !== 'impossible' || before.reason !== reason) {
      this.session.incident({ kind: 'canary-impossible', symbol: undefined, detail, time: startedAt });
    }
    this.close({ outcome: 'impossible', reason });
  }

  /** It is over, and nothing of it is left. */
  private close({ outcome, failedStep, reason }: Ending): void {
    const { record, session, setup } = this;
    this.busy = false;
    this.hasToldLeftOver = false;
    if (record === undefined) return;
    const endedAt = this.now;
    const passedAt = outcome === 'passed' ? endedAt : record.passedAt;
    const ended = {
      ...record,
      endedAt,
      outcome,
      failedStep,
      reason: outcome === 'passed' ? undefined : reason,
      passedAt,
    };
    this.record = ended;
    setup.engine.write([canaryRow(ended)]);
    if (record.symbol !== '') session.block(RUNNING, false, record.symbol);
    if (outcome === 'passed') session.latches.takeBack('canary');
    setup.onCanary?.(ended);
  }

  private cleanUp(ending: Ending): void {
    const { symbol, setup, session } = this;
    if (symbol === undefined) return;
    const { account, market } = setup.connection;
    const work = cleanUpCanary({
      account: canaryAccount(account, this.writes, () => false),
      market,
      clock: this.clock(),
      symbol,
      idPrefix: canaryPrefix(setup.prefix),
      pauseMs: PAUSE_MS,
      patienceMs: CLEAN_UP_MS,
    });
    session.queue.track(work.then((result) => session.queue.run(() => this.cleaned(result, ending))));
  }

  private cleaned(result: CleanUp, ending: Ending): void {
    // What somebody else has there is seen by the comparison of books and account from now on.
    if (result.kind === 'failed') this.notClean(result, ending);
    else this.close(result.kind === 'clean' ? ending : { ...ending, reason: `${ending.reason}; ${result.text}` });
  }

  private notClean({ text }: Extract<CleanUp, { kind: 'failed' }>, ending: Ending): void {
    const { session, setup, symbol } = this;
    if (!this.hasToldLeftOver) {
      this.hasToldLeftOver = true;
      session.incident({ kind: 'canary-left-over', symbol, detail: { reason: text }, time: this.now });
    }
    setup.clock.after(CLEAN_UP_AGAIN_MS, () => session.queue.enqueue(() => this.cleanUp(ending)));
  }
}

function outcomeOf(code: string | undefined, hasOrdered: boolean): CanaryOutcome {
  if (code === 'interrupted' || code === 'CLOSED') return 'interrupted';
  return code === 'not-flat' && !hasOrdered ? 'impossible' : 'failed';
}
