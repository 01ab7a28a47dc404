// How is a position protected where nothing can be attached to an entry? By orders that close whatever is held, put up at once.
import { VenueError } from '../../../domain/venue-error.ts';
import type { Side } from '../../../domain/side.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { OrderRequest, ProtectionRequest } from '../../../ports/venue-account.ts';
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

/**
 * Sets stop and target of what is held. The venue takes one of a kind only, so the old one goes before the new one comes;
 * should it refuse the new one, the old one is put back.
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
  const resting = (await conditionalOrders(client, symbol)).filter(
    (order) => order.closesPosition && order.side === side,
  );
  const wanted = exitsOf(protection);
  const create = (exit: WantedExit): Promise<void> =>
    put(client, { symbol, side, ...exit, id: newId(client, exit.kind) });
  for (const kind of ['sl', 'tp'] as const) {
    const asked = kind === 'sl' ? protection.stopPrice : protection.targetPrice;
    const exit = wanted.find((each) => each.kind === kind);
    const old = resting.filter(({ origin }) => origin === (kind === 'sl' ? 'stop' : 'target'));
    const isSo = exit !== undefined && old.length === 1 && old[0].triggerPrice === exit.price;
    if (asked === undefined || isSo) continue;
    for (const { clientOrderId } of old)
      await client.ask(accountWrite('DELETE', 'algoOrder', { clientAlgoId: clientOrderId }, true), algoAck);
    if (exit === undefined) continue;
    try {
      await create(exit);
    } catch (error) {
      const price = old[0]?.triggerPrice;
      const isRefused = error instanceof VenueError && !error.orderMayExist;
      if (isRefused && price !== undefined) await create({ ...exit, price });
      throw error;
    }
  }
}

/** Never used before, by this process or another. */
function newId(client: VenueClient, kind: ProtectionKind): string {
  count += 1;
  return [kind, Math.trunc(client.venueNow()), process.pid, count].map((part) => part.toString(36)).join('-');
}
