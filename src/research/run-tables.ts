// What does a run keep besides its result? Every trade, day of equity, fold and ablation, as plain tables.
import { isoTime } from '../domain/iso-time.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
import type { AblationFigures, AblationRow } from './ablation.ts';
import type { VariantOutcome } from './outcome.ts';

const TRADE_COLUMNS: readonly (readonly [string, (trade: RoundTrip) => string | number])[] = [
  ['direction', (trade) => (trade.direction === 1 ? 'long' : 'short')],
  ['decided_at', (trade) => isoTime(trade.decidedAt)],
  ['entry_time', (trade) => isoTime(trade.entryTime)],
  ['exit_time', (trade) => isoTime(trade.exitTime)],
  ['entry_price', (trade) => trade.entryPrice],
  ['exit_price', (trade) => trade.exitPrice],
  ['quantity', (trade) => trade.quantity],
  ['leverage', (trade) => trade.leverage],
  ['gross_pnl', (trade) => trade.grossPnl],
  ['fees', (trade) => trade.fees],
  ['slippage', (trade) => trade.slippage],
  ['funding', (trade) => trade.funding],
  ['net_pnl', (trade) => trade.netPnl],
  ['exit_reason', (trade) => trade.reason],
  ['probability', (trade) => trade.probability],
  ['confidence', (trade) => trade.confidence],
  ['regime', (trade) => trade.regime],
  ['size_base', (trade) => trade.sizing.base],
  ['size_confidence', (trade) => trade.sizing.confidence],
  ['size_volatility', (trade) => trade.sizing.volatility],
  ['size_guard', (trade) => trade.sizing.guard],
  ['size_regime', (trade) => trade.sizing.regime],
  ['size_share', (trade) => trade.sizing.share ?? ''],
  ['size_final', (trade) => trade.sizing.final],
  ['ambiguous', (trade) => (trade.ambiguous ? 1 : 0)],
  ['model', (trade) => trade.modelId],
];

const FIGURE_COLUMNS: readonly (readonly [string, (figures: AblationFigures) => number | undefined])[] = [
  ['sharpe', (figures) => figures.sharpe],
  ['profit_factor', (figures) => figures.profitFactor],
  ['max_drawdown', (figures) => figures.maxDrawdown],
  ['trades', (figures) => figures.trades],
  ['total_return', (figures) => figures.totalReturn],
  ['net_bps_per_trade', (figures) => figures.netBpsPerTrade],
];

const KEYS = ['symbol', 'risk_level', 'variant'];
const keysOf = ({ symbol, riskLevel, variant }: Pick<VariantOutcome, 'symbol' | 'riskLevel' | 'variant'>): string[] => [
  symbol,
  riskLevel,
  variant,
];

/** One line per round trip, every number in its shortest exact form; those of an account over many symbols by their own. */
export function tradesCsv(outcomes: readonly VariantOutcome[]): string {
  const lines = outcomes.flatMap((outcome) =>
    outcome.trades.map((trade) =>
      [...keysOf({ ...outcome, symbol: trade.symbol }), ...TRADE_COLUMNS.map(([, value]) => value(trade))].join(','),
    ),
  );
  return csv([...KEYS, ...TRADE_COLUMNS.map(([name]) => name)], lines);
}

/** Equity at every UTC midnight. */
export function equityCsv(outcomes: readonly VariantOutcome[]): string {
  const lines = outcomes.flatMap((outcome) =>
    outcome.days.map((day, index) => [...keysOf(outcome), isoTime(day), outcome.dailyEquity[index]].join(',')),
  );
  return csv([...KEYS, 'time', 'equity'], lines);
}

/** Every planned fold, reported or failed. */
export function foldsCsv(outcomes: readonly VariantOutcome[]): string {
  const lines = outcomes.flatMap((outcome) =>
    outcome.folds.map((fold) => {
      const figures =
        fold.status === 'failed'
          ? ['', '', '', '', '', '', `"${fold.reason.replaceAll('"', '""')}"`]
          : [
              fold.modelId,
              fold.trades,
              fold.netPnl,
              fold.totalReturn ?? '',
              fold.sharpe ?? '',
              fold.maxDrawdown ?? '',
              '',
            ];
      return [
        ...keysOf(outcome),
        fold.index,
        isoTime(fold.trainStart),
        isoTime(fold.testStart),
        isoTime(fold.testEnd),
        fold.status,
        ...figures,
      ].join(',');
    }),
  );
  const head = [
    'fold',
    'train_start',
    'test_start',
    'test_end',
    'status',
    'model',
    'trades',
    'net_pnl',
    'total_return',
    'sharpe',
    'max_drawdown',
    'reason',
  ];
  return csv([...KEYS, ...head], lines);
}

const ABLATION_COLUMNS: readonly (readonly [string, (row: AblationRow) => string | number | undefined])[] = [
  ['symbol', (row) => row.symbol],
  ['risk_level', (row) => row.riskLevel],
  ['kind', (row) => row.kind],
  ['part', (row) => row.part],
  ['finding', (row) => row.finding],
  ['difference_per_year', (row) => row.difference.perYear],
  ['difference_low', (row) => row.difference.interval?.low],
  ['difference_high', (row) => row.difference.interval?.high],
  ['days_apart', (row) => row.difference.daysApart],
  ['p_value', (row) => row.difference.pValue],
  ['adjusted_p_value', (row) => row.difference.adjustedPValue],
  ...FIGURE_COLUMNS.map(([name, of]) => [`with_${name}`, (row: AblationRow) => of(row.whole)] as const),
  ...FIGURE_COLUMNS.map(([name, of]) => [`without_${name}`, of] as const),
  ['config_hash', (row) => row.configHash],
  ['variant', (row) => row.variant],
];

/** The headline variants without each part, they and the accounts over all symbols under each stress; an undefined figure is an empty cell. */
export function ablationCsv(rows: readonly AblationRow[]): string {
  const lines = rows.map((row) => ABLATION_COLUMNS.map(([, of]) => of(row) ?? '').join(','));
  return csv(
    ABLATION_COLUMNS.map(([name]) => name),
    lines,
  );
}

/** Lines under a header. */
export function csv(head: readonly string[], lines: readonly string[]): string {
  return `${[head.join(','), ...lines].join('\n')}\n`;
}
