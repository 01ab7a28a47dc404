// Does the performance guard pass its reference histories?
import {
  advanceGuard,
  createGuardState,
  guardSize,
  guardThresholdAdd,
  guardWinRate,
  type GuardEvent,
  type GuardParams,
} from '../../../src/risk/performance-guard.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import { differences, toleranceOf, type TopicRunner } from '../format.ts';

export const run: TopicRunner = (vectorCase, file) => {
  const params = paramsOf(vectorCase.input.params);
  const state = createGuardState();
  const actual = vectorCase.input.events.map((event: any) => {
    const reason = advanceGuard(state, eventOf(event), params);
    return {
      state: state.mode,
      changed: reason !== undefined,
      reason,
      size_multiplier: guardSize(state, params),
      confidence_add: guardThresholdAdd(state, params),
      win_rate: guardWinRate(state),
      window_trades: state.outcomes.length,
      losing_streak: state.losingStreak,
      drawdown: state.drawdown,
    };
  });
  return differences(actual, vectorCase.expected, toleranceOf(file));
};

function eventOf(event: any): GuardEvent {
  if (event.type === 'equity') return { kind: 'equity', time: event.t, equity: event.equity };
  if (event.type === 'resume') return { kind: 'resume', time: event.t };
  if (event.shadow === true) return { kind: 'shadow-trade', time: event.t, netPnl: event.net_pnl };
  return { kind: 'trade', time: event.t, netPnl: event.net_pnl, equity: event.equity };
}

function paramsOf(input: any): GuardParams {
  return {
    enabled: true,
    winRateRule: 'fixed',
    validatedReduceP: 0.05,
    validatedPauseP: 0.01,
    validatedRecoveryP: 0.25,
    validatedMinTrades: 20,
    validatedWindowTrades: 50,
    windowTrades: input.window,
    minTrades: input.min_trades,
    reducedWinRate: input.reduce_win_rate,
    pausedWinRate: input.pause_win_rate,
    recoveryWinRate: input.recovery_win_rate,
    reducedDrawdown: input.reduce_drawdown,
    pausedDrawdown: input.pause_drawdown,
    recoveryDrawdown: input.recovery_drawdown,
    reducedStreak: input.reduce_streak,
    pausedStreak: input.pause_streak,
    reducedSize: input.reduced_size ?? 0.5,
    reducedThresholdAdd: input.reduced_confidence_add ?? 0.1,
    cooldownHours: input.cooldown_ms / HOUR_MS,
    shadowMinTrades: input.min_trades,
  };
}
