// What is an order called at the venue? A function of the decision, short enough for every venue, with the bot's own prefix.
import type { OrderIntent } from '../../domain/order.ts';
import { sha256Hex } from '../../domain/sha256.ts';

/** Every perpilot's ids begin with this. */
export const FAMILY_PREFIX = 'pp';

/** What the canary command's ids begin with, whatever bot trades the account. */
export const CANARY_COMMAND_PREFIX = `${FAMILY_PREFIX}cn-`;

const LONGEST_SYMBOL = 14;

/** What the ids of one bot begin with; `instance`: two to four letters or digits. */
export function ownPrefix(instance: string): string {
  return `${FAMILY_PREFIX}${instance}-`;
}

/** Two letters or digits that belong to an account and a name of a bot: the same after every start. */
export function instanceOf(account: string, name: string): string {
  return digest(`${account}\n${name}`, 2);
}

/** What the ids of a bot's canaries begin with; those of its other orders go on with a capital, a digit, or an x in an emergency. */
export const canaryPrefix = (prefix: string): string => `${prefix}c`;

/**
 * The client order id of the `leg`-th order of a decision of the engine, from 1; at most 36 characters of letters, digits and
 * dashes.
 */
export function wireOrderId(prefix: string, { clientOrderId, symbol, decidedAt }: OrderIntent, leg: number): string {
  const purpose = clientOrderId.slice(clientOrderId.lastIndexOf('-') + 1);
  const short = symbol.length <= LONGEST_SYMBOL ? symbol : `${symbol.slice(0, LONGEST_SYMBOL - 5)}${digest(symbol, 5)}`;
  const later = leg === 1 ? '' : leg.toString(36);
  return `${prefix}${short}-${decidedAt.toString(36)}-${purpose.slice(0, 2)}${later}`;
}

function digest(text: string, characters: number): string {
  const hex = sha256Hex([new TextEncoder().encode(text)]);
  return BigInt(`0x${hex.slice(0, 24)}`)
    .toString(36)
    .slice(-characters)
    .padStart(characters, '0');
}
