// What becomes of one request? Faults first, then the limits, then the venue; nothing of it may throw.
import type { Clock } from '../../ports/clock.ts';
import type { FaultPipeline, HttpFate } from '../faults/fault-pipeline.ts';
import type { VenueCodec, VenueReply, VenueRequest } from '../venues/venue-codec.ts';
import type { RateLimits } from './rate-limits.ts';

export interface AnswerParts {
  readonly codec: VenueCodec;
  readonly faults: FaultPipeline;
  readonly clock: Clock;
  /** Undefined: nothing is limited. */
  readonly limits: RateLimits | undefined;
  /** A bug of the simulator itself, which the client sees as an error of the venue. */
  readonly report: (problem: unknown) => void;
}

/** The venue's reply with the fate that the faults have for it; the request has been carried out unless the fate says otherwise. */
export interface Answer {
  readonly fate: HttpFate;
  readonly reply: VenueReply;
}

const PASS: HttpFate = { kind: 'pass' };

/** Decides on a request and carries it out, at once and synchronously: whatever a fault delays is the reply only. */
export function answerRequest(request: VenueRequest, address: string, parts: AnswerParts): Answer {
  const { codec, report } = parts;
  try {
    if (!codec.owns(request.path)) return { fate: PASS, reply: notFound() };
    const { symbol, isPrivate, isWrite, limit } = codec.classify(request);
    const { method, path, query, body } = request;
    const fate = parts.faults.request({ method, path, query, body, symbol, isPrivate, isWrite });
    const commits = fate.kind === 'pass' || fate.commit;
    const reply = commits ? limited(request, { ...limit, address }, parts) : codec.refuse(request, 'server-error');
    if (fate.kind === 'pass' && fate.rewrite !== undefined)
      return { fate, reply: { ...reply, body: fate.rewrite(reply.body) } };
    return { fate, reply: fate.kind === 'refuse' ? codec.refuse(request, fate.refusal) : reply };
  } catch (error) {
    report(error);
    return { fate: PASS, reply: codec.refuse(request, 'server-error') };
  }
}

function limited(
  request: VenueRequest,
  { name, weight, address }: { readonly name: string; readonly weight: number; readonly address: string },
  { codec, clock, faults, limits }: AnswerParts,
): VenueReply {
  const rules = codec.limitRules?.(name) ?? [];
  if (limits === undefined || rules.length === 0) return codec.handle(request);
  const { refusal, usage } = limits.spend({ rules, weight, address, now: clock.now() });
  const reply = refusal === undefined ? codec.handle(request) : codec.refuse(request, refusal);
  const ahead = faults.clockOffsetMs();
  const told = usage.map((each) => ({ ...each, resetAt: each.resetAt + ahead }));
  return { ...reply, headers: { ...codec.limitHeaders?.(told), ...reply.headers } };
}

/** What a web server says to a path that nobody serves. */
export function notFound(): VenueReply {
  return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '404 page not found\n' };
}
