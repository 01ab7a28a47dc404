// What may anybody do at the exchange, in any order? Random acts of a client, of fate and of time, from a seed.
import { floorToLot, roundToTick, stepsToNumber } from '../../../src/domain/instrument.ts';
import type { Instrument } from '../../../src/domain/instrument.ts';
import { createRandom } from '../../../src/domain/random.ts';
import type { Random } from '../../../src/domain/random.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';

export interface Operation {
  /** Market time, epoch milliseconds. */
  readonly time: number;
  readonly seed: string;
  readonly isFate: boolean;
}

/** Operations in rising time: at opens and anywhere between them. `fate`: share of acts that no client can do. */
export function operationsOf(
  seed: string,
  span: { readonly from: number; readonly until: number; readonly intervalMs: number; readonly fate: number },
): Operation[] {
  const random = createRandom(`operations/${seed}`);
  const operations: Operation[] = [];
  let { from: time } = span;
  for (let number = 0; time < span.until; number += 1) {
    operations.push({ time, seed: `${seed}/${number}`, isFate: random.next() < span.fate });
    const step = random.next() < 0.3 ? 0 : Math.floor(random.next() * span.intervalMs * 0.8);
    const next = time + step;
    const grid = span.from + Math.ceil((next - span.from) / span.intervalMs) * span.intervalMs;
    time = random.next() < 0.4 ? grid : next;
  }
  return operations;
}

/** Does what the operation's seed says, given what the exchange is now. Refusals are answers like others. */
export function operate(exchange: SimulatedExchange, operation: Operation): void {
  const random = createRandom(operation.seed);
  const contracts = exchange.contracts();
  const { instrument } = contracts[random.below(contracts.length)];
  if (operation.isFate) actOfFate(exchange, instrument, random);
  else actOfClient(exchange, instrument, { random, name: operation.seed });
}

interface Chance {
  readonly random: Random;
  readonly name: string;
}

function actOfClient(exchange: SimulatedExchange, instrument: Instrument, chance: Chance): void {
  const { symbol } = instrument;
  const { random } = chance;
  const draw = random.next();
  if (draw < 0.5) place(exchange, instrument, chance);
  else if (draw < 0.62) protect(exchange, instrument, random);
  else if (draw < 0.72) amend(exchange, instrument, random);
  else if (draw < 0.8) cancelOne(exchange, symbol, random);
  else if (draw < 0.83)
    exchange.cancelAll(random.next() < 0.5 ? symbol : undefined, pick(random, [true, false, undefined]));
  else if (draw < 0.9) exchange.setLeverage(symbol, 1 + random.below(20));
  else if (draw < 0.95) closeAll(exchange, symbol, chance);
  else exchange.setMarginMode(pick(random, ['isolated', 'cross']));
}

const pick = <T>(random: Random, values: readonly T[]): T => values[random.below(values.length)];

/** A price within a few percent of the market, on the tick grid. */
function priceNear(exchange: SimulatedExchange, instrument: Instrument, random: Random): number {
  const { last } = exchange.quote(instrument.symbol);
  const price = Number.isNaN(last) ? 100 : last * (1 + 0.03 * random.normal());
  return Math.max(instrument.tickSize, roundToTick(instrument, price, 'nearest'));
}

function place(exchange: SimulatedExchange, instrument: Instrument, { random, name }: Chance): void {
  const { symbol, lotSize } = instrument;
  const { last } = exchange.quote(symbol);
  const held = Math.abs(exchange.position(symbol).quantity);
  const wanted = random.next() < 0.3 ? held : (200 + 20_000 * random.next()) / (Number.isNaN(last) ? 100 : last);
  const quantity = Math.max(lotSize, floorToLot(instrument, wanted));
  const isLimit = random.next() < 0.4;
  const isConditional = random.next() < 0.3;
  const closes = random.next() < 0.25;
  const near = (): number => priceNear(exchange, instrument, random);
  const mayProtect = !closes && random.next() < 0.5;
  exchange.place({
    clientOrderId: random.next() < 0.8 ? name.replaceAll('/', '-') : '',
    symbol,
    side: random.next() < 0.5 ? 'buy' : 'sell',
    type: isLimit ? 'limit' : 'market',
    quantity: closes && isConditional && random.next() < 0.3 ? 0 : quantity,
    price: isLimit ? near() : undefined,
    timeInForce: isLimit ? pick(random, ['gtc', 'gtc', 'ioc', 'fok', 'post-only', undefined]) : undefined,
    reduceOnly: closes,
    closesPosition: closes && isConditional && random.next() < 0.6,
    triggerPrice: isConditional ? near() : undefined,
    triggerSource: pick(random, ['last', 'mark', 'index']),
    stopPrice: mayProtect ? near() : undefined,
    targetPrice: mayProtect && random.next() < 0.7 ? near() : undefined,
  });
}

function closeAll(exchange: SimulatedExchange, symbol: string, { name }: Chance): void {
  const { quantity } = exchange.position(symbol);
  if (quantity === 0) return;
  exchange.place({
    clientOrderId: `${name.replaceAll('/', '-')}-close`,
    symbol,
    side: quantity > 0 ? 'sell' : 'buy',
    type: 'market',
    quantity: Math.abs(quantity),
    reduceOnly: true,
  });
}

function protect(exchange: SimulatedExchange, instrument: Instrument, random: Random): void {
  const { symbol, tickSize } = instrument;
  const price = (): number | undefined => {
    const draw = random.next();
    return draw < 0.2 ? 0 : draw < 0.7 ? priceNear(exchange, instrument, random) : undefined;
  };
  const ticks = 1 + random.below(200);
  exchange.protect({
    symbol,
    stopPrice: price(),
    targetPrice: price(),
    trailingDistance: random.next() < 0.2 ? stepsToNumber(ticks, tickSize) : undefined,
  });
}

function anyOrderId(exchange: SimulatedExchange, symbol: string, random: Random): string {
  const open = exchange.openOrders({ symbol });
  if (open.length > 0 && random.next() < 0.9) return pick(random, open).orderId;
  const closed = exchange.closedOrders({ symbol });
  return closed.length > 0 ? pick(random, closed).orderId : 'no-such-order';
}

function amend(exchange: SimulatedExchange, instrument: Instrument, random: Random): void {
  const { symbol, lotSize } = instrument;
  const orderId = anyOrderId(exchange, symbol, random);
  const price = priceNear(exchange, instrument, random);
  const quantity = stepsToNumber(1 + random.below(500), lotSize);
  const change = pick(random, [{ price }, { triggerPrice: price }, { quantity }, { price, quantity }]);
  exchange.amend(symbol, { orderId }, change);
}

function cancelOne(exchange: SimulatedExchange, symbol: string, random: Random): void {
  exchange.cancel(symbol, { orderId: anyOrderId(exchange, symbol, random) });
}

function actOfFate(exchange: SimulatedExchange, instrument: Instrument, random: Random): void {
  const { fate } = exchange;
  const { symbol } = instrument;
  const held = Math.abs(exchange.position(symbol).quantity);
  const acts: (() => void)[] = [
    () => fate.transfer(stepsToNumber(random.below(200_000) - 50_000, 0.01)),
    () => fate.tradeByHand(symbol, random.next() < 0.5 ? 'buy' : 'sell', floorToLot(instrument, held + 1) || 1),
    () => fate.deleverage(symbol, held * random.next()),
    () => fate.liquidate(symbol),
    () => fate.setNextFundingRate(symbol, 0.01 * random.normal()),
    () => fate.thinBook(symbol, pick(random, [0, 0.3, 0.7, 1, 1])),
    () => fate.splitFills(symbol, 1 + random.below(4)),
    () => fate.dropProtection(symbol),
    () => fate.refuseProtection(symbol, random.next() < 0.3),
    () => fate.rejectAtTrigger(symbol, random.next() < 0.3),
    () => fate.setLeverageByHand(symbol, 1 + random.below(15)),
    () => fate.setModesByHand({ marginMode: pick(random, ['isolated', 'cross']) }),
    () => fate.setReduceOnly(symbol, random.next() < 0.3),
    () => fate.setDeleverageRank(symbol, 1 + random.below(5)),
    () => fate.changeInstrument(symbol, { minNotional: 5 + random.below(50) }),
    () => fate.changeInstrument(symbol, { fundingIntervalHours: pick(random, [1, 4, 8]) }),
    () => fate.setStatus(symbol, pick(random, ['trading', 'trading', 'reduce-only'])),
    () => fate.setFalsePrice(symbol, random.next() < 0.5 ? undefined : 1),
    () => (random.next() < 0.3 ? fate.beginMaintenance() : fate.endMaintenance()),
  ];
  try {
    pick(random, acts)();
  } catch {
    // What fate cannot do now is refused with an error; nothing may have changed.
  }
}
