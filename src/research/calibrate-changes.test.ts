// Does every change stand in the one file that gives it to the right risk levels and to no other?
import { describe, expect, it } from 'vitest';
import { KEY, SHIPPED, shippedSettings } from '../../test/scenarios/calibrate-command/invented-runs.ts';
import { changesOf } from './calibrate-changes.ts';

const winnersWith = (changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>) =>
  new Map(
    Object.entries(changes).map(([level, settings]) => [
      level,
      { settings: { ...shippedSettings(level), ...settings } },
    ]),
  );

describe('changesOf', () => {
  it('writes to config.yaml what every level is to have', () => {
    const all = { aggressive: { [KEY]: 0.03 }, conservative: { [KEY]: 0.03 }, moderate: { [KEY]: 0.03 } };
    expect(changesOf(winnersWith(all), SHIPPED)).toEqual([{ profile: undefined, key: KEY, from: 0.02, to: 0.03 }]);
  });

  it('writes to the profile what only some levels are to have, or each differently', () => {
    const some = { aggressive: { [KEY]: 0.03 }, moderate: { [KEY]: 0.025 } };
    expect(changesOf(winnersWith(some), SHIPPED)).toEqual([
      { profile: 'aggressive', key: KEY, from: 0.02, to: 0.03 },
      { profile: 'moderate', key: KEY, from: 0.02, to: 0.025 },
    ]);
  });

  it('writes to the profile what the profile gives, though all agree', () => {
    const key = 'risk.max_leverage';
    const all = { aggressive: { [key]: 4 }, conservative: { [key]: 4 }, moderate: { [key]: 4 } };
    const changes = changesOf(winnersWith(all), SHIPPED);
    expect(changes.map(({ profile }) => profile)).toEqual(['aggressive', 'conservative', 'moderate']);
  });

  it('proposes neither the world, nor how runs are made and judged, nor what is in force', () => {
    const settings = {
      'costs.taker_fee_bps': 0,
      'account.initial_equity': 5,
      'data.root': 'elsewhere',
      'research.years': 9,
      'walk_forward.train_days': 90,
      'targets.sharpe': 0,
      'model.bags': shippedSettings('moderate')['model.bags'],
    };
    expect(changesOf(winnersWith({ moderate: settings }), SHIPPED)).toEqual([]);
  });
});
