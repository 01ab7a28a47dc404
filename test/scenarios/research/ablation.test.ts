// Does every ablation differ from the whole strategy in exactly the part it names, and in nothing that it does not?
import { beforeAll, describe, expect, it } from 'vitest';
import { composeAblation } from '../../../src/cli/compose-ablation.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import type { RoundTrip } from '../../../src/engine/round-trip.ts';
import type { AblatedOutcome, AblationPart } from '../../../src/research/ablation-plan.ts';
import type { VariantOutcome } from '../../../src/research/outcome.ts';
import { reportMarkdown } from '../../../src/research/report-markdown.ts';
import type { ResearchResult } from '../../../src/research/result-file.ts';
import { ablationCsv } from '../../../src/research/run-tables.ts';
import { createPlantedEdge } from '../../../src/simulation/embedded-market/null-markets.ts';
import { composedOf, HEADLINE, marketOf, runSmall, type SmallRun, type SmallRunResult } from './small-research.ts';

/** Stops so near that losses come in streaks, and a guard that two of them alarm. */
const COOLDOWN_HOURS = 12;
const composed = composedOf(
  ['aggressive'],
  [
    'research.ensemble_variants=[true, false]',
    'exits.stop_fraction=0.004',
    'exits.trailing_fraction=0.006',
    `risk.cooldown_hours=${COOLDOWN_HOURS}`,
    'guard.win_rate_rule=fixed',
    'guard.reduced_streak=2',
    'guard.paused_streak=4',
  ],
);
const markets = ['AUSDT', 'BUSDT'].map((symbol) => {
  const { candles, funding } = createPlantedEdge({ symbol, seed: symbol, bars: 140 * 24, fundingRate: 0.0001 });
  return marketOf(candles, funding);
});
const run: SmallRun = {
  markets,
  variants: composed.map(({ settings }) => settings),
  ablations: composeAblation(composed, HEADLINE),
};

let plain: SmallRunResult;
let ablated: SmallRunResult;
beforeAll(async () => {
  plain = await runSmall({ ...run, ablations: [] });
  ablated = await runSmall(run);
});

type Without = AblatedOutcome['outcome'];

/** Every symbol and risk level: the whole strategy, and the one without the part. */
const pairsOf = (part: AblationPart): readonly { readonly whole: VariantOutcome; readonly without: Without }[] =>
  ablated.suite.outcomes
    .filter(({ variant }) => variant === HEADLINE)
    .map((whole) => {
      const own = ablated.suite.ablations.find(
        (each) =>
          each.part === part && each.outcome.symbol === whole.symbol && each.outcome.riskLevel === whole.riskLevel,
      );
      return { whole, without: own?.outcome ?? expect.fail(`${part} is missing`) };
    });
const tradesOf = (part: AblationPart): { readonly whole: RoundTrip[]; readonly without: RoundTrip[] } => ({
  whole: pairsOf(part).flatMap(({ whole }) => whole.trades),
  without: pairsOf(part).flatMap(({ without }) => without.trades),
});
/** Trades that ended for `reason` in the whole strategy, and without the part. */
const endsBy = (part: AblationPart, reason: string): readonly [number, number] => {
  const { whole, without } = tradesOf(part);
  const count = (trades: readonly RoundTrip[]): number => trades.filter((trade) => trade.reason === reason).length;
  return [count(whole), count(without)];
};
/** Trades that were decided within the cooldown after a loss. */
const soonAfterLoss = (trades: readonly RoundTrip[]): number =>
  trades.filter(
    ({ decidedAt }, at) =>
      at > 0 && trades[at - 1].netPnl < 0 && decidedAt < trades[at - 1].exitTime + COOLDOWN_HOURS * HOUR_MS,
  ).length;
const traded = ({ entryPrice, exitPrice, quantity }: RoundTrip): number => (entryPrice + exitPrice) * quantity;
const longestStreak = (trades: readonly RoundTrip[]): number => {
  let longest = 0;
  let streak = 0;
  for (const { netPnl } of trades) {
    streak = netPnl < 0 ? streak + 1 : 0;
    longest = Math.max(longest, streak);
  }
  return longest;
};

describe('without', () => {
  it('the regime filter every signal goes on, at full size', () => {
    for (const { whole, without } of pairsOf('regime filter')) {
      expect(whole.funnel.afterRegime).toBeLessThan(whole.funnel.signals);
      expect(without.funnel.afterRegime).toBe(without.funnel.signals);
      expect(without.trades.length).toBeGreaterThan(0);
      expect(without.trades.every(({ sizing }) => sizing.regime === 1)).toBe(true);
    }
  });

  it('the guard a losing streak changes nothing any more', () => {
    for (const { whole, without } of pairsOf('performance guard')) {
      expect(longestStreak(whole.trades)).toBeGreaterThanOrEqual(2);
      expect(whole.guardChanges).toBeGreaterThan(0);
      expect(without.guardChanges).toBe(0);
      expect(without.funnel.afterGuard).toBe(without.funnel.afterRegime);
      expect(without.trades).not.toEqual(whole.trades);
      expect(without.trades.every(({ sizing }) => sizing.guard === 1)).toBe(true);
    }
    expect(tradesOf('performance guard').whole.some(({ sizing }) => sizing.guard < 1)).toBe(true);
  });

  it('the meta-model the primary signal trades alone, as the baseline of the same name', () => {
    pairsOf('meta-model').forEach(({ without }, at) => {
      expect(without).toBe(ablated.suite.primaryAlone[at]);
      expect(without.trades.every(({ probability }) => Number.isNaN(probability))).toBe(true);
    });
  });

  it('the logistic member the variant with boosting alone trades', () => {
    const alone = ablated.suite.outcomes.filter(({ variant }) => variant === 'boosting/standard');
    expect(pairsOf('logistic member').map(({ without }) => without)).toEqual(alone);
  });

  it('confidence scaling no size depends on confidence', () => {
    const { whole, without } = tradesOf('confidence scaling');
    expect(whole.some(({ sizing }) => sizing.confidence < 1)).toBe(true);
    expect(without.every(({ sizing }) => sizing.confidence === 1)).toBe(true);
    expect(without.some(({ confidence }) => confidence < 1)).toBe(true);
  });

  it('the volatility target no size depends on volatility', () => {
    const { whole, without } = tradesOf('volatility target');
    expect(whole.some(({ sizing }) => sizing.volatility !== 1)).toBe(true);
    expect(without.length).toBeGreaterThan(0);
    expect(without.every(({ sizing }) => sizing.volatility === 1)).toBe(true);
  });

  it('the cooldown a loss keeps nobody from the next trade', () => {
    const pairs = pairsOf('cooldown');
    expect(pairs.map(({ whole }) => soonAfterLoss(whole.trades))).toEqual(pairs.map(() => 0));
    expect(pairs.reduce((sum, { without }) => sum + soonAfterLoss(without.trades), 0)).toBeGreaterThan(0);
    for (const { without } of pairs) expect(without.funnel.refused.cooldown).toBe(0);
  });

  it('the target no trade ends at one, and without the trailing stop none by that', () => {
    const [targets, noTargets] = endsBy('profit target', 'target');
    expect([targets > 0, noTargets]).toEqual([true, 0]);
    const [trailed, notTrailed] = endsBy('trailing stop', 'trailing-stop');
    expect([trailed > 0, notTrailed]).toEqual([true, 0]);
  });
});

describe('under stress', () => {
  it('of doubled costs the same trade pays twice the fees and slippage', () => {
    for (const { whole, without } of pairsOf('costs doubled')) {
      const [first, dear] = [whole.trades[0], without.trades[0]];
      expect(dear.entryTime).toBe(first.entryTime);
      expect(dear.fees / traded(dear)).toBeCloseTo((2 * first.fees) / traded(first), 9);
      expect(dear.slippage / traded(dear)).toBeGreaterThan((1.9 * first.slippage) / traded(first));
      expect(dear.slippage / traded(dear)).toBeLessThan((2.1 * first.slippage) / traded(first));
      expect(without.costs.fees / without.trades.reduce((sum, trade) => sum + traded(trade), 0)).toBeGreaterThan(
        (1.8 * whole.costs.fees) / whole.trades.reduce((sum, trade) => sum + traded(trade), 0),
      );
    }
  });

  it('of one bar every entry is an hour late, the first one that was decided alike', () => {
    for (const { whole, without } of pairsOf('one bar late')) {
      expect(without.trades[0].decidedAt).toBe(whole.trades[0].decidedAt);
      for (const { decidedAt, entryTime } of whole.trades) expect(entryTime).toBe(decidedAt);
      for (const { decidedAt, entryTime } of without.trades) expect(entryTime).toBe(decidedAt + HOUR_MS);
    }
  });
});

describe('the ablations of a run', () => {
  it('change nothing else in its result', () => {
    expect(ablated.suite.outcomes).toEqual(plain.suite.outcomes);
    expect(plain.result.ablation).toEqual([]);
    expect({ ...ablated.result, ablation: [] }).toEqual(plain.result);
  });

  it('are the same for any order of the tasks, and number of workers', async () => {
    const again = await runSmall({ ...run, shuffled: 'x', workers: 3, cloned: true });
    expect(again.result.ablation).toEqual(ablated.result.ablation);
    expect(ablated.suite.ablations).toHaveLength(2 * 11);
  });

  it('hold the figures of the rows they stand beside, and differ from them somewhere', () => {
    const { rows, ablation } = ablated.result;
    const apart = new Map<AblationPart, number>();
    for (const { symbol, riskLevel, whole, difference, part } of ablation) {
      const row = rows.find(
        (each) => each.symbol === symbol && each.riskLevel === riskLevel && each.variant === HEADLINE,
      );
      expect(row?.figures).toMatchObject(whole);
      apart.set(part, (apart.get(part) ?? 0) + difference.daysApart);
    }
    for (const [part, days] of apart) expect(days, part).toBeGreaterThan(0);
    expect(ablation.filter(({ difference }) => difference.interval !== undefined).length).toBeGreaterThan(0);
  });

  it('are told in summary and table as they are stored', () => {
    const stored = JSON.parse(JSON.stringify(ablated.result)) as ResearchResult;
    const markdown = reportMarkdown(ablated.result);
    expect(reportMarkdown(stored)).toBe(markdown);
    expect(markdown).toContain('**An interval that contains 0 shows nothing, however large the difference looks.**');
    expect(markdown).toContain('### Under stress');
    expect(markdown).not.toContain('## Without the meta-model');
    expect(reportMarkdown(plain.result)).toContain('## Without the meta-model');
    expect(reportMarkdown(plain.result)).not.toContain('What every part earns');

    const table = ablationCsv(ablated.result.ablation);
    expect(ablationCsv(stored.ablation)).toBe(table);
    const [head, ...lines] = table.trimEnd().split('\n');
    expect(lines).toHaveLength(ablated.result.ablation.length);
    for (const line of lines) expect(line.split(',')).toHaveLength(head.split(',').length);
    expect(table).not.toMatch(/NaN|undefined|Infinity/);
  });
});
