// Does the bot refuse to start on an account that does not fit, at both venues, each reason with a code of its own?
import { describe, expect, test } from 'vitest';
import type { BotVenue } from '../../../src/cli/bot-venue.ts';
import { refuseUnfit } from '../../../src/cli/start-gate.ts';
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import { PerpilotError, type Problem } from '../../../src/domain/errors.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';
import { KEY, openVenue, OTHER_KEY, SECRET, type LocalVenue, type LocalVenueSetup } from '../connector/local-venue.ts';
import { memoryJournal } from './memory-journal.ts';

const venues: readonly VenueName[] = ['bybit', 'binance'];

interface Case {
  readonly setup?: LocalVenueSetup;
  readonly before?: (local: LocalVenue) => unknown;
  readonly symbols?: readonly string[];
  readonly takeOver?: boolean;
  /** Connects anew, after `before`. */
  readonly anew?: boolean;
}

async function problemsOf(venue: VenueName, each: Case): Promise<readonly Problem[]> {
  const { setup, before, symbols = ['AAAUSDT', 'BBBUSDT'], takeOver = false, anew = false } = each;
  // What a key may do is known to the live site only, at Binance.
  const connection = { environment: 'live', ...setup?.connection } as const;
  await using local = await openVenue({ venue, ...setup, connection });
  await before?.(local);
  const used = anew ? await local.connect() : local.connection;
  const clock = { ...createSystemClock(), now: () => local.exchange.now };
  const history = async () => used.market;
  const opened: BotVenue = {
    connection: used,
    clock,
    isReplayed: false,
    openElsewhere: undefined,
    history,
    close: async () => undefined,
  };
  const gate = { venue: opened, symbols, takeOver, prefix: 'ppaa-', marginMode: 'isolated', maxLeverage: 5 } as const;
  try {
    await refuseUnfit({ ...gate, journal: memoryJournal(), remark: () => undefined });
    return [];
  } catch (error) {
    if (!(error instanceof PerpilotError)) throw error;
    expect(error.code).toBe('START_REFUSED');
    return error.problems;
  }
}

const order = (clientOrderId: string) =>
  ({
    clientOrderId,
    symbol: 'AAAUSDT',
    side: 'buy',
    quantity: 1,
    reduceOnly: false,
    type: 'limit',
    price: 80,
    safety: false,
  }) as const;

async function leave({ connection }: LocalVenue): Promise<void> {
  await connection.account.place(order('ppbb-AAAUSDT-1-en'));
  await connection.account.place(order('by-hand-1'));
}

describe.each(venues)('%s', (venue) => {
  test('starts on an account that fits', async () => {
    expect(await problemsOf(venue, {})).toEqual([]);
  });

  test.each<readonly [string, string, Case]>([
    ['a clock that is off', 'CLOCK_OFF', { before: (local) => local.setServerClock(700), anew: true }],
    ['withdrawals', 'WITHDRAWAL_PERMITTED', { setup: { credentials: { mayWithdraw: true } } }],
    ['a key that may only read', 'PERMISSION_MISSING', { setup: { credentials: { readOnly: true } } }],
    [
      'cross margin',
      'MARGIN_MODE_WRONG',
      { before: ({ exchange }) => exchange.fate.setModesByHand({ marginMode: 'cross' }) },
    ],
    [
      'hedge mode',
      'POSITION_MODE_WRONG',
      { before: ({ exchange }) => exchange.fate.setModesByHand({ positionMode: 'hedge' }) },
    ],
    [
      'more leverage than may be',
      'LEVERAGE_TOO_HIGH',
      {
        before: ({ exchange }) => {
          exchange.fate.setLeverageByHand('AAAUSDT', 8);
          exchange.fate.tradeByHand('AAAUSDT', 'buy', 1);
        },
      },
    ],
    ['a symbol that is not listed', 'SYMBOL_UNKNOWN', { symbols: ['AAAUSDT', 'NOSUCHUSDT'] }],
    [
      'an order of another perpilot',
      'OTHER_INSTANCE',
      { before: (local) => local.connection.account.place(order('ppbb-AAAUSDT-1-en')) },
    ],
    [
      'an order with our own mark that the journal does not know',
      'OTHER_INSTANCE',
      { before: (local) => local.connection.account.place(order('ppaa-AAAUSDT-1-en')) },
    ],
    [
      'a trade of another perpilot an hour ago',
      'OTHER_INSTANCE',
      {
        before: async (local) => {
          const { clientOrderId, ...rest } = order('ppbb-AAAUSDT-2-en');
          await local.connection.account.place({ ...rest, clientOrderId, type: 'market', price: undefined });
          await local.running.advance(local.exchange.now + 3_600_000);
        },
      },
    ],
  ])('%s', async (_name, code, each) => {
    const problems = await problemsOf(venue, each);
    expect(problems.map((problem) => problem.code)).toEqual([code]);
    expect(problems[0].message.length).toBeGreaterThan(15);
    expect(problems[0].hint?.length).toBeGreaterThan(20);
  });

  test('all of it is told at once', async () => {
    const problems = await problemsOf(venue, {
      setup: { credentials: { mayWithdraw: true } },
      symbols: ['AAAUSDT', 'NOSUCHUSDT'],
      before: ({ exchange }) => exchange.fate.setModesByHand({ marginMode: 'cross' }),
    });
    expect(problems.map(({ code }) => code)).toEqual(['WITHDRAWAL_PERMITTED', 'SYMBOL_UNKNOWN', 'MARGIN_MODE_WRONG']);
  });

  test('a bot that has gone is taken over, and what a person ordered is left alone', async () => {
    expect(await problemsOf(venue, { before: leave, takeOver: true })).toEqual([]);
    expect(
      await problemsOf(venue, { before: ({ connection }) => connection.account.place(order('by-hand-1')) }),
    ).toEqual([]);
  });
});

test.each([
  ['a key of another environment', { key: OTHER_KEY, secret: SECRET }, 'KEY_OF_OTHER_ENVIRONMENT'],
  ['a wrong secret', { key: KEY, secret: 'not-the-secret' }, 'SIGNATURE_INVALID'],
])('%s is told once, although every question fails for it', async (_name, credentials, code) => {
  const problems = await problemsOf('bybit', { setup: { connection: { credentials } } });
  expect(problems.map((problem) => problem.code)).toEqual([code]);
});
