// Which bot runs canaries by itself? One on the real connector, whose market touches a price right beside it within minutes.
import { expect } from 'vitest';
import type { EngineEvent } from '../../../src/engine/event.ts';
import type { CanaryRules } from '../../../src/live/safety/canary-plan.ts';
import { lastCanary, type CanaryRecord } from '../../../src/live/safety/canary-record.ts';
import { recordFromText, type RecordedInput } from '../../../src/live/record/engine-record.ts';
import type { OrderName, OrderRequest, ProtectionRequest } from '../../../src/ports/venue-account.ts';
import { DEFAULT_RULES } from '../../../src/live/session/default-rules.ts';
import type { SessionRules } from '../../../src/live/session/session-setup.ts';
import type { VenueConnection, VenueName } from '../../../src/ports/venue-connection.ts';
import { CALM } from '../faults/scripted-venue.ts';
import { COSTS, HOUR, SYMBOL } from '../simulated-market.ts';
import { memoryLatches } from './rehearsed-bot.ts';
import { venueBot, type VenueBot, type VenueBotSetup } from './venue-bot.ts';

export const OTHER = 'OTHERUSDT';

export const RULES: CanaryRules = {
  symbol: undefined,
  hourMs: 0,
  everyMs: 24 * HOUR,
  patienceMs: 2 * HOUR,
  retryMs: 3 * HOUR,
  maxAgeMs: 49 * HOUR,
};

/** Market time passes in large steps: what comes late on a busy machine is waited for all the same. */
const UNHURRIED: Partial<SessionRules> = {
  tickMs: 60_000,
  feed: { ...DEFAULT_RULES.feed, deadlineMs: 0.9 * HOUR },
  orders: { ...DEFAULT_RULES.orders, entryMaxAgeMs: HOUR },
};

export interface CanaryBot extends VenueBot {
  readonly latches: ReturnType<typeof memoryLatches>;
  /** The last canary, as the journal has it. */
  last(): CanaryRecord | undefined;
  /** Canaries that have ended, in their order. */
  ended(): readonly CanaryRecord['outcome'][];
  inputs(kind: EngineEvent['kind']): readonly RecordedInput[];
}

export interface CanaryBotSetup extends Partial<VenueBotSetup> {
  readonly venue: VenueName;
  readonly canary?: Partial<CanaryRules>;
}

/** Never signals unless told to; fees and slippage are real. */
export async function canaryBot({ canary, ...setup }: CanaryBotSetup): Promise<CanaryBot> {
  const latches = memoryLatches();
  const bot = await venueBot({
    prices: CALM,
    costs: COSTS,
    script: () => () => ({ signal: 0 }),
    latches,
    ...setup,
    rules: { ...UNHURRIED, canary: { ...RULES, ...canary }, ...setup.rules },
  });
  const rows = (): readonly CanaryRecord[] =>
    // As the bot wrote them.
    [...bot.journal.read({ stream: 'canary' })].map(({ payload }) => JSON.parse(payload) as CanaryRecord);
  return Object.assign(Object.create(bot) as VenueBot, {
    latches,
    last: () => lastCanary(bot.journal),
    ended: () => rows().flatMap(({ outcome, endedAt }) => (typeof endedAt === 'number' ? [outcome] : [])),
    inputs: (kind: EngineEvent['kind']) =>
      [...bot.journal.read({ stream: 'event' })]
        .map(({ payload }) => recordFromText(payload).input)
        .filter((input) => input.kind === kind),
  });
}

/** Neither the venue nor the books show anything of it, and they have the same money. */
export async function expectAllGone(bot: VenueBot, symbol = SYMBOL): Promise<void> {
  const { exchange, life, venue } = bot;
  expect(exchange.position(symbol).quantity).toBe(0);
  expect(exchange.openOrders({ symbol })).toEqual([]);
  expect(await venue.connection.account.openOrders(symbol)).toEqual([]);
  expectSameBooks(bot);
  expect(life.engine.state.ledger.bySymbol.get(symbol)?.quantity ?? 0).toBe(0);
}

export function expectSameBooks({ life, exchange }: VenueBot): void {
  expect(life.engine.state.ledger.wallet).toBe(exchange.ledger.wallet);
}

/** The connection of a program that is killed right after a change was carried out, of which it hears nothing; `onWrite` true: it is. */
export function killedAfter(connection: VenueConnection, onWrite: (name: string) => boolean): VenueConnection {
  const { account } = connection;
  const told =
    <Given extends readonly unknown[], Value>(name: string, method: (...given: Given) => Promise<Value>) =>
    async (...given: Given): Promise<Value> => {
      const value = await method(...given);
      return onWrite(name) ? new Promise<Value>(() => undefined) : value;
    };
  return {
    ...connection,
    account: {
      ...account,
      place: told('place', (order: OrderRequest) => account.place(order)),
      protect: told('protect', (symbol: string, wanted: ProtectionRequest) => account.protect(symbol, wanted)),
      cancel: told('cancel', (name: OrderName) => account.cancel(name)),
      cancelAll: told('cancelAll', (symbol: string) => account.cancelAll(symbol)),
    },
  };
}
