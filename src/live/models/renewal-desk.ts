// How does a running bot renew its models? Challengers decide beside the champions, broken promises have consequences, and the schedule is kept.
import { PerpilotError } from '../../domain/errors.ts';
import { fromExactJson, toExactJson } from '../../domain/exact-json.ts';
import { DAY_MS } from '../../domain/time.ts';
import type { Note } from '../../engine/step.ts';
import type { ModelSlot, ModelVersion, Registry } from '../../ports/model-store.ts';
import { artefactFacts, artefactFromText } from '../../training/model-artefact.ts';
import type { WatchAlarm } from '../../training/model-watch.ts';
import { ownFlipsSince, rolledBack, slotOf, withdrawn } from '../../training/registry-changes.ts';
import { actionOnAlarms } from '../../training/rollback-policy.ts';
import type { SessionHand } from '../session/session-hand.ts';
import type { DecidedSignal } from './signal-book.ts';
import type { SeenSignal } from './model-observation.ts';
import type { RenewalDeskSetup } from './renewal-source.ts';
import { RetrainKeeper } from './retrain-keeper.ts';

/** Why entries in a symbol are blocked whose model has broken its promises and cannot be replaced. */
const BLOCK = 'model-alarm';

/** Shadow, watch and schedule of one session. Nothing of it changes a step: what it wants goes through the record of models. */
export class RenewalDesk {
  private readonly session: SessionHand;
  private readonly setup: RenewalDeskSetup;
  private readonly keeper: RetrainKeeper;
  /** Alarms of which was told: symbol, model and kind. */
  private readonly told = new Set<string>();
  private readonly refused = new Set<ModelVersion>();
  private readonly fresh = new Set<string>();
  private rows: { readonly symbol: string; readonly eventTime: number; readonly payload: string }[] = [];

  constructor(session: SessionHand, setup: RenewalDeskSetup) {
    this.session = session;
    this.setup = setup;
    this.keeper = new RetrainKeeper(session, setup);
  }

  begin(): void {
    const { journal, observation } = this.setup;
    for (const { payload } of journal.read({ stream: 'incident', key: 'model-alarm' })) {
      const { symbol, detail } = fromExactJson(payload) as {
        symbol: string;
        detail: { model: string; alarm: WatchAlarm };
      };
      this.told.add(`${symbol} ${detail.model} ${detail.alarm.kind}`);
    }
    observation.listener = {
      onSignal: (seen) => this.seen(seen),
      onOutcome: (symbol, signal) => this.learnt(symbol, signal),
      onAlarm: (symbol, model, alarm) => this.alarmed(symbol, model, alarm),
    };
    this.keeper.begin();
  }

  end(): void {
    this.setup.observation.listener = undefined;
    this.keeper.end();
  }

  /** What the keeper of the schedule says of itself. */
  get retraining() {
    return this.keeper.state;
  }

  /** A note of a step. */
  note(note: Note): void {
    if (note.kind === 'guard' && note.mode === 'PAUSED') this.keeper.guardPaused(note.time);
    // Another model has broken no promise yet.
    if (note.kind === 'model') this.session.queue.enqueue(() => this.session.block(BLOCK, false, note.symbol));
  }

  /** The record of models has changed: who challenges now? */
  async heard(registry: Registry): Promise<void> {
    const { engine, observation } = this.setup;
    for (const { instrument } of engine.state.symbols) {
      const slot = slotOf(registry, instrument.symbol);
      if (observation.challengerOf(instrument.symbol)?.version === slot.challenger) continue;
      await this.challenge(slot);
    }
  }

  private async challenge({ symbol, challenger: version, challengerSince }: ModelSlot): Promise<void> {
    const { store, expected, observation, clock } = this.setup;
    const { queue } = this.session;
    if (version === undefined) {
      await queue.run(() => observation.challenge(symbol, undefined));
      return;
    }
    try {
      const { model, profile } = artefactFromText(await store.read(version), expected);
      const since = challengerSince ?? clock.now();
      await queue.run(() => observation.challenge(symbol, { version, model, profile, since }));
    } catch (error) {
      if (!(error instanceof PerpilotError)) throw error;
      if (this.refused.has(version)) return;
      this.refused.add(version);
      const detail = { version, code: error.code, problem: error.message };
      await queue.run(() => this.session.incident({ kind: 'model-refused', symbol, detail, time: clock.now() }));
    }
  }

  private seen({ symbol, signal, champion, challenger }: SeenSignal): void {
    if (challenger === undefined) return;
    const { decidedAt, direction } = signal;
    this.shadow(symbol, decidedAt, { kind: 'decision', symbol, direction, challenger, champion });
  }

  private learnt(symbol: string, { decidedAt, outcome }: DecidedSignal): void {
    const since = this.setup.observation.challengerOf(symbol)?.since;
    if (since === undefined || outcome === undefined || decidedAt < since) return;
    this.shadow(symbol, outcome.knownAt, { kind: 'outcome', symbol, decidedAt, ...outcome });
  }

  /** Written after the step, whose orders do not wait for it. */
  private shadow(symbol: string, eventTime: number, what: object): void {
    this.rows.push({ symbol, eventTime, payload: toExactJson(what) });
    this.fresh.add(symbol);
    if (this.rows.length > 1) return;
    this.session.queue.enqueue(() => {
      const receivedTime = this.setup.clock.now();
      const rows = this.rows.splice(0);
      this.setup.engine.write(
        rows.map((row) => ({
          stream: 'shadow',
          key: row.symbol,
          eventTime: row.eventTime,
          receivedTime,
          payload: row.payload,
        })),
      );
      this.session.queue.track(this.noteShadows());
    });
  }

  /** Puts beside the models what was seen so far; a disk that refuses costs the note and nothing else. */
  private async noteShadows(): Promise<void> {
    const { store, observation, bot } = this.setup;
    for (const symbol of this.fresh) {
      this.fresh.delete(symbol);
      const shadow = observation.shadowOf(symbol);
      if (shadow === undefined) continue;
      await store.noteShadow(shadow.version, bot, `${JSON.stringify(shadow)}\n`).catch(() => undefined);
    }
  }

  private alarmed(symbol: string, model: string, alarm: WatchAlarm): void {
    const name = `${symbol} ${model} ${alarm.kind}`;
    if (this.told.has(name)) return;
    this.told.add(name);
    this.keeper.drifted(alarm.at);
    const { queue } = this.session;
    queue.enqueue(() => {
      const time = this.setup.clock.now();
      this.session.incident({ kind: 'model-alarm', symbol, detail: { model, alarm }, time });
      queue.track(this.act(symbol, model));
    });
  }

  /** Broken promises take a model away, as far as the limit of changes and the record allow; else nothing is opened with it. */
  private async act(symbol: string, model: string): Promise<void> {
    const { store, observation, clock, maxFlipsPerDay } = this.setup;
    const alarms = observation.championOf(symbol)?.watched()?.alarms ?? [];
    if (alarms.every(({ kind }) => kind === 'drift')) return;
    const block = () => this.session.queue.run(() => this.session.block(BLOCK, true, symbol));
    try {
      const registry = await store.registry();
      const slot = slotOf(registry, symbol);
      const isRegistered =
        slot.champion !== undefined && artefactFacts(await store.read(slot.champion)).card.modelId === model;
      const at = clock.now();
      const flips = ownFlipsSince(registry, symbol, at - DAY_MS);
      const action = actionOnAlarms({ slot, alarms, flips, maxFlipsPerDay });
      if (!isRegistered || (action.kind !== 'rollback' && action.kind !== 'withdraw')) {
        await block();
        return;
      }
      const cause = { at, by: 'watch', reasons: [action.reason] };
      await store.change((record) => {
        // Somebody was quicker.
        if (slotOf(record, symbol).champion !== slot.champion) return record;
        return action.kind === 'rollback' ? rolledBack(record, symbol, cause) : withdrawn(record, symbol, cause);
      });
    } catch (error) {
      if (!(error instanceof PerpilotError)) throw error;
      // The record cannot be changed now.
      await block();
    }
  }
}
