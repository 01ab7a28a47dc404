// What does the meta-model think of the primary signal at the last close? A calibrated probability, and the confidence it means.
import type { Direction } from '../domain/side.ts';
import { confidenceOf, probabilityOf } from '../strategy/meta-model.ts';
import type { EngineState, SymbolState } from './state.ts';

export type Judgement =
  | { readonly kind: 'judged'; readonly probability: number; readonly confidence: number }
  | { readonly kind: 'refused'; readonly reason: 'no-model' | 'undefined-features' };

/** Judges a trade in `direction`; without a meta-model by choice every signal has full confidence and no probability. */
export function judgeSignal(state: EngineState, symbol: SymbolState, direction: Direction): Judgement {
  const { model, strategy } = symbol;
  const { metaModel, thresholdScale } = state.params;
  if (metaModel === 'off') return { kind: 'judged', probability: NaN, confidence: 1 };
  if (model === undefined) return { kind: 'refused', reason: 'no-model' };
  strategy.writeRow(direction, symbol.row, 0);
  const probability = probabilityOf(model, symbol.row, 0);
  if (Number.isNaN(probability)) return { kind: 'refused', reason: 'undefined-features' };
  return { kind: 'judged', probability, confidence: confidenceOf(probability, model.edge, thresholdScale) };
}
