// Which settings of different sections must fit each other?
import { HOUR_MS, parseInterval } from '../domain/time.ts';
import type { ConfigRule, ConfigTree } from './schema.ts';

const isWholeBars = (hours: number, tree: ConfigTree): boolean =>
  (hours * HOUR_MS) % (parseInterval(tree.data.interval) ?? NaN) === 0;

/** Distance of the stop as a fraction of the entry; undefined where it depends on the market. */
function stopFraction({ exits, labeling }: ConfigTree): number | undefined {
  if (exits.stop_fraction !== null) return exits.stop_fraction;
  return labeling.width === 'fixed' ? labeling.stop_barrier : undefined;
}

export const crossSectionRules: readonly ConfigRule[] = [
  {
    keys: ['labeling.horizon_hours', 'data.interval'],
    says: 'labeling.horizon_hours must be a whole number of candles',
    holds: (tree) => isWholeBars(tree.labeling.horizon_hours, tree),
  },
  {
    keys: ['exits.max_hold_hours', 'data.interval'],
    says: 'exits.max_hold_hours must be a whole number of candles',
    holds: (tree) => tree.exits.max_hold_hours === null || isWholeBars(tree.exits.max_hold_hours, tree),
  },
  {
    keys: ['features.return_hours', 'data.interval'],
    says: 'every entry of features.return_hours must be a whole number of candles',
    holds: (tree) => tree.features.return_hours.every((hours) => isWholeBars(hours, tree)),
  },
  {
    keys: ['walk_forward.train_days', 'labeling.horizon_hours', 'walk_forward.embargo_hours'],
    says: 'walk_forward.train_days must be longer than labeling.horizon_hours and walk_forward.embargo_hours together',
    holds: ({ walk_forward, labeling }) =>
      walk_forward.train_days * 24 > labeling.horizon_hours + walk_forward.embargo_hours,
  },
  {
    keys: ['risk.max_leverage', 'exits.stop_fraction', 'labeling.stop_barrier', 'labeling.width'],
    says: 'the stop (exits.stop_fraction, or labeling.stop_barrier) must lie nearer than the liquidation that risk.max_leverage brings about, 1 / max_leverage away',
    holds: (tree) => (stopFraction(tree) ?? 0) * tree.risk.max_leverage < 1,
  },
];
