// How do pages of a download survive a crash? As lines that are only appended, each with a check sum, flushed one by one.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { mergedSpans, type TimeSpan } from '../../domain/time-ranges.ts';
import type { HistoryPage, PageLog } from '../../ports/history-store.ts';
import { outputError } from '../system/output-error.ts';

const pageShape = z.tuple([z.number(), z.number(), z.array(z.array(z.number()))]);

/** The log in `path`, made when there is none. A last line that a crash cut off, and all behind it, is taken away. */
export async function openPageLog(path: string): Promise<PageLog> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a');
    try {
      return await logOf(path, file);
    } catch (error) {
      await file.close();
      throw error;
    }
  } catch (error) {
    throw outputError(path, error);
  }
}

async function logOf(path: string, file: FileHandle): Promise<PageLog> {
  const spans: TimeSpan[] = [];
  let soundBytes = 0;
  for await (const { page, bytes } of readPages(path)) {
    spans.push(page.span);
    soundBytes += bytes;
  }
  const { size } = await file.stat();
  if (soundBytes > size) await file.appendFile('\n');
  else await file.truncate(soundBytes);
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    get covered() {
      return mergedSpans(spans);
    },
    async append(page) {
      try {
        await file.appendFile(lineOf(page));
        await file.datasync();
      } catch (error) {
        throw outputError(path, error);
      }
      spans.push(page.span);
    },
    async *pages() {
      for await (const { page } of readPages(path)) yield page;
    },
    async remove() {
      await close();
      await rm(path, { force: true });
    },
    close,
  };
}

function lineOf({ span, rows }: HistoryPage): string {
  const json = JSON.stringify([span.from, span.until, rows]);
  return `${checkSum(json)} ${json}\n`;
}

function checkSum(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Sound lines from the beginning on; the first one that is not ends it. */
async function* readPages(path: string): AsyncGenerator<{ readonly page: HistoryPage; readonly bytes: number }> {
  const input = createReadStream(path, 'utf8');
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      const page = pageOf(line);
      if (page === undefined) return;
      yield { page, bytes: line.length + 1 };
    }
  } finally {
    input.destroy();
  }
}

function pageOf(line: string): HistoryPage | undefined {
  const json = line.slice(17);
  if (line[16] !== ' ' || checkSum(json) !== line.slice(0, 16)) return undefined;
  const parsed = pageShape.safeParse(JSON.parse(json));
  if (!parsed.success) return undefined;
  const [from, until, rows] = parsed.data;
  return { span: { from, until }, rows };
}
