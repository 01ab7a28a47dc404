// Which faults befall single frames? They come twice, out of order, late, in bursts, or not at all.
import type { FrameSend, FrameView } from '../fault-pipeline.ts';
import { faultRow, type FaultEffect, type FaultRow, type FaultTools } from '../fault-row.ts';
import { delay, flag, number, whole, word } from '../parameters.ts';
import { ACCOUNT_DATA, ALL_DATA, CLOSED_CANDLES } from './scopes.ts';
import { metConnections } from './connections.ts';

const once = (payload: string, delayMs = 0): FrameSend => ({ delayMs, payload });

/** Older states of the same order that are remembered, for so many orders. */
const REMEMBERED_ORDERS = 1_000;

/** After every new state of an order its state before comes again. */
function staleStates({ wire }: FaultTools, delayMs: number): FaultEffect {
  const before = new Map<string, string>();
  const nameOf = (view: FrameView): string | undefined => {
    const order = wire.orderTold(view);
    return order === undefined ? undefined : `${view.connection} ${order}`;
  };
  return {
    frame(view) {
      const name = nameOf(view);
      const old = name === undefined ? undefined : before.get(name);
      if (old === undefined || old === view.payload) return undefined;
      return [once(view.payload), once(old, delayMs)];
    },
    anyFrame(view) {
      const name = nameOf(view);
      if (name === undefined) return undefined;
      before.delete(name);
      before.set(name, view.payload);
      const [oldest] = before.keys();
      if (before.size > REMEMBERED_ORDERS) before.delete(oldest);
      return undefined;
    },
  };
}

/** Closed candles that never come, after their connections were dropped; the running ones are lost as well. */
function lostCandles(tools: FaultTools, drops: boolean): FaultEffect {
  const met = metConnections({ ...tools, hasSpan: false }, 'public');
  return {
    begin: (origin) => (drops ? met.begin(origin) : 'candles'),
    dropsConnection: met.has,
    frame: () => [],
    anyFrame: (view) => {
      const isRunning = tools.wire.isCandle(view) && !tools.wire.isClosedCandle(view);
      return tools.isOn() && isRunning && tools.isNarrowedTo(view) ? [] : undefined;
    },
  };
}

/** Frames wait for the end of a beat; once the fault is over, none overtakes those that still wait. */
function inBursts(tools: FaultTools, { burst_ms: beatMs }: { readonly burst_ms: number }): FaultEffect {
  let heldUntil = -Infinity;
  // The end of the beat, not a delay: frames of one beat are due at one time, whatever the clock shows between them.
  const wait = ({ payload }: FrameView): readonly FrameSend[] => [{ payload, delayMs: 0, notBefore: heldUntil }];
  return {
    frame(view) {
      heldUntil = beatMs * (Math.floor(tools.wallNow() / beatMs) + 1);
      return wait(view);
    },
    anyFrame: (view) => (tools.wallNow() < heldUntil && tools.isNarrowedTo(view) ? wait(view) : undefined),
  };
}

export const frameRows: readonly FaultRow[] = [
  faultRow({
    number: 16,
    name: 'message-duplicated',
    says: 'A frame comes more than once.',
    layers: ['W'],
    scope: ACCOUNT_DATA,
    lasts: { count: 1 },
    parameters: {
      copies: whole(1, 'how many more', { min: 1, max: 100, random: [1, 3] }),
      delay_ms: delay(0, 'how long after the first', { random: [0, 200] }),
    },
    create: (_, { copies, delay_ms }) => ({
      frame: ({ payload }) => [once(payload), ...Array.from({ length: copies }, () => once(payload, delay_ms))],
    }),
  }),
  faultRow({
    number: 17,
    name: 'states-out-of-order',
    says: 'After a new state of an order an older one comes once more, such as New after Filled.',
    layers: ['W'],
    scope: { counts: 'frames', says: 'frames about orders', isAbout: (view, wire) => wire.isOrder(view) },
    lasts: { count: 1 },
    parameters: { delay_ms: delay(0, 'how long after the newer one', { random: [0, 200] }) },
    create: (tools, { delay_ms }) => staleStates(tools, delay_ms),
  }),
  faultRow({
    number: 18,
    name: 'messages-late',
    says: 'A frame comes late, with the times it always had.',
    layers: ['W'],
    scope: ALL_DATA,
    lasts: { count: 1 },
    parameters: { delay_ms: delay(5_000, 'how late', { random: [50, 1_000] }) },
    create: (_, { delay_ms }) => ({ frame: ({ payload }) => [once(payload, delay_ms)] }),
  }),
  faultRow({
    number: 19,
    name: 'messages-lost',
    says: 'Frames about the account never come, on a connection that looks sound.',
    layers: ['W'],
    scope: ACCOUNT_DATA,
    lasts: { count: 3 },
    lastsByMatch: { count: 3 },
    parameters: {},
    create: () => ({ frame: () => [] }),
  }),
  faultRow({
    number: 20,
    name: 'candles-missing',
    says: 'The connection drops, and of the candles that close afterwards some never come by stream.',
    layers: ['W', 'E'],
    scope: CLOSED_CANDLES,
    lasts: { count: 3 },
    lastsByMatch: { count: 3 },
    parameters: { drops: flag(true, 'whether the connection is dropped as well') },
    create: (tools, { drops }) => lostCandles(tools, drops),
  }),
  faultRow({
    number: 21,
    name: 'confirm-missing',
    says: 'A closed candle is not marked as closed, or is told of twice.',
    layers: ['W'],
    scope: CLOSED_CANDLES,
    lasts: { count: 1 },
    parameters: {
      kind: word('missing', ['missing', 'twice'], 'the mark is missing, or the candle comes again'),
      delay_ms: delay(0, 'how long after the first the second comes', { random: [0, 500] }),
    },
    create: ({ wire }, { kind, delay_ms }) => ({
      frame: ({ payload }) =>
        kind === 'missing' ? [once(wire.unconfirmed(payload))] : [once(payload), once(payload, delay_ms)],
    }),
  }),
  faultRow({
    number: 24,
    name: 'messages-in-bursts',
    says: 'Frames are held back and come many at once.',
    layers: ['W'],
    scope: ALL_DATA,
    lasts: { wallMs: 5_000 },
    lastsByMatch: { wallMs: 5_000 },
    parameters: { burst_ms: delay(500, 'time between bursts', { min: 1, random: [50, 500] }) },
    create: inBursts,
  }),
  faultRow({
    number: 48,
    name: 'balance-wrong',
    says: 'The stream says nothing of the wallet any more, or more money is said to be free than there is.',
    layers: ['E', 'W'],
    scope: { counts: 'frames', says: 'frames about the wallet', isAbout: (view, wire) => wire.isWallet(view) },
    lasts: { marketMs: 86_400_000 },
    lastsByMatch: { marketMs: 86_400_000 },
    parameters: {
      kind: word('silent', ['silent', 'overstated'], 'what is wrong'),
      factor: number(2, 'the money that is said to be free, as a multiple of what is', { min: 0, max: 1e6 }),
    },
    create(tools, { kind, factor }) {
      if (kind === 'silent') return { frame: () => [] };
      const { wire } = tools;
      const rewrite = (body: string): string => wire.withWrongBalance(body, factor);
      return {
        frame: ({ payload }) => [once(rewrite(payload))],
        anyRequest: (view) => (tools.isOn() && wire.asksBalance(view) ? { kind: 'pass', rewrite } : undefined),
      };
    },
  }),
];
