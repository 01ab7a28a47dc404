// With which settings does the portfolio layer do a lot within days? It selects often, changes its mind, and adds to what it holds.

/** For `--set`, over the shipped defaults. */
export const LIVELY_PORTFOLIO: readonly string[] = [
  'portfolio.cross_sectional.enabled=true',
  'portfolio.cross_sectional.top_k=2',
  'portfolio.cross_sectional.rebalance_interval_hours=6',
  'portfolio.cross_sectional.sharpe_lookback_days=5',
  'portfolio.cross_sectional.allocation=inverse_volatility',
  'portfolio.selection.rank_buffer=0',
  'portfolio.selection.on_leaving=close',
  'portfolio.rebalancing.no_trade_band=0.05',
  'portfolio.covariance.lookback_days=10',
  'exits.stop_fraction=0.03',
  'exits.target_fraction=0.05',
  'exits.max_hold_hours=72',
  'sizing.confidence_scaling=false',
  'risk.confidence_threshold=0',
  'risk.cooldown_hours=0',
  'regime.allow_ranging=true',
];
