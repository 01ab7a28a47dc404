// What does the account hold that a fault could meet? Positions, the stops that protect them, and the least one can order.
import { floorToLot, stepsToNumber } from '../../../domain/instrument.ts';
import { exitSide, type Side } from '../../../domain/side.ts';
import type { ListedContract, PositionState, SimulatedExchange } from '../../core/exchange.ts';
import type { OrderRecord } from '../../core/order-record.ts';
import type { FaultOrigin, FaultTools } from '../fault-row.ts';

/** Positions of the symbols that a fault is about. */
export function heldPositions(tools: FaultTools, origin: FaultOrigin): readonly PositionState[] {
  return tools
    .symbols(origin)
    .map((symbol) => tools.exchange.position(symbol))
    .filter(({ quantity }) => quantity !== 0);
}

/** The side that would make a position smaller. */
export const closingSide = ({ quantity }: PositionState): Side => exitSide(quantity > 0 ? 1 : -1);

/** The resting orders that would stop a position out, on their own or attached. */
export function stopsOf(exchange: SimulatedExchange, position: PositionState): readonly OrderRecord[] {
  const side = closingSide(position);
  return exchange.openOrders({ symbol: position.symbol }).filter((order) => {
    const isStop = order.triggerDirection === (side === 'sell' ? 'down' : 'up');
    const reduces = order.reduceOnly || order.closesPosition || order.source === 'attached-stop';
    return order.status === 'untriggered' && order.side === side && isStop && reduces;
  });
}

/** A share of a quantity in whole lots, at least one. */
export function shareOf({ instrument }: ListedContract, quantity: number, share: number): number {
  return Math.max(instrument.lotSize, floorToLot(instrument, Math.abs(quantity) * share));
}

/** The smallest quantity that the contract takes at a price. */
export function smallestQuantity({ instrument }: ListedContract, price: number): number {
  const { lotSize, minQuantity, minNotional: leastValue } = instrument;
  const least = Math.max(minQuantity, price > 0 ? leastValue / price : 0);
  return stepsToNumber(Math.ceil(least / lotSize - 1e-9), lotSize);
}

/** The symbol's contract. @throws never for symbols that the exchange lists */
export function contractsOf(tools: FaultTools, origin: FaultOrigin): readonly ListedContract[] {
  return tools
    .symbols(origin)
    .map((symbol) => tools.exchange.contract(symbol))
    .filter((contract) => contract !== undefined)
    .filter(({ status }) => status !== 'closed' && status !== 'pre-launch');
}

/** Names of what was met, or undefined when there was nothing. */
export const namesOf = (met: readonly { readonly symbol: string }[]): string | undefined =>
  met.length === 0 ? undefined : met.map(({ symbol }) => symbol).join(', ');
