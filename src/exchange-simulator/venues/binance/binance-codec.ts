// How does the simulated exchange speak Binance USD-M? Requests in, replies and events out, for USDT perpetuals.
import type { WireRefusal } from '../../faults/fault-pipeline.ts';
import type { CodecWorld, VenueCodec, VenueReply, VenueRequest } from '../venue-codec.ts';
import { accountRoutes } from './account-routes.ts';
import { algoRoutes } from './algo-routes.ts';
import { done, refused, replyOf, type BinanceAnswer } from './answer.ts';
import { createCountdowns } from './countdowns.ts';
import type { Desk } from './desk.ts';
import { createBans, limitHeaders, limitRules, type Bans } from './limits.ts';
import { createListenKeys } from './listen-keys.ts';
import { marketRoutes } from './market-routes.ts';
import { createOrderNames } from './order-names.ts';
import { orderRoutes } from './order-routes.ts';
import { wireRefusal } from './refusals.ts';
import { requestFields } from './request-fields.ts';
import type { Route, Routes } from './route.ts';
import { settingsRoutes } from './settings-routes.ts';
import { keyRefusal, requestRefusal } from './signature.ts';
import { StreamSession } from './stream-session.ts';
import { createUserStream } from './user-stream.ts';

const ROUTES: Routes = { ...marketRoutes, ...orderRoutes, ...algoRoutes, ...accountRoutes, ...settingsRoutes };
const CLOCK_PATH = '/fapi/v1/time';
const STATUS_PATH = '/sapi/v1/system/status';
/** Addresses of WebSockets: of old, and with the kind of their streams in front. */
const SOCKET = /^(?:\/(public|market|private))?\/(?:ws(?:\/([^/]+))?|stream)\/?$/;
/** Listen keys are long. */
const KEY_LENGTH = 40;

const routeName = ({ method, path }: VenueRequest): string => `${method} ${path}`;
const routeOf = (request: VenueRequest): Route | undefined => {
  const name = routeName(request);
  return Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined;
};

/** Binance USD-M before the exchange in `world`. */
export function createBinanceCodec(world: CodecWorld): VenueCodec {
  const { exchange, clock } = world;
  const names = createOrderNames();
  const countdowns = createCountdowns(clock, (symbol) => void exchange.cancelAll(symbol, false));
  const listenKeys = createListenKeys(clock, world.credentials.key);
  const desk: Desk = { world, names, listenKeys, countdowns };
  const userStream = createUserStream(world, names);
  const bans = createBans();
  let isDown = false;
  const unlisten = exchange.listen((event) => {
    if (event.kind === 'maintenance') isDown = event.state === 'begun' || (isDown && event.state !== 'ended');
    userStream.eventsOf(event);
  });
  return {
    name: 'binance',
    owns: (path) => path.startsWith('/fapi/') || path.startsWith('/sapi/'),
    classify,
    handle(request) {
      const banned = banOf(bans, world);
      if (banned !== undefined) return replyOf(banned);
      if (request.path === STATUS_PATH) return replyOf(houseStatus(isDown));
      const isServed = !isDown || request.path === CLOCK_PATH;
      return replyOf(isServed ? carryOut(request, desk) : wireRefusal('maintenance'));
    },
    refuse: (request, refusal) => refuse(request, refusal, { bans, world }),
    limitRules,
    limitHeaders,
    channelOf,
    connect: (connection) => new StreamSession(connection, desk, userStream),
    close() {
      unlisten();
      countdowns.stopAll();
    },
  };
}

function classify(request: VenueRequest): ReturnType<VenueCodec['classify']> {
  const route = routeOf(request);
  const fields = requestFields(request);
  const symbol = fields.text('symbol') ?? fields.text('pair');
  const { access = 'public', weight = 1, limit = 'weight' } = route ?? {};
  return {
    symbol,
    isPrivate: access !== 'public',
    isWrite: access === 'write',
    limit: { name: limit, weight: typeof weight === 'number' ? weight : weight(fields) },
  };
}

function carryOut(request: VenueRequest, desk: Desk): BinanceAnswer {
  const route = routeOf(request);
  if (route === undefined) {
    return refused(-5000, `Path ${request.path}, Method ${request.method} is invalid`, 404);
  }
  const refusal = accessRefusal(request, route, desk.world);
  return refusal ?? route.run({ ...desk, fields: requestFields(request) });
}

function accessRefusal(request: VenueRequest, { access }: Route, world: CodecWorld): BinanceAnswer | undefined {
  switch (access) {
    case 'public':
      return undefined;
    case 'key':
      return keyRefusal(request, world);
    default:
      return requestRefusal(request, access === 'write', world);
  }
}

const houseStatus = (isDown: boolean): BinanceAnswer =>
  done(isDown ? { status: 1, msg: 'system_maintenance' } : { status: 0, msg: 'normal' });

function banOf(bans: Bans, world: CodecWorld): BinanceAnswer | undefined {
  const now = world.serverTime();
  const until = bans.endsAt(now);
  return until === undefined ? undefined : banned(until, now);
}

function banned(until: number, now: number): BinanceAnswer {
  const words = `Way too many requests; IP(127.0.0.1) banned until ${until}. Please use the websocket for live updates to avoid bans.`;
  return { ...wireRefusal('banned', words), headers: retryAfter(until - now) };
}

const retryAfter = (delayMs: number) => ({ 'Retry-After': String(Math.max(1, Math.ceil(delayMs / 1000))) });

/** How long a ban lasts that did not come from here, milliseconds. */
const FOREIGN_BAN_MS = 120_000;

function refuse(
  request: VenueRequest,
  refusal: WireRefusal,
  { bans, world }: { readonly bans: Bans; readonly world: CodecWorld },
): VenueReply {
  const now = world.serverTime();
  if (refusal === 'banned') return replyOf(banned(bans.endsAt(now) ?? now + FOREIGN_BAN_MS, now));
  if (refusal !== 'rate-limited') return replyOf(wireRefusal(refusal));
  bans.noteRefusal(now);
  const until = bans.endsAt(now);
  if (until !== undefined) return replyOf(banned(until, now));
  // What weighs nothing can only have been too many orders.
  const isOrder = routeOf(request)?.limit === 'orders';
  const words = 'Too many new orders; current limit is 300 orders per 10 SECOND.';
  const answer = isOrder ? refused(-1015, words, 429) : wireRefusal(refusal);
  return replyOf({ ...answer, headers: retryAfter(isOrder ? 10_000 : 60_000) });
}

function channelOf(path: string): 'public' | 'private' | undefined {
  const parts = SOCKET.exec(path);
  if (parts === null) return undefined;
  return parts[1] === 'private' || (parts[2]?.length ?? 0) >= KEY_LENGTH ? 'private' : 'public';
}
