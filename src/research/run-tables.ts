// What does a run keep besides its result? Every trade, every day's equity and every fold, as plain tables.
import { isoTime } from '../domain/iso-time.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
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
  ['size_final', (trade) => trade.sizing.final],
  ['ambiguous', (trade) => (trade.ambiguous ? 1 : 0)],
  ['model', (trade) => trade.modelId],
];

const KEYS = ['symbol', 'risk_level', 'variant'];
const keysOf = ({ symbol, riskLevel, variant }: VariantOutcome): string[] => [symbol, riskLevel, variant];

/** One line per round trip, every number in its shortest exact form. */
export function tradesCsv(outcomes: readonly VariantOutcome[]): string {
  const lines = outcomes.flatMap((outcome) =>
    outcome.trades.map((trade) => [...keysOf(outcome), ...TRADE_COLUMNS.map(([, value]) => value(trade))].join(',')),
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

function csv(head: readonly string[], lines: readonly string[]): string {
  return `${[head.join(','), ...lines].join('\n')}\n`;
}
