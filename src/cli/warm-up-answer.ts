// What does the warm-up check answer? How many candles each value needs beside how many it declares, in lines or as JSON.
import { table } from '../research/markdown-table.ts';
import { tooShort, WARM_UP_TOLERANCE, type WarmUpNeed } from '../research/warm-up.ts';

export interface WarmUpAnswer {
  /** Longest need first. */
  readonly needs: readonly WarmUpNeed[];
  readonly symbols: readonly string[];
  /** Later starts for every symbol. */
  readonly starts: number;
  readonly riskLevel: string;
  readonly seed: number;
  readonly synthetic: boolean;
}

/** The answer for people. */
export function warmUpLines(answer: WarmUpAnswer, took: string): string[] {
  const { needs, symbols, starts, synthetic } = answer;
  const rows = needs.map((need) => [
    need.stage,
    need.name,
    Number.isFinite(need.measured) ? need.measured : 'never',
    need.declared,
    isCovered(need) ? 'yes' : 'NO',
  ]);
  const short = tooShort(needs);
  const verdict =
    short.length === 0
      ? 'Every declared warm-up is long enough.'
      : `TOO SHORT: ${short.map(({ stage, name }) => `${stage} ${name}`).join(', ')}`;
  return [
    ...(synthetic ? ['Synthetic market: no market made these candles.'] : []),
    ...table(['Stage', 'Name', 'Candles needed', 'Declared', 'Enough'], rows),
    '',
    verdict,
    `${starts} later starts of ${symbols.join(', ')} agree with the long history to ${WARM_UP_TOLERANCE} at every following candle`,
    `Risk level ${answer.riskLevel}, seed ${answer.seed}, ${took}`,
  ];
}

/** The answer for programs: one line of JSON; `measured` null: a later start never agreed. */
export function warmUpJson({ needs, ...about }: WarmUpAnswer): string {
  return JSON.stringify({
    ok: tooShort(needs).length === 0,
    ...about,
    tolerance: WARM_UP_TOLERANCE,
    needs: needs.map((need) => ({
      ...need,
      measured: Number.isFinite(need.measured) ? need.measured : null,
      enough: isCovered(need),
    })),
  });
}

const isCovered = (need: WarmUpNeed): boolean => tooShort([need]).length === 0;
