// Which kinds of parameters do faults have? Numbers within bounds, market spans, words and flags.
import type { ParameterRule } from './fault-row.ts';

interface Bounds {
  readonly min?: number;
  readonly max?: number;
  readonly random?: readonly [low: number, high: number];
}

export const number = (value: number, says: string, bounds: Bounds = {}): ParameterRule<number> => ({
  kind: 'number',
  default: value,
  says,
  ...bounds,
});

/** A number that the fault works out by itself when it is not given. */
export const chosenNumber = (says: string, bounds: Bounds = {}): ParameterRule<number | undefined> => ({
  kind: 'number',
  default: undefined,
  says,
  ...bounds,
});

export const whole = (value: number, says: string, bounds: Bounds = {}): ParameterRule<number> => ({
  kind: 'whole',
  default: value,
  says,
  min: 0,
  ...bounds,
});

/** Milliseconds of wall time. */
export const delay = (value: number, says: string, bounds: Bounds = {}): ParameterRule<number> =>
  whole(value, says, { max: 3_600_000, ...bounds });

/** Market time in milliseconds, written like 6h. */
export const span = (valueMs: number, says: string, bounds: Bounds = {}): ParameterRule<number> => ({
  kind: 'span',
  default: valueMs,
  says,
  ...bounds,
});

export const word = <const Word extends string>(
  value: NoInfer<Word>,
  words: readonly Word[],
  says: string,
  random?: readonly NoInfer<Word>[],
): ParameterRule<Word> => ({ kind: 'word', default: value, words, says, ...(random === undefined ? {} : { random }) });

/** A word of the user's own, of letters, digits, - and _. */
export const text = (value: string, says: string): ParameterRule<string> => ({ kind: 'word', default: value, says });

export const flag = (value: boolean, says: string): ParameterRule<boolean> => ({ kind: 'flag', default: value, says });

export const share = (value: number, says: string, bounds: Bounds = {}): ParameterRule<number> =>
  number(value, says, { min: 0, max: 1, ...bounds });
