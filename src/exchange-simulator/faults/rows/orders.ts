// Which faults befall orders at the exchange? Partial fills, thin books, gaps, lost and failing stops, races, missing margin.
import { DAY_MS } from '../../../domain/time.ts';
import { atomsToNumber } from '../../../domain/money.ts';
import type { HttpFate, RequestView } from '../fault-pipeline.ts';
import {
  faultRow,
  type FaultEffect,
  type FaultOrigin,
  type FaultRow,
  type FaultScope,
  type FaultTools,
} from '../fault-row.ts';
import { delay, flag, share, whole, word } from '../parameters.ts';
import { metConnections } from './connections.ts';
import { closingSide, heldPositions, namesOf, shareOf, stopsOf } from './held.ts';
import { CLOSES, ORDERS_CHANGED, ORDERS_PLACED, isData } from './scopes.ts';

const A_DAY = { marketMs: DAY_MS };
const PASS: HttpFate = { kind: 'pass' };

/** A mishap of orders that is switched on for some symbols and off again at the end. */
export function switched(tools: FaultTools, turn: (symbol: string, on: boolean) => void): FaultEffect {
  let on: readonly string[] = [];
  return {
    actsAtExchange: true,
    begin(origin) {
      on = tools.symbols(origin);
      for (const symbol of on) turn(symbol, true);
      return on.join(', ');
    },
    end() {
      for (const symbol of on) turn(symbol, false);
      on = [];
    },
    request: () => PASS,
  };
}

/** Positions whose stop the market is made to reach, at its trigger or beyond. */
function reachStops(tools: FaultTools, origin: FaultOrigin, gap: number): string | undefined {
  const { exchange } = tools;
  const met = heldPositions(tools, origin).filter((position) => stopsOf(exchange, position).length > 0);
  for (const position of met) {
    const [{ orderId, triggerPrice }] = stopsOf(exchange, position);
    const beyond = closingSide(position) === 'sell' ? 1 - gap : 1 + gap;
    exchange.fate.fillNow(position.symbol, orderId, triggerPrice === undefined ? undefined : triggerPrice * beyond);
  }
  return namesOf(met);
}

/** The stops trigger in the moment in which the private stream goes away. */
function stopWhileAway(tools: FaultTools): FaultEffect {
  const met = metConnections(tools, 'private');
  return {
    actsAtExchange: true,
    begin(origin) {
      const { exchange } = tools;
      if (!heldPositions(tools, origin).some((position) => stopsOf(exchange, position).length > 0)) return undefined;
      met.begin({});
      return reachStops(tools, origin, 0);
    },
    anyFrame: (view) => (met.has(view) && isData(view) ? [] : undefined),
    dropsConnection: met.has,
  };
}

/** The order that a request would change, still open; undefined: there is none. */
function orderAsked(tools: FaultTools, view: RequestView) {
  const key = tools.wire.orderNamed(view);
  if (view.symbol === undefined || key === undefined) return undefined;
  return tools.exchange.openOrders({ symbol: view.symbol, ...key })[0];
}

/** An order fills just before a request to cancel or change it arrives. */
function fillBefore(tools: FaultTools, twice: boolean): FaultEffect {
  let isRacing = false;
  return {
    request(view) {
      const order = orderAsked(tools, view);
      if (order === undefined) return undefined;
      isRacing = twice;
      try {
        tools.exchange.fate.fillNow(order.symbol, order.orderId);
      } finally {
        isRacing = false;
      }
      return PASS;
    },
    anyFrame(view) {
      const { payload } = view;
      return isRacing && tools.wire.isOrder(view)
        ? [
            { delayMs: 0, payload },
            { delayMs: 0, payload },
          ]
        : undefined;
    },
  };
}

/** Money is taken out of the account just before an order arrives. */
function takeMoney(tools: FaultTools, taken: number, isReturned: boolean): FaultEffect {
  let gone = 0;
  return {
    actsAtExchange: true,
    begin() {
      const available = atomsToNumber(tools.exchange.wallet().available);
      gone = Math.floor(available * taken * 100) / 100;
      if (!(gone > 0)) return undefined;
      tools.exchange.fate.transfer(-gone);
      return String(gone);
    },
    end() {
      if (isReturned) tools.exchange.fate.transfer(gone);
    },
    request: () => PASS,
  };
}

const PROTECTED: FaultScope = {
  counts: 'requests',
  says: 'requests that place an order or set its protection',
  isAbout: (view, wire) => wire.placesOrder(view) || wire.setsProtection(view),
};

/** How an attached stop comes to be missing. */
function missingStop(tools: FaultTools, kind: 'never' | 'lost' | 'refused'): FaultEffect {
  const { fate } = tools.exchange;
  if (kind === 'never') return switched(tools, (symbol, on) => fate.refuseProtection(symbol, on));
  if (kind === 'refused') {
    const refusal: HttpFate = { kind: 'refuse', commit: false, refusal: 'trigger-refused' };
    return { request: (view) => (tools.wire.setsProtection(view) ? refusal : undefined) };
  }
  return {
    actsAtExchange: true,
    begin(origin) {
      const met = heldPositions(tools, origin).filter(({ stopPrice }) => stopPrice !== undefined);
      for (const { symbol } of met) fate.dropProtection(symbol);
      return namesOf(met);
    },
  };
}

/** A person takes a part of a position away, so that a reduce-only order is larger than what is left. */
function shrinkBelowOrders(tools: FaultTools, taken: number): FaultEffect {
  const { exchange } = tools;
  return {
    actsAtExchange: true,
    begin(origin) {
      const met = heldPositions(tools, origin).filter((position) =>
        exchange
          .openOrders({ symbol: position.symbol })
          .some((order) => order.reduceOnly && !order.closesPosition && order.side === closingSide(position)),
      );
      for (const position of met) {
        const contract = exchange.contract(position.symbol);
        if (contract === undefined) continue;
        const quantity = shareOf(contract, position.quantity, taken);
        exchange.fate.tradeByHand(position.symbol, closingSide(position), quantity);
      }
      return namesOf(met);
    },
  };
}

export const orderRows: readonly FaultRow[] = [
  faultRow({
    number: 10,
    name: 'order-not-found-yet',
    says: 'Queries do not find orders yet that were acknowledged a moment ago.',
    layers: ['H'],
    scope: ORDERS_PLACED,
    lasts: { wallMs: 60_000 },
    lastsByMatch: { wallMs: 60_000 },
    parameters: { lag_ms: delay(1_500, 'age from which orders are found', { random: [100, 800] }) },
    create: (tools, { lag_ms }) => ({ request: () => PASS, orderLagMs: () => (tools.isOn() ? lag_ms : 0) }),
  }),
  faultRow({
    number: 25,
    name: 'partial-fills',
    says: 'Orders fill in several executions.',
    layers: ['E'],
    scope: ORDERS_PLACED,
    lasts: A_DAY,
    parameters: { parts: whole(3, 'executions per fill', { min: 2, max: 1_000, random: [2, 8] }) },
    create: (tools, { parts }) =>
      switched(tools, (symbol, on) => tools.exchange.fate.splitFills(symbol, on ? parts : 1)),
  }),
  faultRow({
    number: 26,
    name: 'thin-book',
    says: 'Market orders fill only in part or not at all; the rest is cancelled.',
    layers: ['E'],
    scope: ORDERS_PLACED,
    lasts: A_DAY,
    parameters: { share: share(0.5, 'part that fills', { random: [0, 0.9] }) },
    create: (tools, { share: filled }) =>
      switched(tools, (symbol, on) => tools.exchange.fate.thinBook(symbol, on ? filled : 1)),
  }),
  faultRow({
    number: 27,
    name: 'stop-gaps-through',
    says: 'The market jumps over the stop of a position, which fills far beyond its trigger.',
    layers: ['E'],
    scope: CLOSES,
    lasts: { moment: true },
    parameters: {
      gap: share(0.02, 'how far beyond, as a fraction of the trigger', { max: 0.9, random: [0.001, 0.05] }),
    },
    create: (tools, { gap }) => ({ actsAtExchange: true, begin: (origin) => reachStops(tools, origin, gap) }),
  }),
  faultRow({
    number: 28,
    name: 'stop-while-disconnected',
    says: 'The private stream drops and stays away for a while; in that time the stop of a position triggers.',
    layers: ['W', 'E'],
    scope: CLOSES,
    lasts: { wallMs: 1_000 },
    lastsByMatch: { wallMs: 1_000 },
    parameters: {},
    create: stopWhileAway,
  }),
  faultRow({
    number: 29,
    name: 'stop-missing',
    says: 'An entry fills, and its stop never comes up, is lost later, or is refused as a request of its own.',
    layers: ['E'],
    scope: PROTECTED,
    lasts: { count: 1 },
    parameters: { kind: word('never', ['never', 'lost', 'refused'], 'how it comes to be missing') },
    create: (tools, { kind }) => missingStop(tools, kind),
  }),
  faultRow({
    number: 30,
    name: 'stop-rejected-at-trigger',
    says: 'A stop that triggers is rejected, and the position stays.',
    layers: ['E'],
    scope: CLOSES,
    lasts: A_DAY,
    lastsByMatch: A_DAY,
    parameters: {},
    create: (tools) => switched(tools, (symbol, on) => tools.exchange.fate.rejectAtTrigger(symbol, on)),
  }),
  faultRow({
    number: 31,
    name: 'cancel-races-fill',
    says: 'An order fills just before the request to cancel or change it arrives.',
    layers: ['E'],
    scope: ORDERS_CHANGED,
    lasts: { count: 1 },
    parameters: { twice: flag(true, 'whether the stream tells of the fill twice') },
    create: (tools, { twice }) => fillBefore(tools, twice),
  }),
  faultRow({
    number: 32,
    name: 'margin-missing',
    says: 'Money leaves the account just before an order arrives that was sized with it.',
    layers: ['E'],
    scope: ORDERS_PLACED,
    lasts: { moment: true },
    parameters: {
      share: share(0.95, 'part of the free money that leaves', { random: [0.5, 0.99] }),
      returned: flag(false, 'whether it comes back when the fault ends'),
    },
    create: (tools, { share: taken, returned }) => takeMoney(tools, taken, returned),
  }),
  faultRow({
    number: 46,
    name: 'reduce-only-left-over',
    says: 'A position shrinks by hand, so that a resting reduce-only order is larger than what is left of it.',
    layers: ['E'],
    scope: CLOSES,
    lasts: { moment: true },
    parameters: { share: share(0.5, 'part of the position that is taken away', { random: [0.1, 0.9] }) },
    create: (tools, { share: taken }) => shrinkBelowOrders(tools, taken),
  }),
];
