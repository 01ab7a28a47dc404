// How is a simulated exchange put on the network? Exchange, venue, faults, pace and control joined into one running server.
import type { Clock } from '../ports/clock.ts';
import { createControlDoor } from './control/control-door.ts';
import type { FaultControl } from './control/control-parts.ts';
import type { SimulatedExchange } from './core/exchange.ts';
import { advanceThroughFaults, stoppingAtFaults } from './faults/advance.ts';
import { NO_FAULTS, type FaultPipeline } from './faults/fault-pipeline.ts';
import { createAcceptanceTimes } from './transport/acceptance-times.ts';
import { ExchangeServer } from './transport/exchange-server.ts';
import { startPace, type Speed } from './transport/pace.ts';
import { createRateLimits, type RateLimits } from './transport/rate-limits.ts';
import type { CodecWorld, Credentials, LimitAnswer, VenueCodec } from './venues/venue-codec.ts';

export interface SimulatorSetup {
  readonly exchange: SimulatedExchange;
  readonly createCodec: (world: CodecWorld) => VenueCodec;
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly speed: Speed;
  /** 0: any port that is free. */
  readonly port: number;
  /** Default: everything passes. */
  readonly faults?: FaultPipeline | undefined;
  readonly faultControl?: FaultControl | undefined;
  /** Whether the venue's rate limits are enforced. Default: yes. */
  readonly limits?: boolean | undefined;
  /**
   * The clock by which the server judges signatures and receive windows, and which it tells. Default `wall`: the
   * machine's, as at a real venue. `market`: market time, for a client whose own clock is market time too.
   */
  readonly serverClock?: 'wall' | 'market' | undefined;
  /** Is told of a bug in the simulator; the client gets the venue's own error. */
  readonly report: (problem: unknown) => void;
}

export interface RunningSimulator {
  readonly port: number;
  readonly httpUrl: string;
  readonly webSocketUrl: string;
  /** Lets market time run to `time`; resolves when all that this made has been written to the clients. */
  advance(time: number): Promise<void>;
  /** Ends it; nothing stays open. */
  close(): Promise<void>;
  /** Resolves once it has ended, by `close` or by the control API. */
  readonly ended: Promise<void>;
}

/** Starts the server. @throws the system's error when the port cannot be had */
export async function startSimulator(setup: SimulatorSetup): Promise<RunningSimulator> {
  const { exchange, clock, speed, faults = NO_FAULTS, faultControl, limits = true } = setup;
  const serverTime = (): number =>
    Math.trunc(setup.serverClock === 'market' ? exchange.now : clock.now()) + faults.clockOffsetMs();
  const accepted = createAcceptanceTimes(exchange, serverTime);
  const { acceptedAt } = accepted;
  const { credentials, report } = setup;
  const orderLagMs = (): number => faults.orderLagMs();
  const rateLimits = limits ? createRateLimits() : undefined;
  const spend = rateLimits && ((name: string) => spentOn(name, rateLimits, { codec, clock, faults }));
  const world = { exchange, credentials, clock, serverTime, orderLagMs, acceptedAt };
  const codec = setup.createCodec({ ...world, ...(spend === undefined ? {} : { spend }) });
  const show = async (): Promise<void> => {
    server.sample();
    await server.written();
  };
  const advance = (time: number): Promise<void> => {
    advanceThroughFaults(exchange, faults, time);
    return show();
  };
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const sideDoor = createControlDoor({
    exchange,
    faults: faultControl,
    advance,
    show,
    serverTime,
    facts: () => ({ venue: codec.name, speed, limits, ...server.counts }),
    shutDown: () => void clock.after(0, () => void close()),
  });
  const server = new ExchangeServer({ exchange, codec, faults, clock, limits: rateLimits, sideDoor, report });
  const port = await server.listen(setup.port);
  const stopPace = startPace({
    exchange: stoppingAtFaults(exchange, faults),
    clock,
    speed,
    moved: () => server.sample(),
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    stopPace();
    accepted.stop();
    codec.close?.();
    closing ??= server.close().then(end);
    return closing;
  };
  return { port, httpUrl: `http://127.0.0.1:${port}`, webSocketUrl: `ws://127.0.0.1:${port}`, advance, close, ended };
}

/** Every client of this server lives here. */
const CLIENT_ADDRESS = '127.0.0.1';

/** Counts something that is no request, with reset times by the server's clock. */
function spentOn(
  name: string,
  limits: RateLimits,
  { codec, clock, faults }: { readonly codec: VenueCodec; readonly clock: Clock; readonly faults: FaultPipeline },
): LimitAnswer {
  const rules = codec.limitRules?.(name) ?? [];
  const { refusal, usage } = limits.spend({ rules, weight: 1, address: CLIENT_ADDRESS, now: clock.now() });
  const ahead = faults.clockOffsetMs();
  return { refusal, usage: usage.map((each) => ({ ...each, resetAt: each.resetAt + ahead })) };
}
