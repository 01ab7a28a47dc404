// What does a worker thread do? Answers tasks one after another until it is ended.
import { parentPort, type MessagePort } from 'node:worker_threads';
import { invariant, PerpilotError } from '../../domain/errors.ts';
import type { WorkerError, WorkerReply } from './worker-pool.ts';

/** Serves tasks with `handle`; errors go back to the pool instead of ending the thread. */
export function serveTasks(handle: (task: never) => unknown): void {
  const port = parentPort;
  invariant(port !== null, 'tasks are served from a worker thread only');
  port.on('message', ({ task }: { readonly task: never }) => {
    try {
      reply(port, { result: handle(task) });
    } catch (error) {
      reply(port, { error: describeError(error) });
    }
  });
}

function reply(port: MessagePort, answer: WorkerReply<unknown>): void {
  port.postMessage(answer);
}

function describeError(error: unknown): WorkerError {
  if (error instanceof PerpilotError) {
    return { message: error.message, stack: error.stack, code: error.code, problems: error.problems };
  }
  if (error instanceof Error) return { message: error.message, stack: error.stack, code: undefined, problems: [] };
  return { message: String(error), stack: undefined, code: undefined, problems: [] };
}
