// How does the record of who trades what change? Pure steps: challenge, promote, refuse, roll back, withdraw.
import { PerpilotError } from '../domain/errors.ts';
import { DAY_MS } from '../domain/time.ts';
import type {
  ChangeKind,
  ModelSlot,
  ModelStatus,
  ModelVersion,
  Registry,
  RegistryChange,
} from '../ports/model-store.ts';

/** So many changes are kept. */
const KEPT_CHANGES = 2_000;
/** A rollback can go back so far. */
const KEPT_PREDECESSORS = 10;

/** Changes of the champion. */
const FLIPS: ReadonlySet<ChangeKind> = new Set(['promote', 'rollback', 'withdraw']);

/** A model for a symbol. */
export interface Candidate {
  readonly symbol: string;
  readonly version: ModelVersion;
}

/** When, by whom and why. */
export interface Cause {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly by: string;
  readonly reasons: readonly string[];
  /** Of a challenge: since when its days of shadow count, the market's time; missing: `at`. */
  readonly since?: number;
}

/** The slot of a symbol; an empty one where nothing was recorded of it. */
export function slotOf({ slots }: Registry, symbol: string): ModelSlot {
  const empty = { symbol, champion: undefined, challenger: undefined, challengerSince: undefined, predecessors: [] };
  return slots.find((slot) => slot.symbol === symbol) ?? empty;
}

/** What a version is, for any symbol. */
export function statusOf({ slots }: Registry, version: ModelVersion): ModelStatus {
  if (slots.some(({ champion }) => champion === version)) return 'champion';
  return slots.some(({ challenger }) => challenger === version) ? 'challenger' : 'archived';
}

/** Models that may become champions; a challenger of before is archived. */
export function challenged(registry: Registry, candidates: readonly Candidate[], cause: Cause): Registry {
  return candidates.reduce((record, { symbol, version }) => {
    const slot = slotOf(record, symbol);
    const next = { ...slot, challenger: version, challengerSince: cause.since ?? cause.at };
    return changed(record, next, { ...cause, kind: 'challenge', from: slot.challenger, to: version });
  }, registry);
}

/** The candidates trade from now on, all of them in one change; the champions of before can be gone back to. */
export function promoted(registry: Registry, candidates: readonly Candidate[], cause: Cause): Registry {
  return candidates.reduce((record, { symbol, version }) => {
    const slot = slotOf(record, symbol);
    if (slot.champion === version) return record;
    const { champion, predecessors } = slot;
    const isChallenger = slot.challenger === version;
    const next = {
      symbol,
      champion: version,
      challenger: isChallenger ? undefined : slot.challenger,
      challengerSince: isChallenger ? undefined : slot.challengerSince,
      predecessors: [...(champion === undefined ? [] : [champion]), ...predecessors]
        .filter((each) => each !== version)
        .slice(0, KEPT_PREDECESSORS),
    };
    return changed(record, next, { ...cause, kind: 'promote', from: champion, to: version });
  }, registry);
}

/** Challengers that did not pass are archived; the champions stay. */
export function refused(registry: Registry, candidates: readonly Candidate[], cause: Cause): Registry {
  return candidates.reduce((record, { symbol, version }) => {
    const slot = slotOf(record, symbol);
    const isChallenger = slot.challenger === version;
    const next = isChallenger ? { ...slot, challenger: undefined, challengerSince: undefined } : slot;
    return changed(record, next, { ...cause, kind: 'refuse', from: version, to: undefined });
  }, registry);
}

/** The champion before this one trades again. @throws PerpilotError MODEL_MISSING when there is none */
export function rolledBack(registry: Registry, symbol: string, cause: Cause): Registry {
  const slot = slotOf(registry, symbol);
  const [before, ...earlier] = slot.predecessors;
  if (before === undefined) {
    const hint = 'perpilot models rollback --withdraw leaves the symbol without a model: then nothing is opened there';
    throw new PerpilotError('MODEL_MISSING', [{ message: `${symbol}: no earlier champion to go back to`, hint }]);
  }
  const next = { ...slot, champion: before, predecessors: earlier };
  return changed(registry, next, { ...cause, kind: 'rollback', from: slot.champion, to: before });
}

/** Nobody trades the symbol: nothing is opened there. The champion of before can be gone back to. */
export function withdrawn(registry: Registry, symbol: string, cause: Cause): Registry {
  const slot = slotOf(registry, symbol);
  if (slot.champion === undefined) return registry;
  const next = { ...slot, champion: undefined, predecessors: [slot.champion, ...slot.predecessors] };
  return changed(registry, next, { ...cause, kind: 'withdraw', from: slot.champion, to: undefined });
}

/** Champions of a symbol that were changed by the program itself since `since`, epoch milliseconds. */
export function ownFlipsSince({ changes }: Registry, symbol: string, since: number): number {
  return changes.filter(
    (change) => change.symbol === symbol && change.at > since && change.by !== 'person' && FLIPS.has(change.kind),
  ).length;
}

/** When a model was last put up or refused by a retraining, epoch milliseconds: then one had just ended. */
export function lastRenewal({ changes }: Registry): number | undefined {
  const times = changes.filter(({ by, kind }) => by === 'retrain' && kind !== 'rollback').map(({ at }) => at);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** When the first challenger has decided beside its champion for `days`, epoch milliseconds; undefined: nobody challenges. */
export function shadowEnd({ slots }: Registry, days: number): number | undefined {
  const since = slots.flatMap(({ challenger, challengerSince }) =>
    challenger === undefined || challengerSince === undefined ? [] : [challengerSince],
  );
  return since.length === 0 ? undefined : Math.min(...since) + days * DAY_MS;
}

/** Versions that nobody trades, challenges with or could go back to, apart from the newest `keep` of `byAge` (oldest first). */
export function prunable(registry: Registry, byAge: readonly ModelVersion[], keep: number): ModelVersion[] {
  const needed = new Set(
    registry.slots.flatMap(({ champion, challenger, predecessors }) => [champion, challenger, ...predecessors]),
  );
  const archived = byAge.filter((version) => !needed.has(version));
  return archived.slice(0, Math.max(0, archived.length - keep));
}

function changed(registry: Registry, slot: ModelSlot, change: Omit<RegistryChange, 'revision' | 'symbol'>): Registry {
  const slots = [...registry.slots.filter(({ symbol }) => symbol !== slot.symbol), slot].sort((a, b) =>
    a.symbol < b.symbol ? -1 : 1,
  );
  const { at, kind, from, to, by, reasons } = change;
  const entry = { revision: registry.revision + 1, at, kind, symbol: slot.symbol, from, to, by, reasons };
  return { ...registry, slots, changes: [...registry.changes, entry].slice(-KEPT_CHANGES) };
}
