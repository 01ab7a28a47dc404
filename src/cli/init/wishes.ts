// What does somebody want who sets up a bot? Exchange, mode, symbols, risk level and alerts, from options or asked one by one.
import type { Person } from '../../adapters/system/ask-person.ts';
import { CHANNELS, type Channel } from '../../live/alerts/alerts-config.ts';
import { NEEDED_SECRET } from '../alert-channels.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { INIT_EXCHANGES, INIT_MODES, INIT_PROFILES, type InitWishes } from './init-names.ts';

/** Names of the variables that these wishes need in `.env`. */
export function variablesFor({ mode, channels }: InitWishes): readonly string[] {
  const keys = mode === 'paper' ? [] : ['KEY', 'SECRET'].map((what) => `PERPILOT_${mode.toUpperCase()}_${what}`);
  const email = channels.includes('email') ? ['PERPILOT_SMTP_USER', 'PERPILOT_SMTP_PASSWORD'] : [];
  return [...keys, ...channels.flatMap((channel) => NEEDED_SECRET[channel] ?? []), ...email];
}

/** Asks for all of it; what the options said is what Enter takes. */
export async function askWishes(person: Person, given: InitWishes): Promise<InitWishes> {
  const exchange = await oneOf(person, 'Exchange', INIT_EXCHANGES, given.exchange);
  const mode = await oneOf(person, 'Mode', INIT_MODES, given.mode);
  const profile = await oneOf(person, 'Risk level', INIT_PROFILES, given.profile);
  const symbols = symbolsOf(await person.ask('Symbols, with commas between them', given.symbols.join(',')));
  const words = await person.ask(`Alerts by ${CHANNELS.join(', ')}, or none`, given.channels.join(',') || 'none');
  const channels = words === 'none' ? [] : channelsOf(words);
  const telegramChat = channels.includes('telegram')
    ? await person.ask('Number of the Telegram chat', given.telegramChat ?? '')
    : undefined;
  const byMail = channels.includes('email');
  const emailTo = byMail ? await person.ask('E-mail address that gets the alerts', given.emailTo ?? '') : undefined;
  const emailHost = byMail ? await person.ask('Server that sends the e-mails', given.emailHost ?? '') : undefined;
  return { exchange, mode, profile, symbols, channels, telegramChat, emailTo, emailHost };
}

/** Asks again until it is one of them. */
async function oneOf<Name extends string>(
  person: Person,
  what: string,
  names: readonly Name[],
  otherwise: Name,
): Promise<Name> {
  for (;;) {
    const answer = await person.ask(`${what} (${names.join(', ')})`, otherwise);
    const found = names.find((name) => name === answer);
    if (found !== undefined) return found;
  }
}

export function symbolsOf(text: string): readonly string[] {
  const symbols = text.split(/[\s,]+/).filter((symbol) => symbol !== '');
  const bad = symbols.find((symbol) => !/^[A-Z0-9]{5,30}$/.test(symbol));
  if (symbols.length > 0 && bad === undefined) return symbols;
  const message = bad === undefined ? 'no symbol is named' : `"${bad}" is no symbol`;
  throw new PerpilotError('ARGUMENT_INVALID', [{ message, where: '--symbols', hint: 'write them as BTCUSDT,ETHUSDT' }]);
}

export function channelsOf(text: string): readonly Channel[] {
  return text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => {
      const found = CHANNELS.find((channel) => channel === word);
      if (found !== undefined) return found;
      const hint = `there are ${CHANNELS.join(', ')}`;
      throw new PerpilotError('ARGUMENT_INVALID', [{ message: `"${word}" is no channel`, where: '--channels', hint }]);
    });
}
