// What does the fixture say of every part? One earns, one costs, of the others nothing is shown.
import type { Random } from '../../src/domain/random.ts';
import type { AblationRow } from '../../src/research/ablation.ts';
import type { ResultRow } from '../../src/research/result-file.ts';

const PARTS: readonly AblationRow['part'][] = ['regime filter', 'meta-model', 'volatility target', 'trailing stop'];

/** Of the headline rows among `rows`; the last part has no interval. */
export function ablationOf(rows: readonly ResultRow[], random: Random): AblationRow[] {
  return rows
    .filter(({ variant }) => variant === 'ensemble/standard')
    .flatMap(({ symbol, riskLevel, variant, figures }): AblationRow[] => {
      const row = (part: AblationRow['part'], at: number): AblationRow => {
        const perYear = [0.05, -0.04, 0.01][at % 3] + 0.002 * random.normal();
        return {
          part,
          kind: part === 'costs doubled' || part === 'one bar late' ? 'stress' : 'part',
          symbol,
          riskLevel,
          variant,
          configHash: undefined,
          ...figures,
          whole: figures,
          difference: {
            perYear,
            daysApart: 12,
            interval: part === 'trailing stop' ? undefined : { low: perYear - 0.03, high: perYear + 0.03 },
            pValue: 0.01,
            adjustedPValue: 0.03,
          },
          finding: at >= 2 ? 'no difference shown' : perYear > 0 ? 'earned' : 'cost',
        };
      };
      const stresses = (['costs doubled', 'one bar late'] as const).map((part, at) => row(part, at));
      return [...PARTS.map(row), ...stresses.map((stress) => ({ ...stress, finding: undefined }))];
    });
}
