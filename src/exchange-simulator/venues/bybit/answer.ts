// How does Bybit answer? One envelope around every result and every refusal.
import type { VenueReply } from '../venue-codec.ts';

export type BybitAnswer =
  | { readonly kind: 'done'; readonly result: unknown; readonly extraInfo?: unknown }
  | {
      readonly kind: 'refused';
      readonly code: number;
      readonly message: string;
      /** HTTP status; 200 unless the web server in front refuses. */
      readonly status?: number | undefined;
      /** What the venue adds to some refusals. */
      readonly result?: unknown;
    };

export const done = (result: unknown, extraInfo?: unknown): BybitAnswer => ({ kind: 'done', result, extraInfo });
export const refused = (code: number, message: string, result?: unknown): BybitAnswer => ({
  kind: 'refused',
  code,
  message,
  result,
});

/** A request whose parameters are wrong. */
export const badParameter = (detail: string): BybitAnswer => refused(10_001, `params error: ${detail}`);

/** The reply as it goes over the wire; `time` is the server's clock. */
export function envelope(answer: BybitAnswer, time: number): VenueReply {
  const { code, message, status } =
    answer.kind === 'done' ? { code: 0, message: 'OK', status: 200 } : { status: 200, ...answer };
  const body = JSON.stringify({
    retCode: code,
    retMsg: message,
    result: answer.result ?? {},
    retExtInfo: answer.kind === 'done' ? (answer.extraInfo ?? {}) : {},
    time,
  });
  return { status: status ?? 200, body };
}
