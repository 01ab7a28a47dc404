// How does Binance answer? With the bare result, or with a status from 400 on and a code with its words.
import type { VenueReply } from '../venue-codec.ts';

export interface Refused {
  readonly kind: 'refused';
  /** HTTP status. */
  readonly status: number;
  /** Undefined: the web server in front refuses, without a code. */
  readonly code: number | undefined;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export type BinanceAnswer =
  | {
      readonly kind: 'done';
      readonly result: unknown;
      readonly headers?: Readonly<Record<string, string>> | undefined;
    }
  | Refused;

export const done = (result: unknown, headers?: Readonly<Record<string, string>>): BinanceAnswer => ({
  kind: 'done',
  result,
  headers,
});

export const refused = (code: number, message: string, status = 400): Refused => ({
  kind: 'refused',
  code,
  message,
  status,
});

/** What a request that only asks for something to be done is told. */
export const SUCCESS: BinanceAnswer = done({ code: 200, msg: 'success' });

/** A parameter that was not sent, or that says nothing. */
export const missing = (name: string): Refused =>
  refused(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);

/** A parameter whose value the venue does not take. */
export const invalid = (name: string): Refused => refused(-1130, `Data sent for parameter '${name}' is not valid.`);

/** What was found wrong while the fields of a request were read, in the venue's words. */
export function badFields(problem: string): Refused {
  const told = /^(\w+) (is required|invalid)$/.exec(problem);
  if (told === null) return refused(-1130, problem);
  return told[2] === 'invalid' ? invalid(told[1]) : missing(told[1]);
}

/** The reply as it goes over the wire. */
export function replyOf(answer: BinanceAnswer): VenueReply {
  const { headers } = answer;
  if (answer.kind === 'done') return { status: 200, headers, body: JSON.stringify(answer.result) };
  const { status, code, message } = answer;
  return { status, headers, body: JSON.stringify(code === undefined ? { msg: message } : { code, msg: message }) };
}
