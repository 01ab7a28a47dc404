// How much of every position do the limits of a portfolio leave at today's prices? Cut in proportion, to whole lots, down to closing.
import { floorToLot, type Instrument } from '../domain/instrument.ts';
import type { Direction } from '../domain/side.ts';
import type { NotionalLimits } from './notional-room.ts';

export interface LimitedPosition {
  readonly instrument: Instrument;
  readonly direction: Direction;
  /** Base units, whole lots. */
  readonly quantity: number;
  /** An order is under way, so that nothing else can be done about it now. */
  readonly isFixed: boolean;
  readonly price: number;
  readonly leverage: number;
  /** Positions with equal numbers are one bet. */
  readonly group: number;
}

/** Multiples of equity. */
export interface PositionLimits extends NotionalLimits {
  /** Margin of one position at today's price. */
  readonly maxMargin: number;
}

/**
 * Base units of each position that keep every limit at an `equity` in quote currency: those that together exceed one are cut by
 * the same factor, rounded down to lots, and closed where the venue would not take what is left. Of an exceeded net the heavier
 * side is cut. Only what is fixed may still exceed a limit by itself.
 */
export function quantitiesWithin(
  positions: readonly LimitedPosition[],
  limits: PositionLimits,
  equity: number,
): readonly number[] {
  const book: Book = { positions, kept: positions.map(({ quantity }) => quantity) };
  const all = [...positions.keys()];
  const groups = [...Map.groupBy(all, (index) => positions[index].group).values()];
  const sides = ([1, -1] as const).map((side) => all.filter((index) => positions[index].direction === side));
  // A side that was cut may leave the other one too heavy; every round takes lots away, so the rounds end.
  for (let isCut = true; isCut;) {
    isCut = false;
    const cut = (members: readonly number[], limit: number): void => {
      isCut = shrink(book, members, limit) || isCut;
    };
    for (const index of all) cut([index], limits.maxMargin * equity * positions[index].leverage);
    for (const members of groups) cut(members, limits.maxGroup * equity);
    cut(all, limits.maxGross * equity);
    const [long, short] = sides.map((members) => notionalOf(book, members));
    if (long > short) cut(sides[0], limits.maxNet * equity + short);
    else cut(sides[1], limits.maxNet * equity + long);
  }
  return book.kept;
}

interface Book {
  readonly positions: readonly LimitedPosition[];
  readonly kept: number[];
}

function notionalOf({ positions, kept }: Book, members: readonly number[]): number {
  return members.reduce((sum, index) => sum + kept[index] * positions[index].price, 0);
}

/** Cuts `members` until they are worth at most `limit`; whether that changed anything. */
function shrink(book: Book, members: readonly number[], limit: number): boolean {
  const total = notionalOf(book, members);
  if (total <= limit) return false;
  const { positions, kept } = book;
  const free = members.filter((index) => !positions[index].isFixed && kept[index] > 0);
  if (free.length === 0) return false;
  const fixed = total - notionalOf(book, free);
  const factor = Math.max(0, (limit - fixed) / (total - fixed));
  for (const index of free) kept[index] = takable(positions[index], kept[index] * factor);
  // What the last bits of the factor were too large by.
  while (notionalOf(book, members) > limit) {
    const worth = (index: number): number => kept[index] * positions[index].price;
    const largest = free.reduce((most, index) => (worth(index) > worth(most) ? index : most));
    if (kept[largest] === 0) break;
    kept[largest] = takable(positions[largest], kept[largest] - positions[largest].instrument.lotSize / 2);
  }
  return true;
}

function takable({ instrument, price }: LimitedPosition, bound: number): number {
  return takableUnits(instrument, bound, price);
}

/** Whole lots within `bound` at `price`; 0: less than the venue takes. */
export function takableUnits(instrument: Instrument, bound: number, price: number): number {
  const quantity = floorToLot(instrument, bound);
  return quantity >= instrument.minQuantity && quantity * price >= instrument.minNotional ? quantity : 0;
}
