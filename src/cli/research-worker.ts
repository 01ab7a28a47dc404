// What does a thread of a research run do? Trains folds and simulates variants on the data it was given at its start.
import { workerData } from 'node:worker_threads';
import { serveTasks } from '../adapters/system/worker-serve.ts';
import { createResearchWorker, type ResearchContext } from '../research/jobs.ts';

serveTasks(createResearchWorker(workerData as ResearchContext));
