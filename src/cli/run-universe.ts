// How are the symbols that would be traded found? From the last answer of the venue while it is young, else from a new one.
import {
  cacheFolder,
  readSnapshot,
  writeSnapshot,
  type ContractSnapshot,
} from '../adapters/history/contract-snapshot.ts';
import type { Config } from '../config/schema.ts';
import { isoTime } from '../domain/iso-time.ts';
import { HOUR_MS, MINUTE_MS } from '../domain/time.ts';
import { VenueError } from '../domain/venue-error.ts';
import {
  contractFacts,
  discoverUniverse,
  type DiscoveredUniverse,
  type RefusalReason,
} from '../market-data/discover-universe.ts';
import type { HistoryOrigin } from '../ports/history-store.ts';
import type { CliContext } from './context.ts';
import { durationText } from './progress.ts';
import { connectPublicly, type VenueOptions } from './venue-options.ts';

export interface UniverseRequest {
  readonly venue: VenueOptions;
  readonly discovery: Config['discovery'];
  readonly refresh: boolean;
  readonly cache: string | undefined;
  readonly json: boolean;
}

/** Prints the choice. @throws VenueError when the venue cannot be asked and its last answer is too old */
export async function runUniverse(request: UniverseRequest, context: CliContext): Promise<void> {
  const { discovery, json } = request;
  const snapshot = await currentSnapshot(request, context);
  const universe = discoverUniverse(snapshot.contracts, discovery, snapshot.venueTime);
  const ageMs = Date.now() - snapshot.takenAt;
  if (json) context.out(universeJson(universe, request, { snapshot, ageMs }));
  else for (const line of universeLines(universe, request, { snapshot, ageMs })) context.out(line);
}

async function currentSnapshot(request: UniverseRequest, context: CliContext): Promise<ContractSnapshot> {
  const { venue, discovery, refresh } = request;
  const folder = request.cache ?? cacheFolder(context.env);
  const { exchange, environment, baseUrl } = venue;
  const origin: HistoryOrigin = { venue: exchange, environment, imitated: baseUrl !== undefined };
  const known = await readSnapshot(folder, origin);
  const ageMs = known === undefined ? Infinity : Date.now() - known.takenAt;
  if (known !== undefined && !refresh && ageMs >= 0 && ageMs < discovery.refreshHours * HOUR_MS) return known;
  try {
    const snapshot = await askVenue(venue, context);
    await writeSnapshot(folder, origin, snapshot);
    return snapshot;
  } catch (error) {
    const isUsable = known !== undefined && !refresh && ageMs < discovery.maxAgeHours * HOUR_MS;
    if (!(error instanceof VenueError) || !isUsable) throw error;
    context.stderr.write(`${error.message}; what it said ${durationText(ageMs)} ago is used\n`);
    return known;
  }
}

async function askVenue(venue: VenueOptions, context: CliContext): Promise<ContractSnapshot> {
  const connection = await connectPublicly(venue, (text) => context.stderr.write(`${text}\n`));
  try {
    const { market } = connection;
    const [venueTime, instruments, tickers] = [
      await market.serverTime(),
      await market.instruments(),
      await market.tickers(),
    ];
    return { takenAt: Date.now(), venueTime, contracts: contractFacts(instruments, tickers) };
  } finally {
    await connection.close();
  }
}

interface Taken {
  readonly snapshot: ContractSnapshot;
  readonly ageMs: number;
}

function universeJson(universe: DiscoveredUniverse, request: UniverseRequest, { snapshot, ageMs }: Taken): string {
  return JSON.stringify({
    exchange: request.venue.exchange,
    environment: request.venue.environment,
    mode: request.discovery.universeMode,
    takenAt: snapshot.takenAt,
    ageMs,
    symbols: universe.chosen.map(({ symbol, price, tradedValue24h, listedAt }) => ({
      symbol,
      price,
      tradedValue24h,
      listedAt,
    })),
    refused: universe.refused,
  });
}

const REASONS: Readonly<Record<RefusalReason, string>> = {
  'not-listed': 'named, but not listed',
  excluded: 'excluded by name',
  'not-trading': 'not traded now',
  'being-delisted': 'being delisted',
  'other-quote-currency': 'not quoted in USDT',
  'no-price': 'without a price',
  'price-too-low': 'too cheap',
  'too-little-traded': 'too little traded',
  'listing-unknown': 'listed nobody knows when',
  'listed-too-recently': 'listed too recently',
  'beyond-the-maximum': 'beyond the maximum number',
  'not-in-the-fixed-list': 'not in the fixed list',
};
/** So many refused symbols of one reason are named in lines. */
const NAMED = 12;

function universeLines(
  { chosen, refused }: DiscoveredUniverse,
  { venue, discovery }: UniverseRequest,
  { snapshot, ageMs }: Taken,
): readonly string[] {
  const title = `${venue.exchange} ${venue.environment}, mode ${discovery.universeMode}, as of ${isoTime(Math.floor(snapshot.takenAt / MINUTE_MS) * MINUTE_MS)} UTC`;
  const width = Math.max(0, ...chosen.map(({ symbol }) => symbol.length));
  const groups = Map.groupBy(refused, ({ reason }) => reason);
  const reasons = Object.entries(REASONS).flatMap(([reason, words]): readonly string[] => {
    const symbols = [...groups].find(([name]) => name === reason)?.[1].map(({ symbol }) => symbol) ?? [];
    if (symbols.length === 0) return [];
    const more = symbols.length > NAMED ? ` and ${symbols.length - NAMED} more` : '';
    return [`  ${symbols.length} ${words}: ${symbols.slice(0, NAMED).join(', ')}${more}`];
  });
  return [
    `${title} (${durationText(ageMs)} ago)`,
    `${chosen.length} symbols`,
    ...chosen.map(
      ({ symbol, price, tradedValue24h }) =>
        `  ${symbol.padEnd(width)}  ${tradedValue24h === undefined ? 'n/a' : millions(tradedValue24h)} traded in 24 h, price ${price ?? 'n/a'}`,
    ),
    ...(reasons.length === 0 ? [] : ['refused', ...reasons]),
  ];
}

const millions = (value: number): string => `${(value / 1e6).toFixed(1)} million`;
