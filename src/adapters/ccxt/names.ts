// May this name be sent to a venue? Symbols and client order ids with nothing in them that would change a request.
import { VenueError, type VenueErrorCode } from '../../domain/venue-error.ts';

const SYMBOL = /^[A-Z0-9-]{2,40}$/;
const CLIENT_ORDER_ID = /^[A-Za-z0-9_-]{1,36}$/;

/** Refused here, before anything was sent. */
export function refuse(code: VenueErrorCode, message: string): VenueError {
  return new VenueError({ code, message, retryable: false, orderMayExist: false });
}

/** @throws VenueError SYMBOL_UNKNOWN */
export function assertSymbol(symbol: string): void {
  if (!SYMBOL.test(symbol))
    throw refuse('SYMBOL_UNKNOWN', `no symbol is written like ${JSON.stringify(symbol).slice(0, 60)}`);
}

/** @throws VenueError PARAMETER_REFUSED */
export function assertClientOrderId(id: string): void {
  if (!CLIENT_ORDER_ID.test(id))
    throw refuse('PARAMETER_REFUSED', 'a client order id has 1 to 36 characters of A-Z, a-z, 0-9, - and _');
}
