// How does a bot renew its models? Challengers whose days of shadow are over are judged again; then successors are trained and judged.
import { DAY_MS } from '../domain/time.ts';
import type { ModelStore, ModelVersion, Registry } from '../ports/model-store.ts';
import { judgeHistory } from '../training/history-policy.ts';
import { artefactToText } from '../training/model-artefact.ts';
import {
  challenged,
  ownFlipsSince,
  promoted,
  refused,
  slotOf,
  type Candidate,
  type Cause,
} from '../training/registry-changes.ts';
import { judgeCandidates } from './judge-candidates.ts';
import type { ContestResult } from './judge-challengers.ts';
import type { RenewalGround } from './renewal-ground.ts';
import { trainSymbols } from './train-symbols.ts';

export interface RetrainInput {
  readonly store: ModelStore;
  readonly ground: RenewalGround;
  /** The clock's time, for the record. */
  readonly now: () => number;
  readonly joint: boolean;
  /** A person named the symbols: also those that are to be blocked are trained. */
  readonly isNamed: boolean;
  /** Only challengers whose days of shadow are over are judged; nothing is trained. */
  readonly settleOnly?: boolean;
  readonly signal: AbortSignal;
}

/** What became of a symbol. */
export type RenewedSymbol = { readonly symbol: string } &
  /** No successor: too little history, a failed training, or a new symbol that nobody asked for. */
  (
    | { readonly kind: 'blocked' | 'failed'; readonly reasons: readonly string[] }
    /** The training gave the model that trades already. */
    | { readonly kind: 'same'; readonly version: ModelVersion }
    /** Passed the gate, and decides beside the champion now. */
    | {
        readonly kind: 'shadow';
        readonly version: ModelVersion;
        readonly until: number;
        readonly contest?: ContestResult;
      }
    /** Promoted, refused, or passed and held back by the limit of changes a day. */
    | {
        readonly kind: 'promoted' | 'refused' | 'held';
        readonly version: ModelVersion;
        readonly contest: ContestResult;
      }
  );

const BY = 'retrain';

/**
 * One renewal. Everything is judged on days that neither model learnt from; every promotion and refusal is recorded with its
 * reasons. Whatever fails on the way, who trades stays as it was recorded last.
 * @throws PerpilotError RETRAINING_UNDER_WAY when another process retrains the same models
 */
export async function retrain(input: RetrainInput): Promise<RenewedSymbol[]> {
  return input.store.whileRetraining(async () => {
    const settled = await settleShadows(input);
    const busy = new Set(settled.map(({ symbol }) => symbol));
    const isRest = (symbol: string): boolean => input.settleOnly !== true && !busy.has(symbol);
    const rest = input.ground.markets.filter(({ symbol }) => isRest(symbol));
    const outcomes = [...settled, ...(rest.length === 0 ? [] : await trainSuccessors(input, rest))];
    const places = input.ground.markets.map(({ symbol }) => symbol);
    return outcomes.sort((a, b) => places.indexOf(a.symbol) - places.indexOf(b.symbol));
  });
}

/** Challengers that passed the gate before: those whose days are over are judged again, with these days. */
async function settleShadows(input: RetrainInput): Promise<RenewedSymbol[]> {
  const { store, ground } = input;
  const outcomes: RenewedSymbol[] = [];
  for (const { symbol } of ground.markets) {
    input.signal.throwIfAborted();
    const { challenger, challengerSince } = slotOf(await store.registry(), symbol);
    if (challenger === undefined || challengerSince === undefined) continue;
    const until = challengerSince + ground.shadowDays * DAY_MS;
    if (ground.until < until) outcomes.push({ symbol, kind: 'shadow', version: challenger, until });
    else outcomes.push(...(await decide(input, [{ symbol, version: challenger }], 0)));
  }
  return outcomes;
}

async function trainSuccessors(input: RetrainInput, markets: RenewalGround['markets']): Promise<RenewedSymbol[]> {
  const { store, ground, joint, isNamed, signal } = input;
  const before = await store.registry();
  const known = (symbol: string): boolean => before.slots.some((slot) => slot.symbol === symbol);
  const isWanted = (symbol: string): boolean => isNamed || ground.newSymbols === 'train' || known(symbol);
  const wanted = markets.filter(({ symbol }) => isWanted(symbol));
  // The last days are kept from training: they are what the successor is judged by.
  const until = trainingEnd(ground);
  const trained = wanted.length === 0 ? [] : trainSymbols({ ...ground, markets: wanted, until, joint });
  const outcomes: RenewedSymbol[] = markets
    .filter(({ symbol }) => !isWanted(symbol))
    .map(({ symbol }) => ({ symbol, kind: 'blocked', reasons: ['a new symbol, and renewal.new_symbols is block'] }));
  const candidates: Candidate[] = [];
  for (const outcome of trained) {
    signal.throwIfAborted();
    const { symbol } = outcome;
    if (outcome.kind !== 'trained') {
      outcomes.push({ symbol, kind: outcome.kind, reasons: outcome.reasons });
      continue;
    }
    const version = await store.add(artefactToText(outcome.artefact));
    if (slotOf(before, symbol).champion === version) outcomes.push({ symbol, kind: 'same', version });
    else candidates.push({ symbol, version });
  }
  const groups = joint ? [candidates] : candidates.map((candidate) => [candidate]);
  for (const group of groups) {
    signal.throwIfAborted();
    if (group.length > 0) outcomes.push(...(await decide(input, group, ground.shadowDays)));
  }
  return outcomes;
}

/** End of what a successor learns from, epoch milliseconds. */
export function trainingEnd({ until, gate }: Pick<RenewalGround, 'until' | 'gate'>): number {
  return until - gate.days * DAY_MS;
}

/** Judges candidates together and records what follows; `shadowDays` lie before a promotion where somebody trades already. */
async function decide(
  input: RetrainInput,
  candidates: readonly Candidate[],
  shadowDays: number,
): Promise<RenewedSymbol[]> {
  const { store, ground, now } = input;
  const registry = await store.registry();
  const contest = await judgeCandidates(store, ground, { registry, candidates });
  const { passed, checks } = contest.verdict;
  const reasons = checks.map(({ holds, says }) => `${holds ? 'for' : 'against'}: ${says}`);
  const cause: Cause = { at: now(), by: BY, reasons };
  const kind = passed ? kindOf(input, registry, { candidates, shadowDays, at: cause.at }) : 'refused';
  await store.change((record) => {
    if (kind === 'promoted') return promoted(record, candidates, cause);
    if (kind === 'refused') return refused(record, candidates, cause);
    // Held back by the limit of changes: its days are over, and it is judged again next time.
    const since = kind === 'held' ? ground.until - ground.shadowDays * DAY_MS : ground.until;
    return challenged(record, candidates, { ...cause, since });
  });
  const until = ground.until + shadowDays * DAY_MS;
  return candidates.map(({ symbol, version }) =>
    kind === 'shadow' ? { symbol, kind, version, until, contest } : { symbol, kind, version, contest },
  );
}

interface Passed {
  readonly candidates: readonly Candidate[];
  readonly shadowDays: number;
  readonly at: number;
}

/** The first model of a symbol has nobody to decide beside. */
function kindOf(
  { ground }: RetrainInput,
  registry: Registry,
  { candidates, shadowDays, at }: Passed,
): 'promoted' | 'shadow' | 'held' {
  const isContested = candidates.some(({ symbol }) => slotOf(registry, symbol).champion !== undefined);
  if (shadowDays > 0 && isContested) return 'shadow';
  const mayFlip = candidates.every(
    ({ symbol }) => ownFlipsSince(registry, symbol, at - DAY_MS) < ground.maxFlipsPerDay,
  );
  return mayFlip ? 'promoted' : 'held';
}

/** What a retraining would do, without doing any of it. */
export interface RetrainPlan {
  readonly symbol: string;
  /** train: a successor; judge: a challenger whose days are over; shadow: one whose days are not; block: nothing. */
  readonly step: 'train' | 'judge' | 'shadow' | 'block';
  readonly reasons: readonly string[];
}

/** @throws PerpilotError as the store's `registry` */
export async function planRetraining(input: Omit<RetrainInput, 'now'>): Promise<RetrainPlan[]> {
  const { store, ground, isNamed } = input;
  const registry = await store.registry();
  return ground.markets.map(({ symbol, series }): RetrainPlan => {
    const { challenger, challengerSince } = slotOf(registry, symbol);
    if (challenger !== undefined && challengerSince !== undefined) {
      const isOver = ground.until >= challengerSince + ground.shadowDays * DAY_MS;
      return { symbol, step: isOver ? 'judge' : 'shadow', reasons: [`challenger ${challenger.slice(0, 12)}`] };
    }
    const isNew = !registry.slots.some((slot) => slot.symbol === symbol);
    if (isNew && !isNamed && ground.newSymbols === 'block') {
      return { symbol, step: 'block', reasons: ['a new symbol, and renewal.new_symbols is block'] };
    }
    const verdict = judgeHistory(series, trainingEnd(ground), ground.history);
    return verdict.kind === 'blocked'
      ? { symbol, step: 'block', reasons: verdict.reasons }
      : { symbol, step: 'train', reasons: [] };
  });
}
