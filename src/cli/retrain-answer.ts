// What does a retraining answer? What became of every symbol and why, in lines or as JSON.
import { isoTime } from '../domain/iso-time.ts';
import type { RenewedSymbol } from '../renewal/retrain.ts';
import { contestLines } from './models-answer.ts';
import { shortOf } from './open-models.ts';
import type { RetrainAnswer } from './run-retrain.ts';

/** The answer for people. */
export function retrainLines(answer: RetrainAnswer): string[] {
  const head = answer.synthetic ? ['Synthetic market: no market made these candles.'] : [];
  if (answer.kind === 'not-due') {
    const next =
      answer.next === undefined
        ? 'the schedule asks for nothing'
        : `the next training is due ${isoTime(answer.next)} UTC`;
    return [...head, `Nothing is due: ${next}.`];
  }
  if (answer.kind === 'planned') {
    const { causes, plan } = answer;
    return [
      ...head,
      causes.length === 0 ? 'The schedule asks for nothing now.' : `The schedule asks for it: ${causes.join(', ')}.`,
      ...plan.map(({ symbol, step, reasons }) => [`${symbol}: ${step}`, ...reasons].join(', ')),
      'Nothing was done.',
    ];
  }
  return [...head, ...answer.outcomes.flatMap(outcomeLines)];
}

function outcomeLines(outcome: RenewedSymbol): string[] {
  const { symbol } = outcome;
  switch (outcome.kind) {
    case 'blocked':
    case 'failed':
      return [`${symbol}: ${outcome.kind}: ${outcome.reasons.join('; ')}`];
    case 'same':
      return [`${symbol}: the training gave the model that trades already, ${shortOf(outcome.version)}`];
    case 'shadow':
      return [
        `${symbol}: ${shortOf(outcome.version)} decides beside the champion until ${isoTime(outcome.until)} UTC`,
        ...(outcome.contest === undefined ? [] : contestLines(outcome.contest)),
      ];
    default:
      return [`${symbol}: ${shortOf(outcome.version)} ${outcome.kind}`, ...contestLines(outcome.contest)];
  }
}

/** The answer for programs: one line of JSON; null: not known. */
export function retrainJson(answer: RetrainAnswer): string {
  const isWhole =
    answer.kind !== 'done' || answer.outcomes.every(({ kind }) => kind !== 'blocked' && kind !== 'failed');
  return JSON.stringify({ ok: isWhole, ...answer }, (_, value: unknown) => (value === undefined ? null : value));
}
