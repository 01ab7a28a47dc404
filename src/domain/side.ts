// Which way? Sides of orders and signs of positions.

export type Side = 'buy' | 'sell';
/** +1 long, -1 short. */
export type Direction = 1 | -1;

/** +1 for buy, -1 for sell. */
export const signOf = (side: Side): Direction => (side === 'buy' ? 1 : -1);
/** The side that opens a position in `direction`. */
export const entrySide = (direction: Direction): Side => (direction === 1 ? 'buy' : 'sell');
/** The side that closes a position held in `direction`. */
export const exitSide = (direction: Direction): Side => (direction === 1 ? 'sell' : 'buy');
