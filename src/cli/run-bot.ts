// What does a bot on an exchange do until it is told to stop? It runs; then it leaves positions protected and sums up.
import { ledgerEquity, ledgerTotals } from '../domain/ledger.ts';
import { atomsToNumber } from '../domain/money.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
import type { BotObserver } from './bot-observer.ts';
import { composeBot, type ComposedBot, type ExchangeBotOptions } from './compose-bot.ts';
import type { CliContext } from './context.ts';

/** What one life of the bot came to. Money in quote currency. */
export interface BotSummary {
  readonly mode: string;
  readonly folder: string;
  readonly continued: boolean;
  /** Closes that were decided at in this life. */
  readonly closes: number;
  readonly trades: readonly RoundTrip[];
  readonly startEquity: number;
  readonly equity: number;
  readonly fees: number;
  readonly funding: number;
  readonly open: readonly OpenPosition[];
  readonly incidents: Readonly<Record<string, number>>;
}

export interface OpenPosition {
  readonly symbol: string;
  /** Signed base units. */
  readonly quantity: number;
  readonly entryPrice: number;
  readonly stopPrice: number | undefined;
}

/** Resolves with the summary after a signal; `started` is called when the books have been compared and it hears the market. */
export async function runBot(
  options: ExchangeBotOptions,
  context: CliContext,
  { observer, started }: { readonly observer: BotObserver; readonly started: (bot: ComposedBot) => void },
): Promise<BotSummary> {
  const counts = { closes: 0, incidents: new Map<string, number>() };
  const counting: BotObserver = {
    ...observer,
    close: (close) => {
      counts.closes += 1;
      observer.close(close);
    },
    incident: (incident) => {
      counts.incidents.set(incident.kind, (counts.incidents.get(incident.kind) ?? 0) + 1);
      observer.incident(incident);
    },
  };
  const bot = await composeBot(options, context, counting);
  const { ledger, roundTrips } = bot.engine.state;
  const before = { trades: roundTrips.length, equity: ledgerEquity(ledger), totals: ledgerTotals(ledger) };
  try {
    await Promise.race([live(bot, context.interrupt.signal, started), bot.fatal]);
  } finally {
    await bot.close();
  }
  const totals = ledgerTotals(ledger);
  return {
    mode: options.mode,
    folder: bot.folder,
    continued: bot.continues,
    closes: counts.closes,
    trades: roundTrips.slice(before.trades),
    startEquity: before.equity,
    equity: ledgerEquity(ledger),
    fees: atomsToNumber(totals.fees - before.totals.fees),
    funding: atomsToNumber(totals.funding - before.totals.funding),
    open: openPositions(bot),
    incidents: Object.fromEntries(counts.incidents),
  };
}

async function live(bot: ComposedBot, signal: AbortSignal, started: (bot: ComposedBot) => void): Promise<void> {
  const { promise: told, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  if (signal.aborted) return;
  await Promise.race([bot.session.start().then(() => started(bot)), told]);
  await told;
}

export function openPositions({ engine }: ComposedBot): readonly OpenPosition[] {
  return engine.state.symbols.flatMap(({ instrument, trade }) =>
    trade === undefined
      ? []
      : [
          {
            symbol: instrument.symbol,
            quantity: trade.direction * trade.quantity,
            entryPrice: trade.heldPrice,
            stopPrice: trade.stopPrice,
          },
        ],
  );
}
