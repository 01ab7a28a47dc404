// What does a training answer? Every symbol with its model and figures, or why it has none, in lines or as JSON.
import { isoDate } from '../domain/iso-time.ts';
import { formatNumber, formatPercent } from '../research/format-number.ts';
import { table } from '../research/markdown-table.ts';
import { shortOf } from './open-models.ts';
import type { KeptTraining, TrainingAnswer } from './run-training.ts';

/** The answer for people. */
export function trainingLines({ outcomes, place, synthetic, seconds }: TrainingAnswer): string[] {
  const head = ['Symbol', 'Model', 'Learnt from', 'Labels', 'AUC', 'Brier', 'Break-even', 'Most telling', 'Remark'];
  return [
    ...(synthetic ? ['Synthetic market: no market made these candles.'] : []),
    ...table(head, outcomes.map(rowOf)),
    '',
    `Kept in ${place} as challengers after ${formatNumber(seconds, 1)} s: perpilot models promote judges them in trades.`,
  ];
}

function rowOf(outcome: KeptTraining): string[] {
  if (outcome.kind !== 'trained') {
    return [outcome.symbol, '-', '-', '-', '-', '-', '-', '-', `${outcome.kind}: ${outcome.reasons.join('; ')}`];
  }
  const { card, profile } = outcome.artefact;
  const remarks = [
    ...(card.skilled ? [] : ['no skill on validation data: the base rate stands for every prediction']),
    ...(card.leakSuspected ? ['too good to be true: a leak is suspected'] : []),
    ...(profile !== undefined && profile.symbols.length > 1 ? [`joint, ${profile.symbols.length} symbols`] : []),
  ];
  return [
    outcome.symbol,
    shortOf(outcome.version),
    `${isoDate(card.trainFrom)} to ${isoDate(card.validationUntil)}`,
    String(card.trainSamples + card.validationSamples),
    formatNumber(card.validationAuc, 3),
    formatNumber(card.validationBrier, 4),
    formatPercent(card.breakEven),
    profile?.importance
      .slice(0, 3)
      .map(({ feature }) => feature)
      .join(', ') ?? '-',
    remarks.join('; '),
  ];
}

/** The answer for programs: one line of JSON; null: not known. */
export function trainingJson({ outcomes, ...about }: TrainingAnswer): string {
  const symbols = outcomes.map((outcome) =>
    outcome.kind === 'trained'
      ? {
          symbol: outcome.symbol,
          kind: outcome.kind,
          version: outcome.version,
          card: outcome.artefact.card,
          profile: outcome.artefact.profile,
          provenance: outcome.artefact.provenance,
        }
      : outcome,
  );
  const ok = outcomes.every(({ kind }) => kind === 'trained');
  return JSON.stringify({ ok, ...about, symbols }, (_, value: unknown) => (value === undefined ? null : value));
}
