// Which faults befall the venue's servers as a whole? A wrong clock, a key that is not good any more, maintenance.
import { HOUR_MS } from '../../../domain/time.ts';
import type { HttpFate, RequestView, WireRefusal } from '../fault-pipeline.ts';
import { faultRow, type FaultEffect, type FaultRow, type FaultTools } from '../fault-row.ts';
import { number, word } from '../parameters.ts';
import type { KeyChange } from '../wire-shapes.ts';
import { CLOSES, PRIVATE_REQUESTS } from './scopes.ts';

const FOR_EVER = {};
const MINUTE = 60_000;
const DAY = 86_400_000;

const KEY_PROBLEMS = [
  'expired',
  'address-not-bound',
  'invalid',
  'may-not-trade',
  'may-withdraw',
  'read-only',
  'expires-soon',
] as const;
type KeyProblem = (typeof KEY_PROBLEMS)[number];

/** What every signed request is refused with. */
const REFUSALS: Partial<Record<KeyProblem, WireRefusal>> = {
  expired: 'key-expired',
  'address-not-bound': 'address-not-bound',
  invalid: 'key-invalid',
};

function keyFacts(kind: KeyProblem, wallNow: number): KeyChange {
  if (kind === 'may-withdraw') return { mayWithdraw: true };
  return kind === 'expires-soon' ? { expiresAt: wallNow + DAY } : { readOnly: true };
}

function keyProblem(tools: FaultTools, kind: KeyProblem): FaultEffect {
  const { wire } = tools;
  const refusal = REFUSALS[kind];
  if (refusal !== undefined) {
    return {
      request: () => ({ kind: 'refuse', commit: false, refusal }),
      anyClientFrame: ({ payload }) =>
        tools.isOn() && wire.logsIn(payload)
          ? { kind: 'answered', topic: 'auth', payload: wire.loginRefused(payload) }
          : undefined,
    };
  }
  const mayTrade = kind !== 'read-only' && kind !== 'may-not-trade';
  return {
    request(view: RequestView): HttpFate | undefined {
      if (view.isWrite) return mayTrade ? undefined : { kind: 'refuse', commit: false, refusal: 'permission-missing' };
      if (!wire.asksKeyFacts(view)) return undefined;
      return { kind: 'pass', rewrite: (body) => wire.withKeyFacts(body, keyFacts(kind, tools.wallNow())) };
    },
  };
}

export const serverRows: readonly FaultRow[] = [
  faultRow({
    number: 34,
    name: 'clock-off',
    says: "The server's clock jumps away from the true time, or drifts.",
    layers: ['C'],
    scope: CLOSES,
    lasts: FOR_EVER,
    lastsByMatch: FOR_EVER,
    parameters: {
      offset_ms: number(3_000, 'how far the server is ahead', {
        min: -86_400_000,
        max: 86_400_000,
        random: [-4_000, 4_000],
      }),
      drift_ms_per_minute: number(0, 'how much further every minute of wall time', { min: -60_000, max: 60_000 }),
    },
    create(tools, { offset_ms, drift_ms_per_minute }) {
      let begunAt = 0;
      return {
        begin() {
          begunAt = tools.wallNow();
          return `${offset_ms} ms`;
        },
        clockOffsetMs: () =>
          tools.isOn() ? Math.round(offset_ms + (drift_ms_per_minute * (tools.wallNow() - begunAt)) / MINUTE) : 0,
      };
    },
  }),
  faultRow({
    number: 35,
    name: 'key-not-good',
    says: 'The key has expired, is bound to other addresses or may not trade; or its facts are ones that a bot must refuse.',
    layers: ['H', 'E'],
    scope: PRIVATE_REQUESTS,
    lasts: FOR_EVER,
    lastsByMatch: FOR_EVER,
    parameters: {
      kind: word('expired', KEY_PROBLEMS, 'what is wrong with it', ['expired', 'address-not-bound', 'may-not-trade']),
    },
    create: (tools, { kind }) => keyProblem(tools, kind),
  }),
  faultRow({
    number: 36,
    name: 'maintenance',
    says: 'The venue is under maintenance: streams end, requests are refused, positions keep their stops.',
    layers: ['H', 'W'],
    scope: CLOSES,
    lasts: { marketMs: HOUR_MS },
    lastsByMatch: { marketMs: HOUR_MS },
    parameters: {},
    create: ({ exchange }) => ({
      actsAtExchange: true,
      begin() {
        exchange.fate.beginMaintenance();
        return 'begun';
      },
      end: () => exchange.fate.endMaintenance(),
    }),
  }),
];
