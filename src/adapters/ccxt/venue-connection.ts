// How is a venue connected to? One ccxt exchange for requests and plain sockets for streams, with one key, until it is closed.
import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { VenueConnection, VenueEnvironment, VenueHealth, VenueName } from '../../ports/venue-connection.ts';
import { assertLocal, streamAddresses, type BaseUrls } from './addresses.ts';
import { createPrivateLedger, createSharedLedger, type LedgerStore } from './budget/ledger-store.ts';
import { createRequestBudget, type RequestBudget, type RequestBudgetOptions } from './budget/request-budget.ts';
import { createClockOffset, type ClockOffset } from './clock-offset.ts';
import { createExchange, type Credentials } from './exchange-instance.ts';
import { loadExchangeClass } from './load-exchange.ts';
import { createMarketTime } from './market-time.ts';
import type { NoticeListener } from './notice.ts';
import { DEFAULT_REST_TIMING, type RestTiming } from './rest-timing.ts';
import { createWasher } from './secret-free.ts';
import type { StreamTiming } from './streams/stream-timing.ts';
import { createVenueStreams } from './streams/venue-streams.ts';
import { createVenueClient } from './venue-client.ts';
import { venueParts } from './venue-parts.ts';
import { createWire, type Fetch } from './wire.ts';

export interface VenueConnectionOptions {
  readonly venue: VenueName;
  readonly environment: VenueEnvironment;
  /** Undefined: public data only; everything of the account fails with KEY_INVALID. */
  readonly credentials?: Credentials | undefined;
  /** A local exchange instead of the venue. */
  readonly baseUrls?: BaseUrls | undefined;
  readonly clock: Clock;
  /** Milliseconds that never jump, the same for all processes of this machine. Default: the system's. */
  readonly steady?: (() => number) | undefined;
  /** Uniform in [0, 1), for back-off. */
  readonly random: () => number;
  /** What time it is on the market, where that is not the time of its server: a replayed exchange. Epoch milliseconds. */
  readonly marketTime?: (() => Promise<number>) | undefined;
  /** Where processes of this machine count their requests together; `none`: this connection counts alone. Default: below the system's temporary folder. */
  readonly budgetFolder?: string | undefined;
  /** It is there to bring the account to safety: all that it asks may use the reserved share of the budget. Default: false. */
  readonly urgent?: boolean | undefined;
  /** False: no request waits for a limit; for a local exchange that has none. Default: true. */
  readonly limited?: boolean | undefined;
  readonly timing?: Partial<RestTiming> | undefined;
  readonly streamTiming?: Partial<StreamTiming> | undefined;
  readonly notice?: NoticeListener | undefined;
  /** Default: the runtime's. */
  readonly fetch?: Fetch | undefined;
}

const systemSteady = (): number => Number(process.hrtime.bigint()) / 1e6;

/**
 * Connects: loads the venue's part of ccxt and measures its clock. Close it when it is not needed any more.
 * @throws VenueError when the venue cannot be asked for its time
 * @throws PerpilotError ARGUMENT_INVALID for base URLs that do not lead to this machine
 */
export async function createVenueConnection(options: VenueConnectionOptions): Promise<VenueConnection> {
  const { venue, environment, credentials, baseUrls, clock, random, steady = systemSteady, urgent = false } = options;
  if (baseUrls !== undefined) assertLocal(baseUrls);
  const notice = options.notice ?? (() => undefined);
  const timing = { ...DEFAULT_REST_TIMING, ...options.timing };
  const parts = venueParts(venue);
  const offset = createClockOffset({
    clock,
    steady,
    ask: () => parts.askTime(timeClient),
    notice,
    everyMs: timing.clockEveryMs,
  });
  const venueNow = (): number => offset.venueNow();
  const exchange = createExchange(await loadExchangeClass(venue), { environment, credentials, venueNow });
  const wire = createWire(exchange, { clock, origin: baseUrls?.rest, fetch: options.fetch ?? fetch });
  const budget = budgetOf(options, { limits: parts.limits, notice, steady });
  const secrets = credentials === undefined ? [] : [credentials.key, credentials.secret];
  const wash = createWasher(secrets);
  const hasKey = credentials !== undefined;
  const shared = { dialect: parts.dialect, wire, budget, offset, clock, random, hasKey, urgent, wash, notice };
  const client = createVenueClient({ ...shared, timing });
  // A sample that had to be asked for twice says nothing about the time.
  const timeClient = createVenueClient({ ...shared, timing: { ...timing, readTries: 1 } });
  const time = createMarketTime(options.marketTime ?? (() => parts.askTime(client)));
  const facts = { client, time, clock, environment, hasKey };
  const account = parts.createAccount(facts);
  const addresses = streamAddresses(venue, environment, baseUrls);
  const listenKeys = parts.createListenKeys?.(client);
  const streamClient = { venue, addresses, credentials, venueNow, listenKeys, balance: () => account.balance() };
  const streams = createVenueStreams(streamClient, { clock, steady, random, timing: options.streamTiming });
  const close = async (): Promise<void> => {
    offset.stop();
    await streams.close();
    wire.close();
    await budget.close();
  };
  try {
    await parts.askTime(client);
    await offset.measure();
  } catch (error) {
    await close();
    throw error;
  }
  offset.start();
  return {
    venue,
    environment,
    attachesProtection: parts.attachesProtection,
    market: parts.createMarket(facts),
    account,
    streams,
    health: () => healthOf({ offset, budget, clock }),
    close,
  };
}

function healthOf(parts: {
  readonly offset: ClockOffset;
  readonly budget: RequestBudget;
  readonly clock: Clock;
}): VenueHealth {
  const { offset, budget, clock } = parts;
  return {
    clockOffsetMs: offset.offsetMs,
    clockMeasuredAt: offset.measuredAt,
    waitingRequests: budget.waiting,
    blockedUntil: budget.blockedForMs === undefined ? undefined : clock.now() + budget.blockedForMs,
  };
}

function budgetOf(
  options: VenueConnectionOptions,
  { limits, notice, steady }: Pick<RequestBudgetOptions, 'limits' | 'steady'> & { readonly notice: NoticeListener },
): RequestBudget {
  const keyName = createHash('sha256')
    .update(options.credentials?.key ?? '')
    .digest('hex')
    .slice(0, 12);
  const store = ledgerStore(options, notice);
  return createRequestBudget({
    limits: options.limited === false ? [] : limits,
    keyName,
    store,
    clock: options.clock,
    steady,
  });
}

function ledgerStore(options: VenueConnectionOptions, notice: NoticeListener): LedgerStore {
  const { venue, environment, baseUrls, clock, steady = systemSteady } = options;
  if (options.limited === false || options.budgetFolder === 'none') return createPrivateLedger();
  const folder = options.budgetFolder ?? join(tmpdir(), `perpilot-${userInfo().username}`);
  const where = baseUrls === undefined ? environment : `local-${new URL(baseUrls.rest).port}`;
  return createSharedLedger({
    path: join(folder, `requests-${venue}-${where}.json`),
    startedAt: () => clock.now() - steady(),
    unshared: (reason) => notice({ kind: 'budget-unshared', reason }),
  });
}
