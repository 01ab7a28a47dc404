// What does a fill do to a position? Signed quantity and cost basis in whole atoms, so that nothing is lost on the way.
import { atomsToNumber } from './money.ts';
import type { Atoms } from './money.ts';

/** A net position: both signed alike (long positive), both in atoms. Flat: both 0. */
export interface ExactPosition {
  /** Base units × 1e12. */
  readonly quantity: Atoms;
  /** What the quantity cost: sum of quantity × fill price of all that is still held, quote currency × 1e12. */
  readonly basis: Atoms;
}

export const FLAT: ExactPosition = { quantity: 0n, basis: 0n };

export interface PositionChange {
  readonly position: ExactPosition;
  /** Profit of the part that was closed; 0 when nothing was. */
  readonly realised: Atoms;
}

/**
 * The position after a fill of `quantity` (signed, buy positive) worth `notional` (unsigned, all of it).
 * A close releases its share of the basis, cut towards zero; the remainder stays with the position, so that the average
 * entry does not move. A fill beyond the position closes it and opens the rest at the fill's price.
 */
export function applyFill(position: ExactPosition, quantity: Atoms, notional: Atoms): PositionChange {
  const signedNotional = quantity < 0n ? -notional : notional;
  const held = position.quantity;
  if (held === 0n || held > 0n === quantity > 0n) {
    return {
      position: { quantity: held + quantity, basis: position.basis + signedNotional },
      realised: 0n,
    };
  }
  const after = held + quantity;
  if (after === 0n) return { position: FLAT, realised: -signedNotional - position.basis };
  if (after > 0n === held > 0n) {
    const released = (position.basis * -quantity) / held;
    return {
      position: { quantity: after, basis: position.basis - released },
      realised: -signedNotional - released,
    };
  }
  const closing = (signedNotional * -held) / quantity;
  return {
    position: { quantity: after, basis: signedNotional - closing },
    realised: -closing - position.basis,
  };
}

/** Average entry price as a number; undefined when flat. */
export function averageEntry(position: ExactPosition): number | undefined {
  if (position.quantity === 0n) return undefined;
  return atomsToNumber((position.basis * 10n ** 12n) / position.quantity);
}
