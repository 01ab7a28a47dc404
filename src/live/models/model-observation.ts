// How do champion and challenger of every symbol do? A function of the recorded steps, so that a restart knows what its earlier lives saw.
import type { MetaModel } from '../../strategy/meta-model.ts';
import type { ModelProfile } from '../../training/model-profile.ts';
import type { WatchAlarm } from '../../training/model-watch.ts';
import type { EngineRecord, RecordedDecision } from '../record/engine-record.ts';
import { ModelFollower, type ConvictionRules, type FollowedModel, type ModelOpinion } from './model-follower.ts';
import { SignalBook, type DecidedSignal, type SignalRules } from './signal-book.ts';

export interface ObservationSetup {
  /** In the order of the engine's symbols. */
  readonly symbols: readonly string[];
  readonly signals: SignalRules;
  readonly conviction: ConvictionRules;
  /** Models that the record names. */
  readonly modelOf: (id: string) => MetaModel;
  readonly profileOf: (id: string) => ModelProfile | undefined;
}

/** A model that decides beside the champion. */
export interface Challenger extends FollowedModel {
  readonly version: string;
  /** Signals from here on count, epoch milliseconds. */
  readonly since: number;
}

/** What was said of a signal by those who trade and those who do not. */
export interface SeenSignal {
  readonly symbol: string;
  readonly signal: DecidedSignal;
  readonly champion: ModelOpinion | undefined;
  readonly challenger: (ModelOpinion & { readonly version: string }) | undefined;
}

/** Told of what is new; not while earlier lives are fed. */
export interface ObservationListener {
  readonly onSignal: (seen: SeenSignal) => void;
  readonly onOutcome: (symbol: string, signal: DecidedSignal) => void;
  /** The first alarm of each kind over a champion. */
  readonly onAlarm: (symbol: string, modelId: string, alarm: WatchAlarm) => void;
}

interface Observed {
  readonly book: SignalBook;
  champion: ModelFollower | undefined;
  /** Since when it trades. */
  championSince: number;
  challenger: { readonly follower: ModelFollower; readonly facts: Challenger } | undefined;
}

export class ModelObservation {
  listener: ObservationListener | undefined;
  private readonly setup: ObservationSetup;
  private readonly bySymbol: ReadonlyMap<string, Observed>;

  constructor(setup: ObservationSetup) {
    this.setup = setup;
    this.bySymbol = new Map(
      setup.symbols.map((symbol): readonly [string, Observed] => [
        symbol,
        { book: new SignalBook(setup.signals), champion: undefined, championSince: -Infinity, challenger: undefined },
      ]),
    );
  }

  /** A step of the engine, in the order of the journal. */
  take({ input, decisions }: EngineRecord): void {
    if (input.kind === 'model-promoted') this.promoted(input.symbol, input.modelId, input.time);
    if (input.kind !== 'slice') return;
    const { symbols } = this.setup;
    for (const [index, candle] of input.candles.entries()) {
      const observed = this.bySymbol.get(symbols[index]);
      if (candle === undefined || observed === undefined) continue;
      for (const signal of observed.book.candle(candle, input.funding[index]))
        this.learn(symbols[index], observed, signal);
    }
    for (const decision of decisions) this.decided(decision, input.time);
  }

  /** Another challenger decides beside the champion from `since` on; undefined: none does. */
  challenge(symbol: string, challenger: Challenger | undefined): void {
    const observed = this.bySymbol.get(symbol);
    if (observed === undefined || observed.challenger?.facts.version === challenger?.version) return;
    observed.challenger = challenger && {
      follower: this.caughtUp(observed, challenger, challenger.since),
      facts: challenger,
    };
  }

  challengerOf(symbol: string): Challenger | undefined {
    return this.bySymbol.get(symbol)?.challenger?.facts;
  }

  /** The champion in force; undefined: nobody trades the symbol. */
  championOf(symbol: string): ModelFollower | undefined {
    return this.bySymbol.get(symbol)?.champion;
  }

  /** Challenger and champion over the same signals; undefined: nobody challenges. */
  shadowOf(symbol: string) {
    const observed = this.bySymbol.get(symbol);
    if (observed?.challenger === undefined) return undefined;
    const { follower, facts } = observed.challenger;
    const { champion, book } = observed;
    const beside = champion && this.caughtUp(observed, champion.followed, facts.since);
    const seen = book.remembered.filter(({ decidedAt }) => decidedAt >= facts.since);
    return {
      symbol,
      version: facts.version,
      from: seen[0]?.decidedAt,
      until: seen.at(-1)?.decidedAt,
      challenger: follower.report(),
      champion: beside?.report(),
    };
  }

  private promoted(symbol: string, id: string | undefined, time: number): void {
    const observed = this.bySymbol.get(symbol);
    if (observed === undefined) return;
    const { modelOf, profileOf, conviction } = this.setup;
    observed.champion =
      id === undefined ? undefined : new ModelFollower({ model: modelOf(id), profile: profileOf(id) }, conviction);
    observed.championSince = time;
    if (observed.challenger?.facts.model.id === id) observed.challenger = undefined;
  }

  private decided({ symbol, signal, row, verdict }: RecordedDecision, decidedAt: number): void {
    const observed = this.bySymbol.get(symbol);
    if (observed === undefined || row === undefined || signal === 0) return;
    const direction = signal > 0 ? 1 : -1;
    const kept = observed.book.signal({
      decidedAt,
      direction,
      row: Float64Array.from(row),
      allowed: verdict !== 'regime',
    });
    const champion = observed.champion?.see(kept);
    const isShadowed = decidedAt >= (observed.challenger?.facts.since ?? Infinity);
    const challenger = isShadowed ? observed.challenger : undefined;
    const opinion = challenger?.follower.see(kept);
    this.listener?.onSignal({
      symbol,
      signal: kept,
      champion,
      challenger: challenger && opinion && { ...opinion, version: challenger.facts.version },
    });
    this.listenForAlarms(symbol, observed);
  }

  private learn(symbol: string, observed: Observed, signal: DecidedSignal): void {
    // A model answers for what was decided while it traded.
    if (signal.decidedAt > observed.championSince) observed.champion?.learn(signal);
    const { challenger } = observed;
    if (challenger !== undefined && signal.decidedAt >= challenger.facts.since) challenger.follower.learn(signal);
    this.listener?.onOutcome(symbol, signal);
    this.listenForAlarms(symbol, observed);
  }

  private listenForAlarms(symbol: string, { champion }: Observed): void {
    if (this.listener === undefined || champion === undefined) return;
    for (const alarm of champion.watched()?.alarms ?? [])
      this.listener.onAlarm(symbol, champion.followed.model.id, alarm);
  }

  /** A follower that has seen all that is remembered from `since` on. */
  private caughtUp({ book }: Observed, followed: FollowedModel, since: number): ModelFollower {
    const follower = new ModelFollower(followed, this.setup.conviction);
    const seen = book.remembered.filter(({ decidedAt }) => decidedAt >= since);
    for (const signal of seen) follower.see(signal);
    for (const signal of seen) if (signal.outcome !== undefined) follower.learn(signal);
    return follower;
  }
}
