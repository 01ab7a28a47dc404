// Does the bot hear before it starts what is wrong with key, clock or symbols?
import { describe, expect, test } from 'vitest';
import { checkAccess, type AccessFinding } from '../../../src/adapters/ccxt/check-access.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { VENUE_ERROR_CODES } from '../../../src/domain/venue-error.ts';
import type { VenueEnvironment, VenueName } from '../../../src/ports/venue-connection.ts';
import { KEY, openVenue, OTHER_KEY, SECRET, type LocalVenueSetup } from './local-venue.ts';

const venues: readonly VenueName[] = ['bybit', 'binance'];

async function findingsOf(
  setup: LocalVenueSetup,
  { symbols = ['AAAUSDT'], aheadMs = 0 } = {},
): Promise<readonly AccessFinding[]> {
  await using local = await openVenue(setup);
  local.setServerClock(aheadMs);
  const connection = aheadMs === 0 ? local.connection : await local.connect();
  return await checkAccess({ connection, symbols, now: Date.now() });
}

const codes = (findings: readonly AccessFinding[]): readonly string[] =>
  findings.map(({ code, severity }) => `${severity} ${code}`);

describe.each(venues)('%s', (venue) => {
  // What a key may do is known to the live site only, at Binance.
  const live = { venue, connection: { environment: 'live' } } as const;

  test('nothing speaks against a good key, a right clock and listed symbols', async () => {
    expect(await findingsOf(live)).toEqual([]);
  });

  test.each([
    ['unknown key', { connection: { credentials: { key: 'nobody-knows-this-key', secret: SECRET } } }, 'KEY_INVALID'],
    ['wrong secret', { connection: { credentials: { key: KEY, secret: 'not-the-secret' } } }, 'SIGNATURE_INVALID'],
    ['no key at all', { connection: { credentials: undefined } }, 'KEY_INVALID'],
    ['withdrawals', { credentials: { mayWithdraw: true } }, 'WITHDRAWAL_PERMITTED'],
    ['read only', { credentials: { readOnly: true } }, 'PERMISSION_MISSING'],
  ] as const)('%s', async (_name, more, code) => {
    const setup = {
      ...live,
      ...more,
      connection: { ...live.connection, ...('connection' in more ? more.connection : {}) },
    };
    const findings = await findingsOf(setup);
    expect(codes(findings)).toEqual([`refuse ${code}`]);
    expect(VENUE_ERROR_CODES[findings[0].code].length).toBeGreaterThan(20);
  });

  test('an unknown symbol', async () => {
    const findings = await findingsOf(live, { symbols: ['AAAUSDT', 'NOSUCHUSDT'] });
    expect(findings).toEqual([
      { code: 'SYMBOL_UNKNOWN', severity: 'refuse', message: 'NOSUCHUSDT is not listed', symbol: 'NOSUCHUSDT' },
    ]);
  });

  test('a clock that is off by more than half a second', async () => {
    expect(codes(await findingsOf(live, { aheadMs: 700 }))).toEqual(['refuse CLOCK_OFF']);
    expect(await findingsOf(live, { aheadMs: -450 })).toEqual([]);
  });

  test('a key that expires soon', async () => {
    const soon = { ...live, credentials: { expiresAt: Date.now() + 3 * DAY_MS } };
    const findings = await findingsOf(soon);
    expect(codes(findings)).toEqual(['warn KEY_EXPIRED']);
    expect(findings[0].message).toBe('the API key expires in 3.0 days');
  });

  test.each([
    ['testnet', 'live'],
    ['live', 'testnet'],
  ] as const)('a key of %s where the setting says %s', async (home, environment) => {
    await using right = await openVenue({ venue, connection: { environment: home } });
    await using wrong = await openVenue({
      venue,
      credentials: { key: 'key-of-somebody-else', foreignKeys: [KEY] },
      connection: { environment },
    });
    const asked: VenueEnvironment[] = [];
    const openElsewhere = (where: VenueEnvironment) => {
      asked.push(where);
      return where === home ? right.connect() : wrong.connect({ environment: where });
    };
    const question = { connection: wrong.connection, symbols: [], now: Date.now() };
    expect(await checkAccess({ ...question, openElsewhere })).toEqual([
      {
        code: 'KEY_OF_OTHER_ENVIRONMENT',
        severity: 'refuse',
        message: `the API key belongs to ${home}, but the setting says ${environment}`,
      },
    ]);
    expect(asked).not.toContain(environment);
  });
});

test('Bybit alone says by itself that a key is of another environment', async () => {
  const findings = await findingsOf({ connection: { credentials: { key: OTHER_KEY, secret: SECRET } } });
  expect(codes(findings)).toEqual(['refuse KEY_OF_OTHER_ENVIRONMENT']);
});

test('an address that the key is not bound to', async () => {
  const findings = await findingsOf({ credentials: { allowedAddresses: ['10.0.0.1'] } });
  expect(codes(findings)).toEqual(['refuse IP_NOT_ALLOWED']);
});

test('a key that has expired', async () => {
  expect(codes(await findingsOf({ credentials: { expiresAt: Date.now() - 1 } }))).toEqual(['refuse KEY_EXPIRED']);
});

test('all that is wrong is told at once', async () => {
  const findings = await findingsOf(
    { credentials: { mayWithdraw: true, readOnly: true } },
    { symbols: ['NOSUCHUSDT'], aheadMs: 2_000 },
  );
  expect(codes(findings)).toEqual([
    'refuse CLOCK_OFF',
    'refuse WITHDRAWAL_PERMITTED',
    'refuse PERMISSION_MISSING',
    'refuse SYMBOL_UNKNOWN',
  ]);
});
