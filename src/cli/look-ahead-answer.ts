// What does the look-ahead check answer? What leaks, by name, with the first candle and both values, in lines or as JSON.
import { isoTime } from '../domain/iso-time.ts';
import type { LeakFinding } from '../research/leak-findings.ts';
import type { LookAheadReport } from '../research/look-ahead-check.ts';
import { table } from '../research/markdown-table.ts';

export interface LookAheadAnswer {
  readonly reports: readonly LookAheadReport[];
  readonly riskLevel: string;
  readonly regimeSensitivity: string;
  readonly seed: number;
  readonly synthetic: boolean;
}

/** Findings that follow from others are printed up to so many per symbol. */
const MOST_FOLLOWING = 5;

/** Whether anything leaks. */
export const leaks = ({ reports }: LookAheadAnswer): boolean => reports.some(({ findings }) => findings.length > 0);

/** The answer for people. */
export function lookAheadLines(answer: LookAheadAnswer, took: string): string[] {
  const { reports, synthetic } = answer;
  const head = ['Symbol', 'Candles', 'Cuts', 'From the start', 'Values compared', 'Orders compared', 'Leaks', 'Follow'];
  const rows = reports.map(({ symbol, bars, cuts, wholeCuts, valuesCompared, ordersCompared, findings }) => {
    const found = findings.filter(({ kind }) => kind === 'leak').length;
    return [symbol, bars, cuts, wholeCuts, valuesCompared, ordersCompared, found, findings.length - found];
  });
  const leaking = reports.filter(({ findings }) => findings.length > 0).map(({ symbol }) => symbol);
  const verdict =
    leaking.length === 0
      ? 'No look-ahead: nothing before any cut changed when the future was taken away.'
      : `LOOK-AHEAD in ${leaking.join(', ')}: values before a cut changed when the future was taken away.`;
  return [
    ...(synthetic ? ['Synthetic market: no market made these candles.'] : []),
    ...table(head, rows),
    '',
    ...reports.flatMap(remarks),
    ...reports.flatMap(({ symbol, findings }) => findingLines(symbol, findings)),
    verdict,
    `Risk level ${answer.riskLevel}, regime ${answer.regimeSensitivity}, seed ${answer.seed}, ${took}`,
  ];
}

/** The answer for programs: one line of JSON; a value that is undefined is null, times are epoch milliseconds. */
export function lookAheadJson(answer: LookAheadAnswer): string {
  const symbols = answer.reports.map((report) => ({
    ...report,
    noModel: report.noModel ?? null,
    findings: report.findings.map((finding) => ({
      ...finding,
      withFuture: finding.withFuture ?? null,
      withoutFuture: finding.withoutFuture ?? null,
    })),
  }));
  const { riskLevel, regimeSensitivity, seed, synthetic } = answer;
  return JSON.stringify({ leaks: leaks(answer), riskLevel, regimeSensitivity, seed, synthetic, symbols });
}

function remarks({ symbol, noModel, ordersCompared }: LookAheadReport): string[] {
  return [
    ...(noModel === undefined ? [] : [`${symbol}: probabilities were not checked, there is no model: ${noModel}`]),
    ...(ordersCompared > 0 ? [] : [`${symbol}: no order was ever wanted, so none was checked`]),
  ];
}

function findingLines(symbol: string, findings: readonly LeakFinding[]): string[] {
  const guilty = findings.filter(({ kind }) => kind === 'leak');
  const following = findings.filter(({ kind }) => kind === 'follows');
  const more = following.length - MOST_FOLLOWING;
  return [
    ...guilty.map((finding) => `LEAK ${symbol} ${findingText(finding)}`),
    ...following.slice(0, MOST_FOLLOWING).map((finding) => `     ${symbol} may follow: ${findingText(finding)}`),
    ...(more > 0 ? [`     ${symbol} may follow: ${more} more`] : []),
  ];
}

function findingText(finding: LeakFinding): string {
  const { stage, name, time, cut, bar, cuts, reachBars } = finding;
  const ahead = `${cut - bar} ${cut - bar === 1 ? 'candle' : 'candles'} before a cut`;
  const values = `${shown(finding.withFuture)} with the future, ${shown(finding.withoutFuture)} without`;
  return `${stage} ${name}: first at ${isoTime(time)}, ${ahead}: ${values}; at ${cuts} cuts, up to ${reachBars} before`;
}

const shown = (value: number | string | undefined): string => (value === undefined ? 'undefined' : String(value));
