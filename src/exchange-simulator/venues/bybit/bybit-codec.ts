// How does the simulated exchange speak Bybit V5? Requests in, replies and frames out, for USDT perpetuals.
import type { WireRefusal } from '../../faults/fault-pipeline.ts';
import type {
  ClientConnection,
  CodecSession,
  CodecWorld,
  LimitRule,
  VenueCodec,
  VenueReply,
  VenueRequest,
} from '../venue-codec.ts';
import { accountRoutes } from './account-routes.ts';
import { badParameter, envelope, type BybitAnswer } from './answer.ts';
import { objectFields, parseJson, queryFields, type Fields } from '../fields.ts';
import { CONNECT, CONNECTION_LIMIT, limitHeaders, requestRules } from './limits.ts';
import { marketRoutes } from './market-routes.ts';
import { orderQueries } from './order-queries.ts';
import { orderRoutes } from './order-routes.ts';
import { positionRoutes } from './position-routes.ts';
import { PrivateSession } from './private-session.ts';
import { PublicSession } from './public-session.ts';
import { notModified, wireRefusal, type Asked } from './return-codes.ts';
import type { Route, Routes } from './route.ts';
import { requestRefusal } from './signature.ts';
import { TradeSession } from './trade-session.ts';

const ROUTES: Routes = { ...marketRoutes, ...orderRoutes, ...orderQueries, ...positionRoutes, ...accountRoutes };

const CHANNELS: ReadonlyMap<string, 'public' | 'private' | 'trade'> = new Map([
  ['/v5/public/linear', 'public'],
  ['/v5/public/misc/status', 'public'],
  ['/v5/private', 'private'],
  ['/v5/trade', 'trade'],
]);

const NO_ROUTE: BybitAnswer = { kind: 'refused', code: 10_017, message: 'Route not found.', status: 404 };

/** What a request of a path would set. */
const SETTING_OF: Readonly<Record<string, Asked['of']>> = {
  '/v5/position/set-leverage': 'leverage',
  '/v5/position/switch-mode': 'position-mode',
  '/v5/account/set-margin-mode': 'margin-mode',
  '/v5/position/trading-stop': 'protect',
};

const routeName = ({ method, path }: VenueRequest): string => `${method} ${path}`;
const routeOf = (name: string): Route | undefined => (Object.hasOwn(ROUTES, name) ? ROUTES[name] : undefined);

/** Bybit V5 before the exchange in `world`. */
export function createBybitCodec(world: CodecWorld): VenueCodec {
  let isDown = false;
  world.exchange.listen((event) => {
    if (event.kind === 'maintenance') isDown = event.state === 'begun' || (isDown && event.state !== 'ended');
  });
  const reply = (answer: BybitAnswer): VenueReply => envelope(answer, world.serverTime());
  return {
    name: 'bybit',
    owns: (path) => path.startsWith('/v5/'),
    classify,
    handle(request) {
      const isClock = request.path === '/v5/market/time';
      return reply(isDown && !isClock ? wireRefusal('maintenance') : carryOut(request, world));
    },
    refuse: (request, refusal) => reply(worded(request, refusal, world)),
    limitRules,
    limitHeaders,
    idleLimitMs,
    channelOf: (path) => CHANNELS.get(path.replace(/\/+$/, '')),
    connect: (connection) => session(connection, world),
  };
}

function classify(request: VenueRequest): ReturnType<VenueCodec['classify']> {
  const name = routeName(request);
  const access = routeOf(name)?.access ?? 'public';
  const symbol = fieldsOf(request)?.text('symbol');
  return { symbol, isPrivate: access !== 'public', isWrite: access === 'write', limit: { name, weight: 1 } };
}

/** The fields of a request, from the query of a GET or the body of a POST; undefined: the body is no JSON object. */
function fieldsOf({ method, query, body }: VenueRequest): Fields | undefined {
  if (method !== 'POST') return queryFields(query);
  return objectFields(body === '' ? {} : parseJson(body));
}

function carryOut(request: VenueRequest, world: CodecWorld): BybitAnswer {
  const route = routeOf(routeName(request));
  if (route === undefined) return NO_ROUTE;
  if (route.access !== 'public') {
    const refusal = requestRefusal(request, route.access === 'write', world);
    if (refusal !== undefined) return refusal;
  }
  const fields = fieldsOf(request);
  return fields === undefined ? badParameter('the body is not a JSON object') : route.run({ world, fields });
}

/** A refusal from outside of the exchange, with the numbers that some of them carry. */
function worded({ headers, path }: VenueRequest, refusal: WireRefusal, world: CodecWorld): BybitAnswer {
  if (refusal === 'not-modified') return notModified(SETTING_OF[path] ?? 'leverage');
  if (refusal !== 'clock-off') return wireRefusal(refusal);
  const told = (name: string): string => String(headers[name] ?? '');
  const words = 'invalid request, please check your server timestamp or recv_window param';
  const numbers = `req_timestamp[${told('x-bapi-timestamp')}],server_timestamp[${world.serverTime()}],recv_window[${told('x-bapi-recv-window')}]`;
  return wireRefusal(refusal, `${words}. ${numbers}`);
}

function limitRules(name: string): readonly LimitRule[] {
  return name === CONNECT ? [CONNECTION_LIMIT] : requestRules(name, routeOf(name)?.perSecond);
}

/** Streams of an account may ask to be cut earlier than the usual ten minutes. */
function idleLimitMs(path: string, query: URLSearchParams): number {
  const asked = /^(\d+)s$/.exec(query.get('max_active_time') ?? '');
  const seconds = asked === null || path.startsWith('/v5/public') ? 600 : Number(asked[1]);
  return Math.min(600, Math.max(30, seconds)) * 1_000;
}

function session(connection: ClientConnection, world: CodecWorld): CodecSession {
  switch (CHANNELS.get(connection.path.replace(/\/+$/, ''))) {
    case 'private':
      return new PrivateSession(connection, world);
    case 'trade':
      return new TradeSession(connection, world);
    default:
      return new PublicSession(connection, world);
  }
}
