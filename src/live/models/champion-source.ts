// Where does a bot find the models that it is to trade with? The store, what they must be made for, and where they are kept.
import type { NewJournalRow } from '../../ports/journal.ts';
import type { ModelStore, ModelVersion } from '../../ports/model-store.ts';
import type { ModelExpectation } from '../../training/model-artefact.ts';
import type { ChampionNews } from './champion-news.ts';

export interface ChampionSource {
  readonly store: ModelStore;
  /** What the models of this bot have to be made for. */
  readonly expected: ModelExpectation;
  /** Puts a model where the next start finds it, and makes its row of the journal; undefined: it stands there already. */
  readonly keep: (id: string, text: string, time: number) => Promise<NewJournalRow | undefined>;
  /** What was taken at the start, by symbol; null: its champion had been withdrawn. */
  readonly known: ReadonlyMap<string, ModelVersion | null>;
  /** Told of every change. */
  readonly told: (news: ChampionNews) => void;
}
