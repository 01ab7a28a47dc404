// What do training and judging of models stand on? Markets, settings, rules, and a moment that nothing later is looked at.
import type { GateRules } from './promotion-gate.ts';
import type { SymbolTraining } from './train-symbols.ts';

export interface RenewalGround extends Omit<SymbolTraining, 'joint'> {
  readonly gate: GateRules;
  /** Days that a challenger decides beside the champion before it may be promoted. */
  readonly shadowDays: number;
  /** Changes of a champion that the program makes by itself in 24 hours. */
  readonly maxFlipsPerDay: number;
  /** What becomes of a symbol that no model ever traded. */
  readonly newSymbols: 'train' | 'block';
}
