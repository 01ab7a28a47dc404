// How is a position protected where nothing can be attached to an entry? By orders that close whatever is held, put up at once.
import { VenueError } from '../../../domain/venue-error.ts';
import type { Side } from '../../../domain/side.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { OrderRequest, ProtectionRequest, VenueOrder } from '../../../ports/venue-account.ts';
import { assertSymbol, refuse } from '../names.ts';
import { positiveText } from '../number-text.ts';
import type { VenueClient } from '../venue-client.ts';
import { binancePositions, conditionalOrders, findAlgo } from './account-reads.ts';
import { algoAck, SIDE, WORKING_TYPE } from './order-words.ts';
import { protectionId, type ProtectionKind } from './protection-ids.ts';
import { accountWrite, orderWrite } from './requests.ts';

/** How often an order that has nothing to close yet is tried, and how long is waited in between. */
const TRIES = 4;
const BETWEEN_MS = 150;

interface Exit {
  readonly symbol: string;
  readonly side: Side;
  readonly kind: ProtectionKind;
  readonly price: number;
  readonly triggerBy: 'last' | 'mark';
  readonly id: string;
}

export interface EntryProtection {
  readonly client: VenueClient;
  readonly clock: Clock;
  readonly entry: OrderRequest;
  readonly protection: ProtectionRequest;
}

/** Puts stop and target of an entry up. False: at least one of them is not known to rest; never rejects with a VenueError. */
export async function putProtection({ client, clock, entry, protection }: EntryProtection): Promise<boolean> {
  const side = entry.side === 'buy' ? 'sell' : 'buy';
  const exits = exitsOf(protection).map(({ kind, price, triggerBy }): Exit => {
    return { symbol: entry.symbol, side, kind, price, triggerBy, id: protectionId(kind, entry.clientOrderId) };
  });
  let isPut = true;
  for (const exit of exits) isPut = (await putOne(client, clock, exit)) && isPut;
  return isPut;
}

async function putOne(client: VenueClient, clock: Clock, exit: Exit): Promise<boolean> {
  for (let tries = 1; ; tries += 1) {
    try {
      await put(client, exit);
      return true;
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
      if (error.orderMayExist) return rests(client, exit);
      // The entry has not filled yet: there is nothing that could be closed.
      if (error.code !== 'REDUCE_ONLY_REFUSED' || tries >= TRIES) return false;
      await new Promise<void>((resolve) => void clock.after(BETWEEN_MS, resolve));
    }
  }
}

async function rests(client: VenueClient, { id }: Exit): Promise<boolean> {
  try {
    return (await findAlgo(client, id))?.algoStatus === 'NEW';
  } catch (error) {
    if (error instanceof VenueError) return false;
    throw error;
  }
}

async function put(client: VenueClient, { symbol, side, kind, price, triggerBy, id }: Exit): Promise<void> {
  const params = {
    algoType: 'CONDITIONAL',
    symbol,
    side: SIDE[side],
    type: kind === 'sl' ? 'STOP_MARKET' : 'TAKE_PROFIT_MARKET',
    triggerPrice: positiveText(price, kind === 'sl' ? 'stop price' : 'target price'),
    workingType: WORKING_TYPE[triggerBy],
    closePosition: 'true',
    clientAlgoId: id,
  };
  const shape = algoAck.refine(({ clientAlgoId }) => clientAlgoId === id, 'it acknowledges another order');
  await client.ask(orderWrite('algoOrder', params, true), shape);
}

interface WantedExit {
  readonly kind: ProtectionKind;
  readonly price: number;
  readonly triggerBy: 'last' | 'mark';
}

function exitsOf({ stopPrice, targetPrice, triggerBy = 'last' }: ProtectionRequest): readonly WantedExit[] {
  const wanted = [
    ['sl', stopPrice],
    ['tp', targetPrice],
  ] as const;
  return wanted.flatMap(([kind, price]) => (typeof price === 'number' ? [{ kind, price, triggerBy }] : []));
}

let count = 0;

/** What is held of a symbol, with the orders that close it. */
interface Protected {
  readonly client: VenueClient;
  readonly symbol: string;
  readonly side: Side;
  /** Base units, unsigned. */
  readonly quantity: number;
}

/**
 * Sets stop and target of what is held. The venue takes one of a kind that closes all, so the old one goes before the new one
 * comes; meanwhile a stop over the quantity rests where the new one will. Should the venue refuse the new one, the old one is
 * put back. Bridges that a death of the program has left are taken down.
 */
export async function binanceProtect(
  client: VenueClient,
  symbol: string,
  protection: ProtectionRequest,
): Promise<void> {
  assertSymbol(symbol);
  const held = (await binancePositions(client)).find((position) => position.symbol === symbol);
  if (held === undefined)
    throw refuse('REDUCE_ONLY_REFUSED', `no position of ${symbol} is held that could be protected`);
  const side = held.quantity > 0 ? 'sell' : 'buy';
  const own = (await conditionalOrders(client, symbol)).filter((order) => order.side === side);
  const position: Protected = { client, symbol, side, quantity: Math.abs(held.quantity) };
  const wanted = exitsOf(protection);
  for (const kind of ['sl', 'tp'] as const) {
    const asked = kind === 'sl' ? protection.stopPrice : protection.targetPrice;
    if (asked === undefined) continue;
    const exit = wanted.find((each) => each.kind === kind);
    const old = own.filter(
      ({ closesPosition, origin }) => closesPosition && origin === (kind === 'sl' ? 'stop' : 'target'),
    );
    const isSo = exit !== undefined && old.length === 1 && old[0].triggerPrice === exit.price;
    if (!isSo) await exchangeExits(position, { old, exit });
  }
  for (const { clientOrderId } of own) if (isBridge(clientOrderId)) await takeDown(client, clientOrderId);
}

/** The new exit for the old ones. */
async function exchangeExits(
  position: Protected,
  { old, exit }: { readonly old: readonly VenueOrder[]; readonly exit: WantedExit | undefined },
): Promise<void> {
  const { client, symbol, side } = position;
  const bridge = exit?.kind === 'sl' && old.length > 0 ? await putBridge(position, exit) : undefined;
  for (const { clientOrderId } of old) await takeDown(client, clientOrderId);
  if (exit === undefined) return;
  const create = (at: WantedExit): Promise<void> => put(client, { symbol, side, ...at, id: newId(client, exit.kind) });
  try {
    await create(exit);
  } catch (error) {
    const price = old[0]?.triggerPrice;
    const isRefused = error instanceof VenueError && !error.orderMayExist;
    if (isRefused && price !== undefined) await create({ ...exit, price });
    throw error;
  }
  if (bridge !== undefined) await takeDown(client, bridge);
}

const BRIDGE = 'sb';
const isBridge = (clientOrderId: string): boolean => clientOrderId.startsWith(`${BRIDGE}-`);

/** A stop over what is held now, for as long as one that closes all is missing. Its id. */
async function putBridge({ client, symbol, side, quantity }: Protected, exit: WantedExit): Promise<string> {
  const id = newId(client, BRIDGE);
  const params = {
    algoType: 'CONDITIONAL',
    symbol,
    side: SIDE[side],
    type: 'STOP_MARKET',
    quantity: positiveText(quantity, 'quantity'),
    reduceOnly: 'true',
    triggerPrice: positiveText(exit.price, 'stop price'),
    workingType: WORKING_TYPE[exit.triggerBy],
    clientAlgoId: id,
  };
  const shape = algoAck.refine(({ clientAlgoId }) => clientAlgoId === id, 'it acknowledges another order');
  await client.ask(orderWrite('algoOrder', params, true), shape);
  return id;
}

/** That it is gone already is what was wanted. */
async function takeDown(client: VenueClient, clientAlgoId: string): Promise<void> {
  try {
    await client.ask(accountWrite('DELETE', 'algoOrder', { clientAlgoId }, true), algoAck);
  } catch (error) {
    const isGone = error instanceof VenueError && ['ORDER_NOT_FOUND', 'ORDER_FINAL'].includes(error.code);
    if (!isGone) throw error;
  }
}

/** Never used before, by this process or another. */
function newId(client: VenueClient, kind: ProtectionKind | typeof BRIDGE): string {
  count += 1;
  return [kind, Math.trunc(client.venueNow()), process.pid, count].map((part) => part.toString(36)).join('-');
}
