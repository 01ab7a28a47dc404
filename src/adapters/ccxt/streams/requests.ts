// Which of our requests has the venue not answered yet?

export interface OpenRequest {
  readonly id: string;
  readonly names: readonly string[];
  readonly askedAt: number;
  /** 1: asked once. */
  readonly tries: number;
}

export interface Requests {
  /** A new request, with an id that was never used before on this connection. */
  open(names: readonly string[], askedAt: number, tries: number): OpenRequest;
  /** The request with this id, or the oldest where the answer names none; it is open no more. Undefined: nothing of ours. */
  take(id: string | undefined): OpenRequest | undefined;
  /** Takes those that were asked at `time` or before. */
  takeOlder(time: number): readonly OpenRequest[];
  forget(): void;
}

export function createRequests(): Requests {
  const waiting = new Map<string, OpenRequest>();
  let count = 0;
  return {
    open(names, askedAt, tries) {
      count += 1;
      const request = { id: String(count), names, askedAt, tries };
      waiting.set(request.id, request);
      return request;
    },
    take(id) {
      const request = id === undefined ? waiting.values().next().value : waiting.get(id);
      if (request !== undefined) waiting.delete(request.id);
      return request;
    },
    takeOlder(time) {
      const older = [...waiting.values()].filter((request) => request.askedAt <= time);
      for (const { id } of older) waiting.delete(id);
      return older;
    },
    forget: () => waiting.clear(),
  };
}
