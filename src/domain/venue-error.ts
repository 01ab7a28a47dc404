// How does a venue fail? With a stable code that says whether to try again and whether an order may exist all the same.

/** Every way a venue or the way to it can fail, with what a person should do. Codes are never reused. */
export const VENUE_ERROR_CODES = {
  UNREACHABLE:
    'The venue could not be reached. Check the network of this machine; reads are tried again by themselves.',
  TIMEOUT: 'The venue did not answer in time. The outcome of an order is unknown until it has been looked up.',
  REPLY_INVALID:
    'The venue answered with something that is no reply of its protocol. Wait; if it stays, update perpilot.',
  OVERLOADED: 'The venue is overloaded or had an error of its own. Wait; it is tried again by itself.',
  MAINTENANCE: 'The venue is under maintenance. Positions keep their stops there; entries wait.',
  RATE_LIMITED: 'Too many requests. Nothing to do: the request budget waits until the venue allows more.',
  BANNED:
    'The venue has shut this address out for a while. All requests stop; look for another program on this address.',
  CLOCK_OFF: 'The clock of this machine is off. Turn on time synchronisation (chrony or systemd-timesyncd).',
  KEY_INVALID: 'The API key is not known to this venue. Copy the key again, without spaces.',
  KEY_OF_OTHER_ENVIRONMENT:
    'The API key belongs to another environment (testnet, demo, live). Make a key on the site that the setting names.',
  SIGNATURE_INVALID: 'The signature is wrong: the API secret does not belong to the key. Copy both again.',
  KEY_EXPIRED: 'The API key has expired. Make a new one and put it into the environment.',
  IP_NOT_ALLOWED: 'The API key is bound to other addresses. Add the address of this machine to the key.',
  PERMISSION_MISSING: 'The API key may not trade. Give it the permission for contract orders and positions.',
  WITHDRAWAL_PERMITTED: 'The API key may withdraw money. Make a key without that permission; perpilot never needs it.',
  ACCOUNT_RESTRICTED: 'The venue does not let this account trade. Look at the messages on its web site.',
  SYMBOL_UNKNOWN: 'The venue does not list this symbol. Look at the symbols with: perpilot universe --refresh.',
  SYMBOL_NOT_TRADING: 'The symbol is not traded now: it is being launched, delisted or reduce-only.',
  ORDER_NOT_FOUND: 'The venue knows no such order.',
  ORDER_FINAL: 'The order has already been filled or cancelled.',
  ORDER_BUSY: 'The venue is still at work on this order. Try again in a moment.',
  ORDER_ID_TAKEN: 'An order with this client order id exists already: the first attempt arrived.',
  MARGIN_INSUFFICIENT: 'The free margin does not suffice for this order.',
  REDUCE_ONLY_REFUSED: 'There is nothing that this reduce-only order could reduce.',
  BELOW_MINIMUM: 'The order is smaller than the venue takes.',
  ABOVE_MAXIMUM: 'The order or position is larger than the venue allows.',
  OFF_GRID: 'A price or quantity does not lie on the steps of the instrument. The instruments are loaded anew.',
  PRICE_REFUSED: 'The price lies outside of what the venue takes now.',
  TRIGGER_REFUSED: 'The trigger price lies on the wrong side of the market.',
  LEVERAGE_REFUSED: 'The venue does not allow this leverage at this size.',
  ORDERS_TOO_MANY: 'The symbol has as many open orders as the venue allows.',
  MODE_MISMATCH: 'Position or margin mode at the venue is not the one that was assumed.',
  MODE_LOCKED: 'Position or margin mode cannot be changed while there are positions or orders.',
  PARAMETER_REFUSED: 'The venue refuses a parameter of the request.',
  UNSUPPORTED: 'The venue cannot do this.',
  REFUSED: 'The venue refuses for a reason that perpilot does not know; its own code stands beside.',
  CLOSED: 'The connection was closed by this program.',
} as const;

export type VenueErrorCode = keyof typeof VENUE_ERROR_CODES;

export interface VenueFailure {
  readonly code: VenueErrorCode;
  /** What happened, one sentence, never with a key, a signature or a whole request in it. */
  readonly message: string;
  /** The same request may succeed later without anybody doing anything. */
  readonly retryable: boolean;
  /** The request was a write and may have been carried out: look it up before anything else. */
  readonly orderMayExist: boolean;
  /** The venue's own code, where it gave one. */
  readonly venueCode?: string | undefined;
  /** When the venue says that it will listen again, epoch milliseconds. */
  readonly retryAt?: number | undefined;
}

/** A failure of the venue or of the way to it. The outside fails with this and nothing else. */
export class VenueError extends Error implements VenueFailure {
  readonly code: VenueErrorCode;
  readonly retryable: boolean;
  readonly orderMayExist: boolean;
  readonly venueCode: string | undefined;
  readonly retryAt: number | undefined;

  constructor(failure: VenueFailure) {
    super(failure.message);
    this.name = 'VenueError';
    this.code = failure.code;
    this.retryable = failure.retryable;
    this.orderMayExist = failure.orderMayExist;
    this.venueCode = failure.venueCode;
    this.retryAt = failure.retryAt;
  }
}
