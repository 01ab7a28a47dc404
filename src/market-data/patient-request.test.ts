// Is nobody asked any more after the word to stop, and does no answer that nobody waits for end the program?
import { expect, test } from 'vitest';
import { VenueError } from '../domain/venue-error.ts';
import { askPatiently, type Patience } from './patient-request.ts';

const patienceWith = (signal: AbortSignal): Patience => ({
  clock: { now: () => 0, after: () => () => undefined },
  signal,
  longestMs: 1,
  waiting: () => undefined,
});

test('told to stop before it asks, it does not ask', async () => {
  const reason = new Error('told to stop');
  let asked = 0;
  const ask = (): Promise<number> => {
    asked += 1;
    return Promise.resolve(1);
  };
  await expect(askPatiently(ask, patienceWith(AbortSignal.abort(reason)))).rejects.toBe(reason);
  expect(asked).toBe(0);
});

test('told to stop while it asks, it ends at once; what the question came to afterwards is nobody’s failure', async () => {
  const reason = new Error('told to stop');
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<number>();
  const answer = askPatiently(() => promise, patienceWith(controller.signal));
  controller.abort(reason);
  await expect(answer).rejects.toBe(reason);
  const unhandled: unknown[] = [];
  const hear = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', hear);
  reject(new VenueError({ code: 'CLOSED', message: 'closed', retryable: false, orderMayExist: false }));
  await new Promise(setImmediate);
  process.off('unhandledRejection', hear);
  expect(unhandled).toEqual([]);
});
