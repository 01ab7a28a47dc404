// How is a figure printed? Its value, or n/a with the reason.
import type { Figure, IntervalFigure } from './figure.ts';

/** `text` of the value; without one `n/a (fewer than 20 trades)` or the like. */
export function figureText<Value>(figure: Figure<Value>, text: (value: Value) => string): string {
  return figure.reason === undefined ? text(figure.value) : `n/a (${figure.reason})`;
}

/** `0.50 … 1.20`; where neither bound has a value for one reason, that reason once. */
export function intervalText({ low, high }: IntervalFigure, text: (value: number) => string): string {
  if (low.reason !== undefined && low.reason === high.reason) return figureText(low, text);
  return `${figureText(low, text)} … ${figureText(high, text)}`;
}
