// Who is to trade that does not trade yet? The record's champions against those that were taken before, each loaded and checked.
import { PerpilotError } from '../../domain/errors.ts';
import type { ModelStore, ModelVersion, Registry } from '../../ports/model-store.ts';
import { artefactFromText, type ModelArtefact, type ModelExpectation } from '../../training/model-artefact.ts';

/** What the record says of a symbol that was not known of it before. */
export type ChampionNews = { readonly symbol: string } & (
  | {
      readonly kind: 'champion';
      readonly version: ModelVersion;
      readonly artefact: ModelArtefact;
      /** As it is kept: SHA-256 of it is the version. */
      readonly text: string;
    }
  /** It had a champion and has none any more. */
  | { readonly kind: 'withdrawn' }
  /** A champion that is damaged, gone or of other features. */
  | { readonly kind: 'refused'; readonly version: ModelVersion; readonly code: string; readonly problem: string }
);

export interface NewsQuestion {
  readonly symbols: readonly string[];
  readonly expected: ModelExpectation;
  /** The champion that was taken or refused last; null: it was withdrawn; undefined: nothing was heard of the symbol. */
  readonly known: (symbol: string) => ModelVersion | null | undefined;
}

/** Nothing for symbols that no model ever traded. */
export async function championNews(
  store: ModelStore,
  { slots }: Registry,
  question: NewsQuestion,
): Promise<readonly ChampionNews[]> {
  const { symbols, known } = question;
  const news: ChampionNews[] = [];
  for (const { symbol, champion, predecessors } of slots) {
    if (!symbols.includes(symbol)) continue;
    if (champion !== undefined && champion !== known(symbol))
      news.push(await loaded(store, question, { symbol, champion }));
    const isWithdrawn = champion === undefined && predecessors.length > 0;
    if (isWithdrawn && known(symbol) !== null) news.push({ symbol, kind: 'withdrawn' });
  }
  return news;
}

async function loaded(
  store: ModelStore,
  { expected }: NewsQuestion,
  { symbol, champion: version }: { readonly symbol: string; readonly champion: ModelVersion },
): Promise<ChampionNews> {
  try {
    const text = await store.read(version);
    return { symbol, kind: 'champion', version, text, artefact: artefactFromText(text, expected) };
  } catch (error) {
    if (!(error instanceof PerpilotError)) throw error;
    return { symbol, kind: 'refused', version, code: error.code, problem: error.message };
  }
}
