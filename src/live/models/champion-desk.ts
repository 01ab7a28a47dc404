// Does the bot trade with the champions of now? It looks at the record every second and takes over between two closes what has changed.
import { PerpilotError } from '../../domain/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ModelVersion, Registry } from '../../ports/model-store.ts';
import type { NewJournalRow } from '../../ports/journal.ts';
import type { MetaModel } from '../../strategy/meta-model.ts';
import type { RecordedEngine } from '../record/recorded-engine.ts';
import type { SessionHand } from '../session/session-hand.ts';
import { championNews, type ChampionNews } from './champion-news.ts';
import type { ChampionSource } from './champion-source.ts';

export interface ChampionDeskSetup extends ChampionSource {
  readonly clock: Clock;
  readonly engine: RecordedEngine;
  /** Told of every record that was read, before its champions take over. */
  readonly onRegistry?: ((registry: Registry) => Promise<void>) | undefined;
}

/** The record is looked at so often, milliseconds; what was refused is tried again so often. */
const LOOK_MS = 1_000;
const AGAIN_MS = 60_000;

/** The models of one session. What it finds is an event of the journal before anything is decided by it. */
export class ChampionDesk {
  private readonly session: SessionHand;
  private readonly setup: ChampionDeskSetup;
  private readonly known: Map<string, ModelVersion | null>;
  /** Refused ones of which was told, by symbol. */
  private readonly refused = new Map<string, ModelVersion>();
  private looking = false;
  private mark: string | undefined;
  private unreadable: string | undefined;
  private triedAt = -Infinity;
  private stopLooking: () => void = () => undefined;

  constructor(session: SessionHand, setup: ChampionDeskSetup) {
    this.session = session;
    this.setup = setup;
    this.known = new Map(setup.known);
  }

  begin(): void {
    const { queue } = this.session;
    this.stopLooking = this.setup.clock.after(LOOK_MS, () => {
      queue.enqueue(() => queue.track(this.lookOnce()));
      this.begin();
    });
  }

  end(): void {
    this.stopLooking();
  }

  private async lookOnce(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    await this.look();
    this.looking = false;
  }

  /** Resolves when what the record says now is in force, or refused. */
  private async look(): Promise<void> {
    const { store, clock } = this.setup;
    const mark = await store.mark();
    const now = clock.now();
    const isUneasy = this.refused.size > 0 || this.unreadable !== undefined;
    if (mark === this.mark && !(isUneasy && now - this.triedAt >= AGAIN_MS)) return;
    this.triedAt = now;
    this.mark = mark;
    const news = await this.read();
    if (news === undefined) return;
    for (const [symbol, version] of this.refused) {
      if (!news.some((each) => 'version' in each && each.version === version)) this.refused.delete(symbol);
    }
    for (const each of news) await this.follow(each);
  }

  private async read(): Promise<readonly ChampionNews[] | undefined> {
    const { store, expected, engine, clock } = this.setup;
    const symbols = engine.state.symbols.map(({ instrument }) => instrument.symbol);
    try {
      const registry = await store.registry();
      this.unreadable = undefined;
      await this.setup.onRegistry?.(registry);
      const known = (symbol: string) => this.known.get(symbol);
      const news = await championNews(store, registry, { symbols, expected, known });
      return news;
    } catch (error) {
      if (!(error instanceof PerpilotError)) throw error;
      const { code, message } = error;
      if (this.unreadable !== message) {
        const detail = { code, problem: message };
        await this.session.queue.run(() =>
          this.session.incident({ kind: 'registry-unreadable', symbol: undefined, detail, time: clock.now() }),
        );
      }
      this.unreadable = message;
      return undefined;
    }
  }

  private async follow(news: ChampionNews): Promise<void> {
    const { symbol } = news;
    if (news.kind === 'refused') {
      await this.refuse(news);
      return;
    }
    if (news.kind === 'withdrawn') {
      this.known.set(symbol, null);
      await this.session.queue.run(() => this.take(news, undefined, undefined));
      return;
    }
    const { version, text, artefact } = news;
    const kept = await this.keep(artefact.model.id, text);
    if (kept.kind === 'failed') {
      await this.refuse({ symbol, kind: 'refused', version, code: 'OUTPUT_UNWRITABLE', problem: kept.problem });
      return;
    }
    this.known.set(symbol, version);
    this.refused.delete(symbol);
    await this.session.queue.run(() => this.take(news, artefact.model, kept.row));
  }

  /** A disk that is full must not end the bot: the model that trades goes on. */
  private async keep(id: string, text: string) {
    try {
      return { kind: 'kept', row: await this.setup.keep(id, text, this.setup.clock.now()) } as const;
    } catch (error) {
      return { kind: 'failed', problem: error instanceof Error ? error.message : String(error) } as const;
    }
  }

  private take(news: ChampionNews, model: MetaModel | undefined, row: NewJournalRow | undefined): void {
    const { engine, clock, told } = this.setup;
    const { symbol } = news;
    if (engine.state.bySymbol.get(symbol)?.model?.id === model?.id) return;
    if (row !== undefined) engine.write([row]);
    this.session.digest({ kind: 'model-promoted', time: clock.now(), symbol, model });
    told(news);
  }

  /** The model that trades goes on. */
  private async refuse(news: ChampionNews & { readonly kind: 'refused' }): Promise<void> {
    const { symbol, version, code, problem } = news;
    if (this.refused.get(symbol) === version) return;
    this.refused.set(symbol, version);
    const time = this.setup.clock.now();
    await this.session.queue.run(() => {
      this.session.incident({ kind: 'model-refused', symbol, detail: { version, code, problem }, time });
      this.setup.told(news);
    });
  }
}
