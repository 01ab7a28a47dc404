// What did each calendar month return? Equity at its last midnight over that of the month before.

export interface YearOfReturns {
  readonly year: number;
  /** January to December; undefined: no day of that month was tested. */
  readonly months: readonly (number | undefined)[];
  readonly whole: number;
}

/**
 * One entry per calendar year touched. A return belongs to the day it was made on: the midnight that ends a month closes
 * that month. The first and last month count as far as they were tested.
 */
export function monthlyReturns(days: readonly number[], equity: readonly number[]): YearOfReturns[] {
  const growth = new Map<number, (number | undefined)[]>();
  for (let index = 1; index < days.length; index += 1) {
    const made = new Date(days[index] - 1);
    const year = made.getUTCFullYear();
    const months = growth.get(year) ?? new Array<number | undefined>(12).fill(undefined);
    growth.set(year, months);
    const month = made.getUTCMonth();
    months[month] = (months[month] ?? 1) * (equity[index] / equity[index - 1]);
  }
  return [...growth].map(([year, months]) => ({
    year,
    months: months.map((factor) => (factor === undefined ? undefined : factor - 1)),
    whole: months.reduce<number>((product, factor) => product * (factor ?? 1), 1) - 1,
  }));
}
