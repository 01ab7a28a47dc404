// Where can the bot trade, and what does each of these modes need from the environment?
import { PerpilotError } from '../domain/errors.ts';
import type { VenueEnvironment } from '../ports/venue-connection.ts';
import type { Environment } from './terminal.ts';

export const BOT_MODES = ['rehearsal', 'paper', 'testnet', 'demo', 'live'] as const;

export type BotMode = (typeof BOT_MODES)[number];

/** Modes that run by the clock, at the prices of a venue. */
export type ExchangeMode = VenueEnvironment | 'paper';

/** Where the market of a mode is. Paper trades at the prices of real money. */
export const environmentOf = (mode: ExchangeMode): VenueEnvironment => (mode === 'paper' ? 'live' : mode);

export interface Key {
  readonly key: string;
  readonly secret: string;
}

/** Real money needs this variable of the environment, and this value in it. */
export const CONFIRMATION = { name: 'PERPILOT_LIVE', value: 'I-understand-that-this-trades-real-money' } as const;

/** Key and secret of a mode. Each has variables of its own, so that no key is used where it does not belong. @throws PerpilotError KEY_MISSING */
export function keyOf(mode: VenueEnvironment, env: Environment): Key {
  const names = { key: `PERPILOT_${mode.toUpperCase()}_KEY`, secret: `PERPILOT_${mode.toUpperCase()}_SECRET` };
  const key = env[names.key]?.trim() ?? '';
  const secret = env[names.secret]?.trim() ?? '';
  if (key !== '' && secret !== '') return { key, secret };
  const missing = [key === '' ? [names.key] : [], secret === '' ? [names.secret] : []].flat();
  throw new PerpilotError('KEY_MISSING', [
    {
      message: `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
      hint: 'make a key at the venue that may trade contracts and not withdraw, and set both variables',
    },
  ]);
}
