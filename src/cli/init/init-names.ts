// Between what can somebody choose who sets up a bot?
import type { Channel } from '../../live/alerts/alerts-config.ts';

export const INIT_MODES = ['paper', 'testnet', 'demo', 'live'] as const;
export const INIT_EXCHANGES = ['bybit', 'binance'] as const;
export const INIT_PROFILES = ['conservative', 'moderate', 'aggressive'] as const;

export interface InitWishes {
  readonly exchange: (typeof INIT_EXCHANGES)[number];
  readonly mode: (typeof INIT_MODES)[number];
  readonly profile: (typeof INIT_PROFILES)[number];
  readonly symbols: readonly string[];
  readonly channels: readonly Channel[];
  readonly telegramChat: string | undefined;
  readonly emailTo: string | undefined;
  readonly emailHost: string | undefined;
}
