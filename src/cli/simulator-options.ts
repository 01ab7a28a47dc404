// With which options is the exchange simulator started, and what is wrong with them?
import { InvalidArgumentError } from 'commander';
import { PerpilotError } from '../domain/errors.ts';
import { isoTime } from '../domain/iso-time.ts';
import { INTERVAL_NAMES } from '../domain/time.ts';
import type { MarketTape } from '../exchange-simulator/core/exchange.ts';
import type { Speed } from '../exchange-simulator/transport/pace.ts';
import type { Credentials } from '../exchange-simulator/venues/venue-codec.ts';
import type { ConfigOptions } from './arguments.ts';
import { endOf } from './compose-tape.ts';
import type { Environment } from './terminal.ts';

export interface SimulatorOptions extends ConfigOptions {
  readonly exchange: 'bybit' | 'binance';
  readonly data?: string;
  readonly embedded: boolean;
  readonly symbols?: readonly string[];
  readonly interval?: string;
  readonly from?: number;
  readonly until?: number;
  readonly speed: Speed;
  readonly port: number;
  readonly faults?: string;
  readonly seed?: number;
  readonly deposit: number;
  readonly leverage: number;
  readonly marginMode: 'isolated' | 'cross';
  readonly serverClock: 'wall' | 'market';
  readonly limits: boolean;
  readonly json: boolean;
}

const MAX_SPEED = 100_000;

/** `1`, `60`, `1000` or any other multiple of wall time; `lockstep`: only when it is told to. */
export function speedOf(text: string): Speed {
  if (text === 'lockstep') return 'lockstep';
  const speed = Number(text);
  if (text.trim() !== '' && speed > 0 && speed <= MAX_SPEED) return speed;
  throw new InvalidArgumentError(
    `Write lockstep, or how many times as fast as real: 1, 60, 1000, at most ${MAX_SPEED}.`,
  );
}

export function portOf(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Write a port from 0 to 65535; 0 takes any that is free.');
}

/** For an option that is a number above zero. */
export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Write a number above 0.');
}

export function seedOf(text: string): number {
  const seed = Number(text);
  if (/^\d{1,10}$/.test(text) && seed <= 4_294_967_295) return seed;
  throw new InvalidArgumentError('Write a whole number from 0 to 4294967295.');
}

export function intervalName(text: string): string {
  if (INTERVAL_NAMES.includes(text)) return text;
  throw new InvalidArgumentError(`Write one of ${INTERVAL_NAMES.join(', ')}.`);
}

/** Which part of the stored time is replayed. */
export interface ReplaySpan {
  readonly from: number;
  readonly until: number | undefined;
}

/** The span that the options name, on the grid of the candles. @throws PerpilotError ARGUMENT_INVALID when it is not stored */
export function replaySpan({ symbols }: MarketTape, options: Pick<SimulatorOptions, 'from' | 'until'>): ReplaySpan {
  const { intervalMs } = symbols[0].candles;
  const first = Math.min(...symbols.map(({ candles }) => candles.openTime[0]));
  const end = Math.max(...symbols.map(({ candles }) => endOf(candles)));
  const { until } = options;
  const from = Math.floor((options.from ?? first) / intervalMs) * intervalMs;
  const stored = `candles are stored from ${isoTime(first)} to ${isoTime(end)}`;
  const fail = (where: string, message: string): PerpilotError =>
    new PerpilotError('ARGUMENT_INVALID', [{ message, where, hint: stored }]);
  if (from < first) throw fail('--from', `${isoTime(from)} lies before the stored candles`);
  if (from >= end) throw fail('--from', `${isoTime(from)} lies behind the stored candles`);
  if (until !== undefined && until <= from) throw fail('--until', `${isoTime(until)} is not after ${isoTime(from)}`);
  if (until !== undefined && until > end) throw fail('--until', `${isoTime(until)} lies behind the stored candles`);
  return { from, until };
}

const DEFAULT_KEY = 'simulator-key';
const DEFAULT_SECRET = 'simulator-secret';

/** Key and secret from the environment, or ones that everybody may know, since the account is no real one. */
export function simulatorCredentials(env: Environment): {
  readonly credentials: Credentials;
  readonly isDefault: boolean;
} {
  const key = env['PERPILOT_SIMULATOR_KEY'];
  const secret = env['PERPILOT_SIMULATOR_SECRET'];
  if ((key === undefined) !== (secret === undefined)) {
    const message = 'PERPILOT_SIMULATOR_KEY and PERPILOT_SIMULATOR_SECRET go together';
    throw new PerpilotError('ARGUMENT_INVALID', [{ message, hint: 'set both, or neither for the default ones' }]);
  }
  const credentials: Credentials = {
    key: key ?? DEFAULT_KEY,
    secret: secret ?? DEFAULT_SECRET,
    environment: 'testnet',
    readOnly: false,
    mayWithdraw: false,
    expiresAt: undefined,
    allowedAddresses: undefined,
    foreignKeys: [],
  };
  return { credentials, isDefault: key === undefined };
}
