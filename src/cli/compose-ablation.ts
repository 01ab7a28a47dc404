// Which parts does a strategy have that a setting switches off? Each of them off is a configuration like any other.
import { variationsOf, type ConfigPatch } from '../config/variant.ts';
import type { ConfigTree, DeepReadonly } from '../config/schema.ts';
import { stressesOf, type AblationCase, type AblationPart, type AblationPlan } from '../research/ablation-plan.ts';
import { settingsOf, type ComposedVariant } from './compose-variants.ts';

interface Switch {
  readonly part: AblationPart;
  readonly isOn: (config: DeepReadonly<ConfigTree>) => boolean;
  /** What a user would say with `--set`. */
  readonly off: ConfigPatch;
  /** Models must be trained anew without it: then it is left out unless a variant of the run has it off. */
  readonly isLearned?: boolean;
}

const SWITCHES: readonly Switch[] = [
  { part: 'regime filter', isOn: ({ regime }) => regime.enabled, off: { regime: { enabled: false } } },
  { part: 'performance guard', isOn: ({ guard }) => guard.enabled, off: { guard: { enabled: false } } },
  {
    part: 'logistic member',
    isOn: ({ model }) => model.ensemble,
    off: { model: { ensemble: false } },
    isLearned: true,
  },
  {
    part: 'confidence scaling',
    isOn: ({ sizing }) => sizing.confidence_scaling,
    off: { sizing: { confidence_scaling: false } },
  },
  {
    part: 'volatility target',
    isOn: ({ sizing }) => sizing.volatility_target,
    off: { sizing: { volatility_target: false } },
  },
  { part: 'cooldown', isOn: ({ risk }) => risk.cooldown_hours > 0, off: { risk: { cooldown_hours: 0 } } },
  { part: 'profit target', isOn: ({ exits }) => exits.target_fraction !== 0, off: { exits: { target_fraction: 0 } } },
  {
    part: 'trailing stop',
    isOn: ({ exits }) => exits.trailing_fraction !== null,
    off: { exits: { trailing_fraction: null } },
  },
  {
    part: 'exit on opposite signal',
    isOn: ({ exits }) => exits.exit_on_opposite_signal,
    off: { exits: { exit_on_opposite_signal: false } },
  },
];

/** What is simulated besides the variants: per risk level the headline variant without each of its parts, and its stresses. */
export function composeAblation(variants: readonly ComposedVariant[], headlineVariant: string): AblationPlan[] {
  const hashes = new Set(variants.map(({ settings }) => settings.configHash));
  return variants
    .filter(({ settings }) => settings.variant === headlineVariant)
    .map(({ settings, resolved }) => {
      const variation = variationsOf(resolved);
      const cases: AblationCase[] = [];
      const inRun: { part: AblationPart; configHash: string }[] = [];
      for (const { part, isOn, off, isLearned = false } of SWITCHES) {
        // What a setting has off already is no part.
        if (!isOn(resolved)) continue;
        const without = settingsOf(settings.riskLevel, variation(off));
        if (hashes.has(without.configHash)) inRun.push({ part, configHash: without.configHash });
        else if (!isLearned) cases.push({ part, kind: 'part', settings: without, delayBars: 0 });
      }
      return { headline: settings, cases: [...cases, ...stressesOf(settings)], inRun };
    });
}
