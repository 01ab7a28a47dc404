// Under which terms are models renewed? What the settings say, the same for a command, the bot and a rehearsal.
import { codeVersion } from '../adapters/system/code-version.ts';
import type { Config } from '../config/schema.ts';
import type { RenewalGround } from '../renewal/renewal-ground.ts';

type RenewalTerms = Omit<RenewalGround, 'markets' | 'settings' | 'strategy' | 'until'>;

export function renewalTerms({ renewal, walkForward }: Config, seed: number): RenewalTerms {
  return {
    history: { targetDays: renewal.trainDays, minDays: renewal.minTrainDays, minCoverage: renewal.minCoverage },
    embargoHours: walkForward.embargoHours,
    seed: String(seed),
    codeVersion: codeVersion(),
    gate: renewal.gate,
    shadowDays: renewal.shadowDays,
    maxFlipsPerDay: renewal.maxFlipsPerDay,
    newSymbols: renewal.newSymbols,
  };
}
