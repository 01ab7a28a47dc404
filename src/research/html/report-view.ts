// Which symbols and risk levels does a report speak of, and where are the rows and curves of each?
import type { ResearchResult, ResultRow } from '../result-file.ts';
import type { DailyCurve, LevelCurve, ReportData } from './report-data.ts';

/** Colours and dash patterns that the style knows. */
const KINDS = 6;

/** With more symbols nothing is stacked: one is chosen, and figures of all of them are summed up. */
const MANY = 4;

/** The data of a report, arranged for its sections. */
export interface ReportView {
  readonly data: ReportData;
  readonly result: ResearchResult;
  /** In the order of the result. */
  readonly symbols: readonly string[];
  readonly levels: readonly string[];
  /** Rows of the headline variant: the only ones a verdict is made from; none where only accounts over all symbols were made. */
  readonly headline: readonly ResultRow[];
  /** Span of all joined tests, epoch milliseconds; undefined without rows. */
  readonly span: { readonly from: number; readonly to: number } | undefined;
}

/** Arranges `data`. */
export function arrange(data: ReportData): ReportView {
  const { result } = data;
  const headline = result.rows.filter((row) => row.variant === result.headlineVariant && row.portfolio === undefined);
  const [first] = headline;
  return {
    data,
    result,
    symbols: [...new Set(headline.map(({ symbol }) => symbol))],
    levels: [...new Set(headline.map(({ riskLevel }) => riskLevel))],
    headline,
    span:
      first === undefined
        ? undefined
        : {
            from: headline.reduce((least, { from }) => Math.min(least, from), first.from),
            to: headline.reduce((most, { to }) => Math.max(most, to), first.to),
          },
  };
}

/** The rows of the headline variant, then those of accounts over all symbols. */
export function shownRows({ headline, result }: ReportView): readonly ResultRow[] {
  return [...headline, ...result.rows.filter(({ portfolio }) => portfolio !== undefined)];
}

/** A row goes by its symbol, an account over all of them by its variant. */
export function nameOf({ symbol, variant, portfolio }: ResultRow): string {
  return portfolio === undefined ? symbol : variant;
}

export function isMany({ symbols }: ReportView): boolean {
  return symbols.length > MANY;
}

/** Class that gives a risk level its colour and dashes, the same all over the report. */
export function kindOf({ levels }: ReportView, riskLevel: string): string {
  return `s${Math.max(0, levels.indexOf(riskLevel)) % KINDS}`;
}

export function rowOf({ headline }: ReportView, symbol: string, riskLevel: string): ResultRow | undefined {
  return headline.find((row) => row.symbol === symbol && row.riskLevel === riskLevel);
}

export function rowsOfLevel({ headline }: ReportView, riskLevel: string): readonly ResultRow[] {
  return headline.filter((row) => row.riskLevel === riskLevel);
}

/** Curves of one symbol in the order of the risk levels. */
export function curvesOf({ data, levels }: ReportView, symbol: string): readonly LevelCurve[] {
  return levels.flatMap((riskLevel) =>
    data.curves.filter((curve) => curve.symbol === symbol && curve.riskLevel === riskLevel),
  );
}

export function holdOf({ data }: ReportView, symbol: string): DailyCurve | undefined {
  return data.holds.find((hold) => hold.symbol === symbol);
}

/** Total return of buying and holding `symbol` over its tests, after costs. */
export function holdReturnOf({ result }: ReportView, symbol: string): number | undefined {
  return result.baselines.find((baseline) => baseline.symbol === symbol)?.buyAndHold?.totalReturn;
}
