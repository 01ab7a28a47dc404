// Which settings exist? The sections of every module, joined.
import { z } from 'zod';
import { exitsSchema } from '../engine/exits-config.ts';
import { alertsSchema } from '../live/alerts/alerts-config.ts';
import { liveSchema } from '../live/live-config.ts';
import { operationsSchema } from '../live/status/operations-config.ts';
import { paperSchema } from '../exchange-simulator/paper/paper-config.ts';
import { discoverySchema } from '../market-data/discovery-config.ts';
import { portfolioSchema } from '../portfolio/portfolio-config.ts';
import { sizingSchema } from '../portfolio/sizing-config.ts';
import { universeSchema } from '../portfolio/universe-config.ts';
import { researchSchema, targetsSchema } from '../research/research-config.ts';
import { renewalSchema } from '../renewal/renewal-config.ts';
import { walkForwardSchema } from '../research/walk-forward-config.ts';
import { guardSchema } from '../risk/guard-config.ts';
import { riskSchema } from '../risk/risk-config.ts';
import { costsSchema } from '../simulation/costs-config.ts';
import { featuresSchema } from '../strategy/features-config.ts';
import { labelingSchema } from '../strategy/labeling-config.ts';
import { primarySchema } from '../strategy/primary-config.ts';
import { regimeSchema } from '../strategy/regime-config.ts';
import { modelSchema } from '../training/model-config.ts';
import { accountSchema } from './account-config.ts';
import type { CamelCased } from './camel-case.ts';
import { dataSchema } from './data-config.ts';

/** Every section in the order of config/config.yaml. Defaults stand there, not here. */
export const configSchema = z.strictObject({
  data: dataSchema.describe('Where market data lies and what is taken for odd in it.'),
  account: accountSchema.describe('The account that a simulation starts with.'),
  costs: costsSchema.describe('What trading costs in a simulation.'),
  universe: universeSchema.describe('Which symbols may be entered at a moment, by what was known then.'),
  discovery: discoverySchema.describe('Which symbols are traded, chosen from what the venue lists now.'),
  features: featuresSchema.describe('What the model sees.'),
  primary: primarySchema.describe('The signal that proposes a direction.'),
  regime: regimeSchema.describe('In which market states entries are allowed, and how large.'),
  labeling: labelingSchema.describe('What counts as success of a proposal (triple-barrier labels).'),
  model: modelSchema.describe('How the meta-model is fitted, calibrated and read.'),
  exits: exitsSchema.describe('How a position ends.'),
  sizing: sizingSchema.describe('How large a position is.'),
  portfolio: portfolioSchema.describe(
    'Which of many symbols one account trades, and how it spreads its risk over them.',
  ),
  risk: riskSchema.describe('Limits that no decision passes.'),
  guard: guardSchema.describe('When recent results reduce or pause trading.'),
  live: liveSchema.describe('How the bot trades by itself: where, by which times, and what it does about what is odd.'),
  operations: operationsSchema.describe('How the bot is watched: status file, health, log.'),
  paper: paperSchema.describe(
    'How the simulated account of paper mode meets the real market: never kinder than that would be.',
  ),
  alerts: alertsSchema.describe('What is told to a person, and how it reaches them.'),
  renewal: renewalSchema.describe('Where models live, and how a successor is trained, judged and put in place.'),
  walk_forward: walkForwardSchema.describe('How history is cut into training and test windows.'),
  research: researchSchema.describe('Which variants the research suite runs.'),
  targets: targetsSchema.describe('What a result is judged by.'),
});

/** All settings as they stand in a file: plain data with snake_case keys. */
export type ConfigTree = z.output<typeof configSchema>;

/** All settings as the code reads them: camelCase and frozen; null stays null. */
export type Config = CamelCased<ConfigTree>;

/** `Tree` that nobody may change, at every depth. */
export type DeepReadonly<Tree> = Tree extends object ? { readonly [Key in keyof Tree]: DeepReadonly<Tree[Key]> } : Tree;

/** Something that several settings must fulfil together. */
export interface ConfigRule {
  /** Dotted names of the settings it looks at; the first one is named first in a message. */
  readonly keys: readonly string[];
  readonly says: string;
  readonly holds: (tree: ConfigTree) => boolean;
}
