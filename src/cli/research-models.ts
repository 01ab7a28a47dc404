// Which models did the headline variant trade with? Every one as a file of the run's folder.
import type { SymbolMarket } from '../research/market.ts';
import { modelKeyOf } from '../research/jobs.ts';
import type { VariantSettings } from '../research/settings.ts';
import type { SuiteResult } from '../research/suite.ts';
import { artefactToText } from '../training/model-artefact.ts';
import type { RunFile } from './run-folder.ts';

export interface ModelFilesInput {
  readonly suite: SuiteResult;
  readonly markets: readonly SymbolMarket[];
  /** The headline variant of every risk level. */
  readonly headline: readonly VariantSettings[];
  readonly codeVersion: string;
}

/**
 * `models/<symbol>-fold-<n>.json` for every trained fold. Risk levels usually share their models; where one has others,
 * its name is appended.
 */
export function modelFiles({ suite, markets, headline, codeVersion }: ModelFilesInput): RunFile[] {
  const files = new Map<string, RunFile & { readonly id: string }>();
  for (const settings of headline) {
    for (const { symbol, series, dataHash } of markets) {
      const key = modelKeyOf(settings, series.intervalMs);
      const own = suite.models.find((models) => models.symbol === symbol && models.modelKey === key);
      for (const fold of own?.folds ?? []) {
        if (fold.status === 'failed') continue;
        const { model, card } = fold.trained;
        const name = `models/${symbol}-fold-${fold.window.index}`;
        const other = files.get(`${name}.json`);
        if (other?.id === model.id) continue;
        const path = other === undefined ? `${name}.json` : `${name}-${settings.riskLevel}.json`;
        const provenance = { dataHash, configHash: settings.configHash, codeVersion };
        files.set(path, { path, id: model.id, text: () => artefactToText({ model, card, provenance }) });
      }
    }
  }
  return [...files.values()];
}
