// What does the pool's test let its threads do? Squares, failures of both kinds, and a death.
import { threadId, workerData } from 'node:worker_threads';
import { serveTasks } from '../../../src/adapters/system/worker-serve.ts';
import { PerpilotError } from '../../../src/domain/errors.ts';

export type FixtureTask = { readonly say: 'square' | 'refuse' | 'break' | 'die'; readonly number: number };
export interface FixtureResult {
  readonly square: number;
  readonly shared: unknown;
  readonly threadId: number;
}

serveTasks(({ say, number }: FixtureTask): FixtureResult => {
  if (say === 'refuse') throw new PerpilotError('DATA_MISSING', [{ message: 'nothing here', where: 'there' }]);
  if (say === 'break') throw new TypeError('x is undefined');
  if (say === 'die') process.exit(7);
  return { square: number * number, shared: workerData, threadId };
});
