// How are tasks spread over threads? A fixed pool of workers that all run one module and share one block of data.
import { Worker } from 'node:worker_threads';
import { PerpilotError, type ErrorCode, type Problem } from '../../domain/errors.ts';
import type { JobRunner } from '../../ports/job-runner.ts';

/** What a worker answers. */
export type WorkerReply<Result> =
  | { readonly index: number; readonly result: Result }
  | { readonly index: number; readonly error: WorkerError };

/** An error as it crosses the thread border. */
export interface WorkerError {
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: ErrorCode | undefined;
  readonly problems: readonly Problem[];
}

export interface WorkerPoolOptions {
  /** Module that calls `serveTasks`. */
  readonly module: URL;
  readonly threads: number;
  /** Handed to every worker as its workerData; shared buffers stay shared. */
  readonly shared: unknown;
}

interface Slot {
  readonly worker: Worker;
  current: ((reply: WorkerReply<unknown> | Error) => void) | undefined;
}

/** Starts the threads. `close` must be called, or the process does not end. */
export function createWorkerPool<Task, Result>(options: WorkerPoolOptions): JobRunner<Task, Result> {
  const slots = Array.from({ length: options.threads }, () => startWorker(options));
  const runOn = (slot: Slot, index: number, task: Task): Promise<Result> =>
    new Promise((resolve, reject) => {
      slot.current = (reply) => {
        slot.current = undefined;
        if (reply instanceof Error) reject(reply);
        else if ('error' in reply) reject(revive(reply.error));
        else resolve(reply.result as Result);
      };
      slot.worker.postMessage({ index, task });
    });

  return {
    async run(tasks, onDone) {
      const results: Result[] = new Array<Result>(tasks.length);
      let next = 0;
      let failed = false;
      await Promise.all(
        slots.map(async (slot) => {
          while (next < tasks.length && !failed) {
            const index = next;
            next += 1;
            try {
              results[index] = await runOn(slot, index, tasks[index]);
            } finally {
              failed ||= !(index in results);
            }
            onDone(index);
          }
        }),
      );
      return results;
    },
    async close() {
      await Promise.all(slots.map((slot) => slot.worker.terminate()));
    },
  };
}

function startWorker(options: WorkerPoolOptions): Slot {
  const worker = new Worker(options.module, { workerData: options.shared });
  const slot: Slot = { worker, current: undefined };
  worker.on('message', (reply: WorkerReply<unknown>) => slot.current?.(reply));
  worker.on('error', (error: Error) => slot.current?.(error));
  worker.on('exit', () => slot.current?.(new Error('a worker thread ended before its task was done')));
  return slot;
}

function revive(error: WorkerError): Error {
  if (error.code !== undefined) return new PerpilotError(error.code, error.problems);
  const revived = new Error(error.message);
  if (error.stack !== undefined) revived.stack = error.stack;
  return revived;
}
