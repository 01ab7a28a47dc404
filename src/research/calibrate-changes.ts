// Which file must say what, so that every risk level gets its robust settings and no other level is touched?
import { isCalibrated, isSameValue, type FlatSettings, type ShippedLevel } from './calibrate-run.ts';

/** One setting of one file. */
export interface Change {
  /** Undefined: config.yaml, which holds for all risk levels; else the profile of that level. */
  readonly profile: string | undefined;
  readonly key: string;
  readonly from: unknown;
  readonly to: unknown;
}

interface LevelChange {
  readonly shipped: ShippedLevel;
  readonly key: string;
  readonly to: unknown;
}

/**
 * Only settings that differ from what is in force. A setting goes into config.yaml where every level that takes it from
 * there is to have the same new value; else into the level's profile, so that nothing unproved changes for the others.
 */
export function changesOf(
  winners: ReadonlyMap<string, { readonly settings: FlatSettings }>,
  levels: readonly ShippedLevel[],
): Change[] {
  const wanted = levels.flatMap((shipped): LevelChange[] => {
    const settings = winners.get(shipped.riskLevel)?.settings ?? {};
    return Object.keys(settings)
      .filter((key) => isCalibrated(key) && !isSameValue(settings[key], shipped.settings[key]))
      .map((key) => ({ shipped, key, to: settings[key] }));
  });
  const changes = new Map<string, Change>();
  for (const { shipped, key, to } of wanted) {
    const sharing = levels.filter(({ profileKeys }) => !profileKeys.includes(key));
    const isShared =
      !shipped.profileKeys.includes(key) &&
      sharing.every((other) =>
        wanted.some((one) => one.shipped === other && one.key === key && isSameValue(one.to, to)),
      );
    const profile = isShared ? undefined : shipped.riskLevel;
    changes.set(`${profile ?? ''} ${key}`, { profile, key, from: shipped.settings[key], to });
  }
  return [...changes.values()];
}
