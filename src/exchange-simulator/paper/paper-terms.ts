// How kind is a paper account under the settings of the section `paper`?
import type { PaperTerms } from './paper-options.ts';

/** The settings of the section `paper`. */
export interface PaperSettings {
  readonly latencyMs: number;
  readonly participation: number;
  readonly missedFills: number;
  readonly prices: 'book' | 'last';
  readonly staleSeconds: number;
}

export const paperTermsOf = (settings: PaperSettings): PaperTerms => ({
  latencyMs: settings.latencyMs,
  liquidity: { participation: settings.participation, missed: settings.missedFills },
  prices: settings.prices,
  staleMs: settings.staleSeconds * 1_000,
});
