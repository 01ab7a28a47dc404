// How long until books and venue are compared again? Soon where something is new, ever later while the same difference stands.

export interface PauseRules {
  /** After something new, milliseconds. */
  readonly firstMs: number;
  /** Comparisons are made so often in any case, milliseconds: later than that none is needed. */
  readonly everyMs: number;
}

/** What the last comparison came to. */
export type Outcome =
  /** Something moved while it was looked at: it may be still a moment later. */
  | { readonly kind: 'moving' }
  /** The venue did not answer. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'compared'; readonly findings: readonly { readonly kind: string; readonly symbol?: string }[] };

/** What moves is looked at again after this part of the usual time at the latest, for until then nothing is opened. */
const MOVING_PART = 0.25;

/** A comparison is dear: it asks for everything. So one that found nothing new is not soon made again. */
export class ComparisonPauses {
  private readonly rules: PauseRules;
  private known: ReadonlySet<string> = new Set();
  private pauseMs = 0;

  constructor(rules: PauseRules) {
    this.rules = rules;
  }

  /** Milliseconds until the next comparison; undefined: all is well, and the usual one is soon enough. */
  after(outcome: Outcome): number | undefined {
    const { firstMs, everyMs } = this.rules;
    if (outcome.kind === 'compared') {
      const names = new Set(outcome.findings.map(({ kind, symbol = '' }) => `${kind} ${symbol}`));
      if (names.size === 0 || [...names].some((name) => !this.known.has(name))) this.pauseMs = 0;
      this.known = names;
      if (names.size === 0) return undefined;
    }
    this.pauseMs = this.pauseMs === 0 ? firstMs : this.pauseMs * 2;
    const longest = outcome.kind === 'moving' ? Math.max(firstMs, everyMs * MOVING_PART) : everyMs;
    this.pauseMs = Math.min(this.pauseMs, longest);
    return this.pauseMs;
  }
}
