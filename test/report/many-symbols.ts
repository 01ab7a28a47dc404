// How does the run of one symbol look as that of many? Everything it knows, again under other names.
import type { ReportData } from '../../src/research/html/report-data.ts';

/** The data of a run over `symbols`, each like the one symbol of `data`. */
export function manySymbols({ result, ...data }: ReportData, symbols: readonly string[]): ReportData {
  const each = <Item extends { readonly symbol: string }>(items: readonly Item[] = []): Item[] =>
    symbols.flatMap((symbol) => items.map((item) => ({ ...item, symbol })));
  return {
    ...data,
    result: {
      ...result,
      symbols: each(result.symbols),
      rows: each(result.rows),
      baselines: each(result.baselines),
      ablation: each(result.ablation),
      failedFolds: each(result.failedFolds),
      selection: { ...result.selection, rows: each(result.selection.rows) },
    },
    curves: each(data.curves),
    holds: each(data.holds),
    candles: each(data.candles),
    importance: each(data.importance),
    regimes: each(data.regimes),
    calibration: symbols.flatMap((name) => (data.calibration ?? []).map((curve) => ({ ...curve, name }))),
  };
}
