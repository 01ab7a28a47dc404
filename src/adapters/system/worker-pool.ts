// How are tasks spread over threads? A pool of workers that all run one module and share one block of data.
import { Worker } from 'node:worker_threads';
import { PerpilotError, type ErrorCode, type Problem } from '../../domain/errors.ts';
import type { JobRunner } from '../../ports/job-runner.ts';

/** What a worker answers. */
export type WorkerReply<Result> = { readonly result: Result } | { readonly error: WorkerError };

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
  /** At most so many; no more are started than there are tasks. */
  readonly threads: number;
  /** Handed to every worker as its workerData; shared buffers stay shared. */
  readonly shared: unknown;
}

interface Slot {
  readonly worker: Worker;
  /** Takes the answer to the task under way; undefined: there is none. */
  answer: ((reply: WorkerReply<unknown> | Error) => void) | undefined;
  /** Why the thread is gone; it answers nothing any more. */
  fault: Error | undefined;
}

/** A pool whose threads start with its first tasks. `close` must be called, or the process does not end. */
export function createWorkerPool<Task, Result>(options: WorkerPoolOptions): JobRunner<Task, Result> {
  const slots: Slot[] = [];
  return {
    async run(tasks, onDone) {
      while (slots.length < Math.min(options.threads, tasks.length)) slots.push(startWorker(options));
      const results = new Array<Result>(tasks.length);
      let next = 0;
      let failed = false;
      const work = async (slot: Slot): Promise<void> => {
        while (next < tasks.length && !failed) {
          const index = next;
          next += 1;
          try {
            results[index] = await runOn<Result>(slot, tasks[index]);
          } catch (error) {
            failed = true;
            throw error;
          }
          onDone(index, results[index]);
        }
      };
      await Promise.all(slots.map(work));
      return results;
    },
    async close() {
      await Promise.all(slots.map(({ worker }) => worker.terminate()));
    },
  };
}

function startWorker(options: WorkerPoolOptions): Slot {
  const worker = new Worker(options.module, { workerData: options.shared });
  const slot: Slot = { worker, answer: undefined, fault: undefined };
  const end = (error: Error): void => {
    slot.fault ??= error;
    slot.answer?.(error);
  };
  worker.on('message', (reply: WorkerReply<unknown>) => slot.answer?.(reply));
  worker.on('messageerror', end);
  worker.on('error', end);
  worker.on('exit', () => end(new Error('a worker thread ended before its task was done')));
  return slot;
}

function runOn<Result>(slot: Slot, task: unknown): Promise<Result> {
  return new Promise((resolve, reject) => {
    if (slot.fault !== undefined) {
      reject(slot.fault);
      return;
    }
    slot.answer = (reply) => {
      slot.answer = undefined;
      if (reply instanceof Error) reject(reply);
      else if ('error' in reply) reject(revive(reply.error));
      else resolve(reply.result as Result);
    };
    slot.worker.postMessage({ task }, []);
  });
}

function revive({ code, problems, message, stack }: WorkerError): Error {
  const revived = code === undefined ? new Error(message) : new PerpilotError(code, problems);
  if (stack !== undefined) revived.stack = stack;
  return revived;
}
