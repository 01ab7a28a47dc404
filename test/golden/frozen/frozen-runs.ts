// Which runs are frozen? The shipped strategy in many settings, with and without its meta-model, and scripts for the engine's corners.
import { engineParams } from '../../../src/research/engine-params.ts';
import { settingsOf } from '../../../src/cli/compose-variants.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import { FULL_COSTS, randomScript } from '../../scenarios/engine/random-backtest.ts';
import type { Script } from '../../scenarios/engine/scripted-bot.ts';
import { figuresOf, type Figures } from './frozen-figures.ts';
import { runPortfolio, type PortfolioRun } from './portfolio-run.ts';
import { runScripted, type ScriptedRun } from './scripted-run.ts';
import { runVariant, type VariantRun } from './variant-run.ts';

const only = (signal: 'ema' | 'rsi' | 'macd'): string[] => [
  'primary.min_votes=1',
  ...(['ema', 'rsi', 'macd'] as const).map((name) => `primary.${name}.enabled=${name === signal}`),
];

/** The primary signal trades alone. */
const PRIMARY: Readonly<Record<string, VariantRun>> = {
  'primary/ema-only': { market: 'alpha', set: only('ema') },
  'primary/rsi-only-regime-off': { market: 'bravo', set: [...only('rsi'), 'regime.enabled=false'] },
  'primary/macd-only': { market: 'charlie', set: only('macd') },
  'primary/voting': { market: 'edge' },
  'primary/voting-random-walk': { market: 'walk' },
  'primary/weighted': { market: 'alpha', set: ['primary.combine=weighted', 'primary.rsi.weight=1.5'] },
  'primary/regime-off': { market: 'charlie', set: ['regime.enabled=false'] },
  'primary/regime-relaxed': { market: 'charlie', set: ['regime.sensitivity=relaxed'] },
  'primary/regime-strict-confirmed': {
    market: 'charlie',
    set: ['regime.sensitivity=strict', 'regime.confirm_bars=3'],
  },
  'primary/high-volatility': {
    market: 'charlie',
    set: ['regime.high_volatility_ratio=1.05', 'regime.high_volatility_size=0.25'],
  },
  'primary/ranging-allowed': { market: 'walk', set: ['regime.allow_ranging=true', 'regime.adx_enter=35'] },
  'primary/trailing-stop': { market: 'edge', set: ['exits.trailing_fraction=0.012', 'exits.target_fraction=0.08'] },
  'primary/opposite-signal-exit': {
    market: 'alpha',
    set: ['exits.exit_on_opposite_signal=true', 'exits.max_hold_hours=96', 'exits.stop_fraction=0.03'],
  },
  'primary/far-target': { market: 'edge', set: ['exits.target_fraction=0.5', 'exits.max_hold_hours=48'] },
  'primary/conservative': { market: 'bravo', riskLevel: 'conservative' },
  'primary/moderate': { market: 'bravo', riskLevel: 'moderate' },
  'primary/aggressive': { market: 'bravo', riskLevel: 'aggressive' },
  'primary/guard-fixed-pauses': {
    market: 'walk',
    riskLevel: 'aggressive',
    set: ['guard.win_rate_rule=fixed', 'guard.paused_win_rate=0.3', 'guard.paused_streak=5', 'guard.reduced_streak=3'],
  },
  'primary/daily-loss-limit': { market: 'walk', set: ['risk.daily_loss_limit=0.0008', 'risk.cooldown_hours=0'] },
  'primary/drawdown-limit': { market: 'walk', set: ['risk.drawdown_limit=0.002', 'guard.enabled=false'] },
  'primary/high-slippage': { market: 'bravo', set: ['costs.slippage_bps=15', 'costs.taker_fee_bps=10'] },
  'primary/holes': { market: 'alpha-torn', set: ['exits.max_hold_hours=12'] },
  'primary/missing-funding': { market: 'bravo-some-rates', set: ['exits.max_hold_hours=72'] },
  'primary/no-funding-history': { market: 'bravo-no-funding', set: ['exits.max_hold_hours=72'] },
  'primary/narrow-barriers-worst': {
    market: 'charlie',
    set: ['exits.stop_fraction=0.003', 'exits.target_fraction=0.003', 'regime.enabled=false'],
  },
  'primary/narrow-barriers-best': {
    market: 'charlie',
    set: ['exits.stop_fraction=0.003', 'exits.target_fraction=0.003', 'regime.enabled=false'],
    ambiguity: 'best',
  },
  'primary/narrow-barriers-finer': {
    market: 'charlie-finer',
    set: ['exits.stop_fraction=0.003', 'exits.target_fraction=0.003', 'regime.enabled=false'],
  },
};

/** The averages speak at every close, and most labels are kept for calibration: with few, isotonic calibration falls back to Platt's. */
const MANY_LABELS = [...only('ema'), 'model.validation_fraction=0.75'];

/** The meta-model of each window decides as well. */
const TRAINED: Readonly<Record<string, VariantRun>> = {
  'trained/ensemble-edge': { market: 'edge', trained: true },
  'trained/boosting-edge': { market: 'edge', trained: true, set: ['model.ensemble=false'] },
  'trained/isotonic-edge': { market: 'edge', trained: true, set: [...MANY_LABELS, 'model.calibration=isotonic'] },
  'trained/platt-edge': { market: 'edge', trained: true, set: MANY_LABELS },
  'trained/ensemble-bravo': { market: 'bravo', trained: true },
  'trained/aggressive-charlie': { market: 'charlie', trained: true, riskLevel: 'aggressive' },
  'trained/high-threshold-edge': { market: 'edge', trained: true, set: ['risk.confidence_threshold=0.9'] },
  'trained/probability-scale': {
    market: 'charlie',
    trained: true,
    set: ['model.threshold_scale=probability', 'risk.confidence_threshold=0.35'],
  },
  'trained/atr-barriers': {
    market: 'edge',
    trained: true,
    set: [
      'labeling.width=atr',
      'labeling.profit_barrier=2',
      'labeling.stop_barrier=1.5',
      'exits.stop_fraction=0.012',
      'exits.target_fraction=0.016',
    ],
  },
};

/** Long and short in turn, whatever the market does. */
const alternating = (every: number): Script => {
  return (bar) => ({ signal: bar % every !== 0 ? 0 : (bar / every) % 2 === 0 ? 1 : -1 });
};
const hold = { stopFraction: 0.9, targetFraction: undefined, maxHoldBars: 1_000_000 };
const shipped = engineParams(
  { ...settingsOf('moderate', loadConfig({ riskLevel: 'moderate' })), metaModel: 'off' },
  HOUR_MS,
);

/** One closure per run: a script that draws numbers begins anew. */
const SCRIPTED: Readonly<Record<string, () => ScriptedRun>> = {
  'scripted/alternating': () => ({ parts: [{ market: 'alpha', from: 0, to: 1500 }], script: alternating(7) }),
  'scripted/alternating-shipped-risk': () => ({
    parts: [{ market: 'charlie', from: 0, to: 1500 }],
    script: alternating(6),
    params: shipped,
  }),
  'scripted/buy-and-hold': () => ({
    parts: [{ market: 'bravo', from: 0, to: 2000 }],
    script: () => ({ signal: 1 }),
    risk: { maxLeverage: 1, basePositionFraction: 0.5 },
    exits: hold,
  }),
  'scripted/delisting': () => ({
    parts: [
      { market: 'alpha', from: 500, to: 1700 },
      { market: 'bravo', from: 500, to: 1203 },
    ],
    script: () => ({ signal: -1 }),
    risk: { maxLeverage: 1 },
    exits: { stopFraction: 0.5, targetFraction: 0.04, maxHoldBars: 1_000_000 },
  }),
  'scripted/holes': () => ({
    parts: [{ market: 'alpha-holed', from: 0, to: 1500 }],
    script: randomScript('frozen/holes', 6),
    exits: { trailingFraction: 0.008, targetFraction: undefined },
  }),
  'scripted/missing-funding': () => ({
    parts: [{ market: 'bravo-some-rates', from: 0, to: 1200 }],
    script: alternating(40),
    exits: { stopFraction: 0.2, targetFraction: undefined, maxHoldBars: 36 },
    costs: { ...FULL_COSTS, missingFundingBps: 20 },
  }),
  // Funding eats the margin until liquidation lies before the stop.
  'scripted/liquidation': () => ({
    parts: [{ market: 'bravo-no-funding', from: 0, to: 1500 }],
    script: randomScript('frozen/liquidation', 10),
    equity: 5_000,
    risk: { maxLeverage: 20, basePositionFraction: 0.05 },
    exits: { stopFraction: 0.03, targetFraction: 0.05, maxHoldBars: 200 },
    costs: { ...FULL_COSTS, missingFundingBps: 60 },
  }),
  'scripted/two-symbols': () => ({
    parts: [
      { market: 'alpha', from: 1000, to: 2500 },
      { market: 'bravo', from: 1000, to: 2500 },
    ],
    script: randomScript('frozen/two-symbols', 5),
    exits: { stopFraction: 0.01, targetFraction: 0.015, maxHoldBars: 24, exitOnOppositeSignal: true },
  }),
  'scripted/two-symbols-one-slot': () => ({
    parts: [
      { market: 'alpha', from: 1000, to: 2500 },
      { market: 'walk', from: 1000, to: 2500 },
    ],
    script: randomScript('frozen/one-slot', 5),
    risk: { maxOpenPositions: 1, cooldownHours: 4 },
    guard: { enabled: true },
  }),
};

/** One account over five contracts of the embedded market, of which one is listed late and one is delisted. */
const PORTFOLIO: Readonly<Record<string, PortfolioRun>> = {
  'portfolio/off': { selects: false },
  'portfolio/equal': {},
  'portfolio/inverse-volatility': { set: ['portfolio.cross_sectional.allocation=inverse_volatility'] },
  'portfolio/risk-parity': { set: ['portfolio.cross_sectional.allocation=risk_parity'] },
  'portfolio/risk-parity-trained': { trained: true, set: ['portfolio.cross_sectional.allocation=risk_parity'] },
  'portfolio/close-on-leaving': {
    set: [
      'portfolio.cross_sectional.top_k=2',
      'portfolio.selection.on_leaving=close',
      'portfolio.selection.rank_buffer=1',
      'portfolio.selection.normalisation=zscore',
    ],
  },
  'portfolio/tight-limits': {
    set: [
      'portfolio.cross_sectional.allocation=inverse_volatility',
      'portfolio.rebalancing.increase=false',
      'portfolio.rebalancing.no_trade_band=0',
      'portfolio.limits.max_gross=0.1',
      'portfolio.limits.max_net=0.06',
      'portfolio.limits.max_group=0.05',
      'portfolio.limits.group_correlation=0.4',
      'portfolio.covariance.shrinkage=0.3',
    ],
  },
};

/** Every frozen run by name; calling it makes its figures. */
export const FROZEN_RUNS: ReadonlyMap<string, () => Figures> = new Map([
  ...[...Object.entries(PRIMARY), ...Object.entries(TRAINED)].map(
    ([name, run]) => [name, () => figuresOf(runVariant(run))] as const,
  ),
  ...Object.entries(SCRIPTED).map(([name, run]) => [name, () => figuresOf(runScripted(run()))] as const),
  ...Object.entries(PORTFOLIO).map(([name, run]) => [name, () => runPortfolio(run)] as const),
]);
