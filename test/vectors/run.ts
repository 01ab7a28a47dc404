// Does the implementation conform to every reference result in a folder? `npm run vectors -- DIR`
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TopicRunner, VectorFile } from './format.ts';

const TOPICS_FOLDER = new URL('./topics/', import.meta.url);

async function runnerOf(topic: string): Promise<TopicRunner | undefined> {
  if (!/^[a-z][a-z0-9-]*$/.test(topic)) return undefined;
  const file = new URL(`${topic}.ts`, TOPICS_FOLDER);
  if (!existsSync(file)) return undefined;
  const module = (await import(file.href)) as { run: TopicRunner };
  return module.run;
}

async function runFolder(folder: string): Promise<number> {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  let passed = 0;
  let failed = 0;
  for (const name of names) {
    let file: VectorFile;
    try {
      file = JSON.parse(readFileSync(join(folder, name), 'utf8')) as VectorFile;
      if (typeof file.topic !== 'string' || !Array.isArray(file.cases)) throw new Error('it has no topic or no cases');
    } catch (error) {
      failed += 1;
      console.log(`FAIL ${name}: not a vector file: ${(error as Error).message}`);
      continue;
    }
    const runner = await runnerOf(file.topic);
    if (runner === undefined) {
      failed += Math.max(1, file.cases.length);
      console.log(`FAIL ${file.topic}: topic not implemented (${file.cases.length} cases)`);
      continue;
    }
    let topicFailed = 0;
    for (const vectorCase of file.cases) {
      const mismatches = attempt(runner, vectorCase, file);
      if (mismatches.length === 0) passed += 1;
      else {
        topicFailed += 1;
        console.log(
          `FAIL ${file.topic}/${vectorCase.id}: ${mismatches.slice(0, 3).join('; ')}${mismatches.length > 3 ? ` (+${mismatches.length - 3} more)` : ''}`,
        );
      }
    }
    failed += topicFailed;
    console.log(
      `${topicFailed === 0 ? 'ok  ' : 'FAIL'} ${file.topic}: ${file.cases.length - topicFailed} of ${file.cases.length} cases`,
    );
  }
  if (names.length === 0) {
    console.log(`FAIL ${folder}: no vector files there`);
    failed += 1;
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function attempt(runner: TopicRunner, vectorCase: VectorFile['cases'][number], file: VectorFile): readonly string[] {
  try {
    return runner(vectorCase, file);
  } catch (error) {
    return [`threw ${(error as Error).stack?.split('\n').slice(0, 2).join(' ') ?? String(error)}`];
  }
}

const folder = process.argv[2];
if (folder === undefined || !existsSync(folder)) {
  console.error(folder === undefined ? 'usage: npm run vectors -- DIR' : `${folder}: no such folder`);
  process.exitCode = 2;
} else {
  process.exitCode = await runFolder(folder);
}
