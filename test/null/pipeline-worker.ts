// What does a thread of the null test do? Whole seeds, one after another.
import { parentPort } from 'node:worker_threads';
import type { WorkerReply } from '../../src/adapters/system/worker-pool.ts';
import { nullRun, type NullReport, type NullTask } from './pipeline-run.ts';

const port = parentPort;
if (port === null) throw new Error('seeds are run from a worker thread only');

/** A suite with its runner is asynchronous, so the answer waits for it. */
const answer = async (task: NullTask): Promise<WorkerReply<NullReport>> => {
  try {
    return { result: await nullRun(task) };
  } catch (error) {
    const known = error instanceof Error ? error : new Error(String(error));
    return { error: { message: known.message, stack: known.stack, code: undefined, problems: [] } };
  }
};

port.on('message', ({ task }: { readonly task: NullTask }) => {
  void answer(task).then((reply) => port.postMessage(reply));
});
