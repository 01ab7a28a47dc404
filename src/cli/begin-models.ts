// Which models does a life of the bot begin with? Those of its journal that are whole, then the champions of now, then its own.
import { PerpilotError } from '../domain/errors.ts';
import { toExactJson } from '../domain/exact-json.ts';
import { championNews } from '../live/models/champion-news.ts';
import type { ChampionSource } from '../live/models/champion-source.ts';
import type { RecordedEngine } from '../live/record/recorded-engine.ts';
import { isOpen } from '../live/record/run-record.ts';
import type { Incident } from '../live/session/session-setup.ts';
import type { Journal } from '../ports/journal.ts';
import type { ModelStore, ModelVersion } from '../ports/model-store.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import type { BotObserver } from './bot-observer.ts';
import type { BotPlan } from './bot-plan.ts';
import { provideModels, type ModelRequest, type ProvidedModel } from './bot-training.ts';
import { keepText, modelRow, type KeptModels } from './kept-models.ts';
import { openModels, shortOf } from './open-models.ts';

export interface FirstModels {
  readonly plan: BotPlan;
  /** Folder of the bot. */
  readonly folder: string;
  readonly engine: RecordedEngine;
  readonly journal: Journal;
  /** The models of the run, of which the engine has been fed. */
  readonly kept: KeptModels;
  readonly observer: BotObserver;
  readonly onIncident: (incident: Incident) => void;
  /** The market's time, epoch milliseconds. */
  readonly now: () => number;
  /** For symbols that have neither a model nor a champion. */
  readonly training: Pick<ModelRequest, 'until' | 'data' | 'history' | 'signal'>;
}

/** Every step of it is an event of the journal. What it returns is where the session looks for champions from then on. */
export async function beginModels(first: FirstModels): Promise<ChampionSource> {
  const { plan, folder, journal, observer } = first;
  dropLost(first);
  const store = openModels(undefined, plan.loaded.config.renewal);
  const expected = { schemaHash: plan.strategy.schemaHash, featureNames: plan.strategy.rowNames };
  const known = new Map<string, ModelVersion | null>();
  await takeChampions(first, { store, expected, known });
  await provideRest(first);
  return {
    store,
    expected,
    known,
    keep: async (id, text, time) => {
      await keepText(folder, id, text);
      return modelRow(journal, { id, text, time });
    },
    told: (news) => {
      const { symbol } = news;
      if (news.kind === 'refused')
        observer.remark(`${symbol}: champion ${shortOf(news.version)} was refused: ${news.problem}`);
      else if (news.kind === 'withdrawn') observer.model({ symbol, model: undefined, reason: WITHDRAWN });
      else observer.model({ symbol, model: news.artefact.model, reason: championOf(news.version, store) });
    },
  };
}

const WITHDRAWN = 'its champion was withdrawn';

const championOf = (version: ModelVersion, { place }: ModelStore): string =>
  `champion ${shortOf(version)} of the registry ${place}`;

/** A model whose file is not whole decides nothing any more; what it has opened is looked after as before. */
function dropLost({ engine, journal, kept, observer, onIncident, now }: FirstModels): void {
  for (const { instrument, model } of engine.state.symbols) {
    if (model === undefined) continue;
    const { symbol } = instrument;
    const { id } = model;
    const text = kept.textOf(id);
    const problem = kept.faults.get(id);
    const time = now();
    const row = modelRow(journal, { id, text, time });
    if (row !== undefined) engine.write([row]);
    if (problem === undefined) continue;
    engine.digest({ kind: 'model-promoted', time, symbol, model: undefined });
    const incident: Incident = { kind: 'model-lost', symbol, detail: { id, problem }, time };
    engine.write([
      { stream: 'incident', key: incident.kind, eventTime: time, receivedTime: time, payload: toExactJson(incident) },
    ]);
    onIncident(incident);
    observer.incident(incident);
    observer.model({ symbol, model: undefined, reason: `model ${id} is lost: ${problem}` });
  }
}

/** What cannot be loaded is left to the session, which tells of it: the model that traded goes on. */
async function takeChampions(
  first: FirstModels,
  { store, expected, known }: Pick<ChampionSource, 'store' | 'expected'> & { known: Map<string, ModelVersion | null> },
): Promise<void> {
  const { engine, folder, observer } = first;
  const symbols = engine.state.symbols.map(({ instrument }) => instrument.symbol);
  for (const news of await readable(async () =>
    championNews(store, await store.registry(), { symbols, expected, known: () => undefined }),
  )) {
    const { symbol, kind } = news;
    if (kind === 'refused') continue;
    const before = engine.state.bySymbol.get(symbol)?.model;
    known.set(symbol, kind === 'champion' ? news.version : null);
    if (kind === 'withdrawn') {
      if (before !== undefined) take(first, { symbol, model: undefined, reason: WITHDRAWN });
      continue;
    }
    const { model } = news.artefact;
    const reason = championOf(news.version, store);
    if (before?.id === model.id) observer.model({ symbol, model, reason });
    else {
      await keepText(folder, model.id, news.text);
      take(first, { symbol, model, reason }, news.text);
    }
  }
}

/** A record that cannot be read brings no news; the session says so. */
async function readable<Value>(read: () => Promise<readonly Value[]>): Promise<readonly Value[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof PerpilotError) return [];
    throw error;
  }
}

/** Training takes time, in which nobody would look after what is open. */
async function provideRest(first: FirstModels): Promise<void> {
  const { engine, plan, folder, training } = first;
  const symbols = engine.state.symbols.filter(({ model }) => model === undefined);
  const request: ModelRequest = {
    ...training,
    plan,
    folder,
    symbols: symbols.map(({ instrument }) => instrument.symbol),
    mayTrain: !isOpen(engine.state),
  };
  for await (const provided of provideModels(request)) take(first, provided, provided.text);
}

function take(
  { engine, journal, observer, now }: FirstModels,
  provided: Omit<ProvidedModel, 'text'>,
  text?: string,
): void {
  const { symbol, model } = provided;
  const time = now();
  const before: MetaModel | undefined = engine.state.bySymbol.get(symbol)?.model;
  const row = model === undefined || text === undefined ? undefined : modelRow(journal, { id: model.id, text, time });
  if (row !== undefined) engine.write([row]);
  if (before?.id !== model?.id) engine.digest({ kind: 'model-promoted', time, symbol, model });
  observer.model(provided);
}
