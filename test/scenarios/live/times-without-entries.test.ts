// Does the bot open nothing when people want nothing to be opened? No entry inside their windows, the same ones outside, and exits and stops go on.
import { describe, expect, it } from 'vitest';
import { recordFromText } from '../../../src/live/record/engine-record.ts';
import { DEFAULT_RULES } from '../../../src/live/session/default-rules.ts';
import { NO_ENTRIES, type EntryWindowRules } from '../../../src/live/session/entry-windows.ts';
import { windowOf } from '../../../src/live/session/window-text.ts';
import { rehearsedBot } from './rehearsed-bot.ts';
import { HOUR, smallBot, type SmallBot } from './small-bot.ts';

const HOURS = 150;
const { entryWindows } = DEFAULT_RULES;
const MINUTE = 60_000;

/** Every fifth bar opens something that is closed two bars later, so that an entry left out moves no other. */
const ground = (rules: Partial<EntryWindowRules>): SmallBot =>
  smallBot({
    settings: { exits: { stopFraction: 0.05, targetFraction: 0.05, maxHoldBars: 2 } },
    script: () => (bar, symbol) => ({ signal: bar % 5 === symbol ? 1 : 0 }),
    rules: { entryWindows: { ...entryWindows, ...rules } },
  });

interface Seen {
  readonly entries: readonly string[];
  readonly exits: readonly string[];
}

const isEntry = ({ reduceOnly, source }: { readonly reduceOnly: boolean; readonly source: string }): boolean =>
  !reduceOnly && source === 'client';

function seenOf({ exchange }: SmallBot): Seen {
  const orders = exchange.closedOrders({}).filter(({ filledQuantity }) => filledQuantity > 0);
  const named = (rows: typeof orders) =>
    rows.map(({ createdAt, symbol }) => `${new Date(createdAt).toISOString().slice(0, 16)} ${symbol}`).sort();
  return { entries: named(orders.filter(isEntry)), exits: named(orders.filter((order) => !isEntry(order))) };
}

/** The whole market, by lives that end at these hours. */
async function lived(rules: Partial<EntryWindowRules>, ends = [HOURS]): Promise<SmallBot & { readonly seen: Seen }> {
  const small = ground(rules);
  for (const hour of ends) {
    const life = rehearsedBot(small.bot);
    await life.run(small.start + hour * HOUR, true);
    await life.session.stop();
    expect(life.engine.state.ledger.wallet).toBe(small.exchange.ledger.wallet);
  }
  return { ...small, seen: seenOf(small) };
}

/** What the journal says of a reason, as hours of the day. */
const changesOf = ({ journal }: SmallBot, named: string): readonly string[] =>
  [...journal.read({ stream: 'event' })].flatMap(({ payload }) => {
    const { input } = recordFromText(payload);
    if (input.kind !== 'entries-blocked' || input.reason !== named) return [];
    return `${new Date(input.time).toISOString().slice(11, 16)} ${input.blocked ? 'on' : 'off'}`;
  });

const hourOf = (entry: string): number => Number(entry.slice(11, 13));

describe('nothing is opened', () => {
  it.each([
    ['09:00-15:00', (hour: number) => hour >= 9 && hour < 15],
    ['22:00-05:00', (hour: number) => hour >= 22 || hour < 5],
  ])('in the window %s; all else is as without it, and the journal says the same again', async (text, isInside) => {
    const without = await lived({});
    const within = await lived({ windows: [windowOf(text)].flatMap((window) => window ?? []) });
    const outside = without.seen.entries.filter((entry) => !isInside(hourOf(entry)));
    expect(outside.length).toBeLessThan(without.seen.entries.length);
    expect(outside.length).toBeGreaterThan(10);
    expect(within.seen.entries).toEqual(outside);
    // What was opened before the window is closed within it.
    expect(within.seen.exits.filter((exit) => isInside(hourOf(exit))).length).toBeGreaterThan(0);
    const changes = changesOf(within, NO_ENTRIES.window);
    expect(new Set(changes)).toEqual(new Set([`${text.slice(0, 5)} on`, `${text.slice(6)} off`]));
    expect(changes.length).toBeGreaterThan(10);
    const again = rehearsedBot(within.bot);
    expect(again.engine.state.ledger.wallet).toBe(within.exchange.ledger.wallet);
    expect(changesOf(without, NO_ENTRIES.window)).toEqual([]);
  });

  it('in a window by lives that begin and end within it', async () => {
    const windows = [windowOf('09:00-15:00')].flatMap((window) => window ?? []);
    const whole = await lived({ windows });
    // A life ends after every fifth bar, where nothing is opened: what comes while nobody lives is another story.
    const cut = await lived({ windows }, [...Array.from({ length: 29 }, (_, life) => 3 + 5 * life), HOURS]);
    expect(whole.seen.entries.length).toBeGreaterThan(10);
    expect(cut.seen.entries).toEqual(whole.seen.entries);
  });

  it('around a time, and around every payment of funding', async () => {
    const without = await lived({});
    const [first] = without.seen.entries;
    const time = Date.parse(`${first.slice(0, 16)}Z`);
    const around = await lived({ times: [time], beforeMs: MINUTE, afterMs: MINUTE });
    expect(around.seen.entries).toEqual(without.seen.entries.filter((entry) => !entry.startsWith(first.slice(0, 16))));
    const funding = await lived({ fundingAbove: 0, fundingBeforeMs: 30 * MINUTE, fundingAfterMs: 5 * MINUTE });
    const outside = without.seen.entries.filter((entry) => hourOf(entry) % 8 !== 0);
    expect(outside.length).toBeLessThan(without.seen.entries.length);
    expect(funding.seen.entries).toEqual(outside);
  });

  it('until settings do not ask for it any more: what an earlier life has put up is lifted', async () => {
    const small = ground({ windows: [{ kind: 'once', from: 0, until: Infinity }] });
    const life = rehearsedBot(small.bot);
    await life.run(small.start + 20 * HOUR, true);
    await life.session.stop();
    expect(seenOf(small).entries).toEqual([]);
    const next = rehearsedBot({ ...small.bot, rules: { ...small.bot.rules, entryWindows } });
    await next.run(small.start + 40 * HOUR, true);
    expect(seenOf(small).entries.length).toBeGreaterThan(3);
  });
});
