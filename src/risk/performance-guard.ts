// Does recent trading still look like what was validated? NORMAL, REDUCED or PAUSED, with a way back out of each.
import { binomialLowerTail } from '../domain/binomial.ts';
import { HOUR_MS } from '../domain/time.ts';

export type GuardMode = 'NORMAL' | 'REDUCED' | 'PAUSED';
export type GuardReason = 'drawdown' | 'losing_streak' | 'win_rate' | 'recovered' | 'operator';

/** Section `guard` of the configuration. Fractions are of 1, times in hours. */
export interface GuardParams {
  readonly enabled: boolean;
  /** `validated`: binomial test against the model's validated win rate; `fixed`: the thresholds below on a short window. */
  readonly winRateRule: 'validated' | 'fixed';
  readonly validatedReduceP: number;
  readonly validatedPauseP: number;
  readonly validatedRecoveryP: number;
  readonly validatedMinTrades: number;
  readonly validatedWindowTrades: number;
  readonly windowTrades: number;
  readonly minTrades: number;
  readonly reducedWinRate: number;
  readonly pausedWinRate: number;
  readonly recoveryWinRate: number;
  readonly reducedDrawdown: number;
  readonly pausedDrawdown: number;
  readonly recoveryDrawdown: number;
  readonly reducedStreak: number;
  readonly pausedStreak: number;
  readonly reducedSize: number;
  readonly reducedThresholdAdd: number;
  readonly cooldownHours: number;
  readonly shadowMinTrades: number;
}

/** How a closed trade ended, and what was to be expected. */
export interface GuardOutcome {
  readonly win: boolean;
  /** Win rate that the model behind the trade was validated with; undefined: not known. */
  readonly expected?: number;
}

/** All that the guard remembers; plain data, so that a restart cannot clear it. Changed in place by `advanceGuard`. */
export interface GuardState {
  mode: GuardMode;
  /** Outcomes of the last closed trades, oldest first. */
  outcomes: GuardOutcome[];
  losingStreak: number;
  /** Highest equity since the start or the last end of a pause; undefined before the first equity is known. */
  peak: number | undefined;
  equity: number | undefined;
  drawdown: number;
  pausedAt: number;
  shadowTrades: number;
  shadowWins: number;
  /** Win rate the models in force were validated with; undefined: not known, then the validated rule cannot judge. */
  validatedWinRate: number | undefined;
  /** What `outcomes` say against their expectation; renewed with every closed trade. */
  evidence: GuardEvidence;
}

/** The binomial test over the remembered trades whose expectation is known. */
export interface GuardEvidence {
  readonly trades: number;
  /** Mean win rate expected of them; missing without trades. */
  readonly rate?: number;
  /** Probability of at most so few wins. A binomial of the mean rate errs to the safe side where rates differ (Hoeffding 1956). */
  readonly chance: number;
}

export type GuardEvent =
  | { readonly kind: 'equity'; readonly time: number; readonly equity: number }
  | {
      readonly kind: 'trade';
      readonly time: number;
      readonly netPnl: number;
      readonly equity: number | undefined;
      /** Win rate that the model which decided the trade was validated with; missing: `validatedWinRate` of the state. */
      readonly expectedWinRate?: number | undefined;
    }
  | { readonly kind: 'shadow-trade'; readonly time: number; readonly netPnl: number }
  | { readonly kind: 'resume'; readonly time: number };

const NO_EVIDENCE: GuardEvidence = { trades: 0, chance: 1 };

/** A guard that has seen nothing. */
export function createGuardState(): GuardState {
  return {
    mode: 'NORMAL',
    outcomes: [],
    losingStreak: 0,
    peak: undefined,
    equity: undefined,
    drawdown: 0,
    pausedAt: 0,
    shadowTrades: 0,
    shadowWins: 0,
    validatedWinRate: undefined,
    evidence: NO_EVIDENCE,
  };
}

/** Whether entries are forbidden, so that trades are followed without money. */
export function isPaused(state: GuardState, params: GuardParams): boolean {
  return params.enabled && state.mode === 'PAUSED';
}

/** Whether it holds risk back: reduced or paused. */
export function isRestrained(state: GuardState, params: GuardParams): boolean {
  return params.enabled && state.mode !== 'NORMAL';
}

/** Factor on the size of new entries: 1, the reduced size, or 0 while paused. */
export function guardSize(state: GuardState, params: GuardParams): number {
  if (!params.enabled || state.mode === 'NORMAL') return 1;
  return state.mode === 'REDUCED' ? params.reducedSize : 0;
}

/** What is added to the confidence threshold. */
export function guardThresholdAdd(state: GuardState, params: GuardParams): number {
  return params.enabled && state.mode === 'REDUCED' ? params.reducedThresholdAdd : 0;
}

/** Share of wins among the remembered trades; undefined when there are none. */
export function guardWinRate(state: GuardState): number | undefined {
  return state.outcomes.length === 0 ? undefined : countWins(state.outcomes) / state.outcomes.length;
}

/**
 * Takes one event in and judges. Returns why the mode changed, or undefined when it did not.
 * Equity of an event is applied before its trade is judged; a shadow trade counts only while paused.
 * Source: quant-notes 13.
 */
export function advanceGuard(state: GuardState, event: GuardEvent, params: GuardParams): GuardReason | undefined {
  if (!params.enabled) return undefined;
  if (event.kind === 'resume') return state.mode === 'PAUSED' ? leavePause(state, 'operator') : undefined;
  if (event.kind === 'shadow-trade') recordShadow(state, event.netPnl);
  else {
    if (event.equity !== undefined) recordEquity(state, event.equity);
    if (event.kind === 'trade') {
      recordTrade(state, { netPnl: event.netPnl, expected: event.expectedWinRate ?? state.validatedWinRate }, params);
    }
  }
  return judge(state, event.time, params);
}

function recordEquity(state: GuardState, equity: number): void {
  state.equity = equity;
  if (state.peak === undefined || equity > state.peak) state.peak = equity;
  state.drawdown = (state.peak - equity) / state.peak;
}

function recordTrade(
  state: GuardState,
  trade: { readonly netPnl: number; readonly expected: number | undefined },
  params: GuardParams,
): void {
  const { netPnl, expected } = trade;
  const win = netPnl > 0;
  state.outcomes.push(expected === undefined ? { win } : { win, expected });
  const window = params.winRateRule === 'fixed' ? params.windowTrades : params.validatedWindowTrades;
  if (state.outcomes.length > window) state.outcomes.shift();
  state.evidence = evidenceOf(state.outcomes);
  if (win) state.losingStreak = 0;
  else if (netPnl < 0) state.losingStreak += 1;
}

function recordShadow(state: GuardState, netPnl: number): void {
  if (state.mode !== 'PAUSED') return;
  state.shadowTrades += 1;
  if (netPnl > 0) state.shadowWins += 1;
}

function judge(state: GuardState, time: number, params: GuardParams): GuardReason | undefined {
  if (state.mode === 'PAUSED') {
    const cooled = time - state.pausedAt >= params.cooldownHours * HOUR_MS;
    return cooled && shadowsRecovered(state, params) ? leavePause(state, 'recovered') : undefined;
  }
  const pause = firstReason(state, params, 'pause');
  if (pause !== undefined) {
    state.mode = 'PAUSED';
    state.pausedAt = time;
    state.shadowTrades = 0;
    state.shadowWins = 0;
    return pause;
  }
  const reduce = firstReason(state, params, 'reduce');
  if (state.mode === 'NORMAL') {
    if (reduce !== undefined) state.mode = 'REDUCED';
    return reduce;
  }
  if (reduce === undefined && recovered(state, params)) {
    state.mode = 'NORMAL';
    return 'recovered';
  }
  return undefined;
}

function firstReason(state: GuardState, params: GuardParams, level: 'reduce' | 'pause'): GuardReason | undefined {
  const pausing = level === 'pause';
  if (state.drawdown > (pausing ? params.pausedDrawdown : params.reducedDrawdown)) return 'drawdown';
  // No streak shorter than the setting counts, by either rule.
  const shortest = pausing ? params.pausedStreak : params.reducedStreak;
  const isLong = state.losingStreak >= shortest && state.losingStreak >= streakLimit(state, params, pausing);
  if (isLong) return 'losing_streak';
  if (params.winRateRule === 'fixed') {
    if (state.outcomes.length < params.minTrades) return undefined;
    const limit = pausing ? params.pausedWinRate : params.reducedWinRate;
    return countWins(state.outcomes) / state.outcomes.length < limit ? 'win_rate' : undefined;
  }
  const { trades, chance } = state.evidence;
  if (trades < params.validatedMinTrades) return undefined;
  return chance < (pausing ? params.validatedPauseP : params.validatedReduceP) ? 'win_rate' : undefined;
}

/**
 * A streak of losses that counts. By the validated rule a streak is as rare as the win-rate test demands over a whole
 * window: at a win rate of 35 % five losses in a row are ordinary, so the limit grows with the rate of losses.
 */
function streakLimit(state: GuardState, params: GuardParams, pausing: boolean): number {
  const fixed = pausing ? params.pausedStreak : params.reducedStreak;
  const rate = state.evidence.rate ?? state.validatedWinRate;
  if (params.winRateRule === 'fixed' || rate === undefined || rate <= 0 || rate >= 1) return fixed;
  const chance = (pausing ? params.validatedPauseP : params.validatedReduceP) / params.validatedWindowTrades;
  return Math.ceil(Math.log(chance) / Math.log(1 - rate));
}

function evidenceOf(outcomes: readonly GuardOutcome[]): GuardEvidence {
  let trades = 0;
  let wins = 0;
  let expectedWins = 0;
  for (const { win, expected } of outcomes) {
    if (expected === undefined) continue;
    trades += 1;
    if (win) wins += 1;
    expectedWins += expected;
  }
  if (trades === 0) return NO_EVIDENCE;
  const rate = Math.min(1, expectedWins / trades);
  return { trades, rate, chance: binomialLowerTail(wins, trades, rate) };
}

function recovered(state: GuardState, params: GuardParams): boolean {
  if (state.outcomes.length < params.minTrades || !(state.drawdown < params.recoveryDrawdown)) return false;
  if (params.winRateRule === 'fixed') {
    return countWins(state.outcomes) / state.outcomes.length >= params.recoveryWinRate;
  }
  return state.evidence.chance >= params.validatedRecoveryP;
}

function shadowsRecovered(state: GuardState, params: GuardParams): boolean {
  const { shadowTrades, shadowWins, validatedWinRate } = state;
  if (shadowTrades < params.shadowMinTrades) return false;
  if (shadowTrades === 0) return true;
  if (params.winRateRule === 'fixed' || validatedWinRate === undefined) {
    return shadowWins / shadowTrades >= params.recoveryWinRate;
  }
  return binomialLowerTail(shadowWins, shadowTrades, validatedWinRate) >= params.validatedRecoveryP;
}

/** A pause ends in REDUCED only; window, streak and drawdown base start again. */
function leavePause(state: GuardState, reason: GuardReason): GuardReason {
  state.mode = 'REDUCED';
  state.outcomes = [];
  state.evidence = NO_EVIDENCE;
  state.losingStreak = 0;
  state.peak = state.equity;
  state.drawdown = 0;
  return reason;
}

function countWins(outcomes: readonly GuardOutcome[]): number {
  let wins = 0;
  for (const { win } of outcomes) if (win) wins += 1;
  return wins;
}
