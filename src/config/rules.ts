// Which settings must fit each other? The rules of every section, and those between sections.
import { alertsRules } from '../live/alerts/alerts-config.ts';
import { liveRules } from '../live/live-config.ts';
import { operationsRules } from '../live/status/operations-config.ts';
import { discoveryRules } from '../market-data/discovery-config.ts';
import { portfolioRules } from '../portfolio/portfolio-config.ts';
import { renewalRules } from '../renewal/renewal-config.ts';
import { walkForwardRules } from '../research/walk-forward-config.ts';
import { guardRules } from '../risk/guard-config.ts';
import { riskRules } from '../risk/risk-config.ts';
import { costsRules } from '../simulation/costs-config.ts';
import { featuresRules } from '../strategy/features-config.ts';
import { labelingRules } from '../strategy/labeling-config.ts';
import { primaryRules } from '../strategy/primary-config.ts';
import { regimeRules } from '../strategy/regime-config.ts';
import { modelRules } from '../training/model-config.ts';
import { dataRules } from './data-config.ts';
import { crossSectionRules } from './cross-section-rules.ts';
import type { ConfigRule, ConfigTree } from './schema.ts';

interface SectionRule<Section> {
  readonly keys: readonly string[];
  readonly says: string;
  readonly holds: (section: Section) => boolean;
}

function within<Name extends keyof ConfigTree>(
  name: Name,
  rules: readonly SectionRule<ConfigTree[Name]>[],
): ConfigRule[] {
  return rules.map((rule) => ({
    keys: rule.keys.map((key) => `${name}.${key}`),
    says: `${name}: ${rule.says}`,
    holds: (tree) => rule.holds(tree[name]),
  }));
}

export const configRules: readonly ConfigRule[] = [
  ...within('data', dataRules),
  ...within('costs', costsRules),
  ...within('discovery', discoveryRules),
  ...within('features', featuresRules),
  ...within('primary', primaryRules),
  ...within('regime', regimeRules),
  ...within('labeling', labelingRules),
  ...within('model', modelRules),
  ...within('portfolio', portfolioRules),
  ...within('risk', riskRules),
  ...within('guard', guardRules),
  ...within('live', liveRules),
  ...within('operations', operationsRules),
  ...within('renewal', renewalRules),
  ...within('alerts', alertsRules),
  ...within('walk_forward', walkForwardRules),
  ...crossSectionRules,
];
