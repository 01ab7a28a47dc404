import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChainedFile } from './chained-file.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-log-'));
  path = join(folder, 'trials.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const parse = (value: unknown) => (typeof value === 'string' ? value : undefined);
const openLog = () => createChainedFile({ path, parse });
const corrupt = (message: RegExp) =>
  expect.objectContaining({ code: 'DATA_CORRUPT', message: expect.stringMatching(message) });

describe('a chained file', () => {
  it('appends, reads, and leaves only the log and its end behind', async () => {
    const log = openLog();
    expect(await log.entries()).toEqual([]);
    expect(existsSync(path)).toBe(false);
    await log.append(() => ['µ', 'b']);
    expect(await log.append((known) => [`after ${known.join()}`])).toEqual(['after µ,b']);
    expect(await log.append(() => [])).toEqual([]);
    expect(await openLog().entries()).toEqual(['µ', 'b', 'after µ,b']);
    expect(readdirSync(folder).sort()).toEqual(['trials.jsonl', 'trials.jsonl.head']);
  });

  it('writes nothing when the plan fails', async () => {
    await openLog().append(() => ['a']);
    const before = readFileSync(path, 'utf8');
    const refused = new Error('no');
    await expect(
      openLog().append(() => {
        throw refused;
      }),
    ).rejects.toBe(refused);
    await expect(createChainedFile({ path, parse: (value) => value }).append(() => [{ x: NaN }])).rejects.toThrow(
      'cannot hold NaN',
    );
    expect(readFileSync(path, 'utf8')).toBe(before);
    expect(await openLog().append(() => ['b'])).toEqual(['b']);
  });

  it('keeps appends of one process apart', async () => {
    const log = openLog();
    await Promise.all(Array.from({ length: 20 }, () => log.append((known) => [String(known.length)])));
    expect(await log.entries()).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
  });
});

describe('after a crash', () => {
  it('loses no whole line, wherever the last append was cut off, and heals with the next', async () => {
    await openLog().append(() => ['one', 'two']);
    const before = readFileSync(path, 'latin1');
    const head = readFileSync(`${path}.head`);
    await openLog().append(() => ['three', 'straße']);
    const after = readFileSync(path, 'latin1');
    const third = after.indexOf('\n', before.length);
    for (let cut = before.length; cut <= after.length; cut += 1) {
      writeFileSync(path, after.slice(0, cut), 'latin1');
      writeFileSync(`${path}.head`, head);
      const whole = ['one', 'two', ...(cut >= third ? ['three'] : []), ...(cut >= after.length - 1 ? ['straße'] : [])];
      expect(await openLog().entries()).toEqual(whole);
      if (cut % 16 !== 0 && cut !== third && cut < after.length - 1) continue;
      await openLog().append(() => ['new']);
      expect(await openLog().entries()).toEqual([...whole, 'new']);
      expect(readFileSync(path, 'latin1').split('\n')).toHaveLength(whole.length + 2);
    }
  });

  it('does the same when nobody noted the end, and says so when lines are gone that were noted', async () => {
    await openLog().append(() => ['one', 'two']);
    const text = readFileSync(path, 'latin1');
    truncateSync(path, text.length - 2);
    await expect(openLog().entries()).rejects.toEqual(corrupt(/line 2 .* is missing or cut off, of 2 written/));
    await expect(openLog().append(() => ['three'])).rejects.toEqual(corrupt(/line 2/));
    expect(readFileSync(path, 'latin1')).toBe(text.slice(0, -2));
    rmSync(`${path}.head`);
    expect(await openLog().append((known) => [known.join()])).toEqual(['one']);
  });
});

const lines = () => readFileSync(path, 'latin1').trimEnd().split('\n');
const rewrite = (changed: readonly string[]) => writeFileSync(path, changed.map((line) => `${line}\n`).join(''));

describe('when somebody touched it', () => {
  beforeEach(async () => {
    await openLog().append(() => ['one', 'two', 'three']);
  });

  it.each<[string, RegExp, () => void]>([
    ['an edit', /line 2 .* was changed/, () => rewrite(lines().with(1, lines()[1].replace('two', 'owt')))],
    [
      'an edit of the last line',
      /line 3 .* was changed/,
      () => rewrite(lines().with(2, lines()[2].replace('three', 'threw'))),
    ],
    ['a removed line', /line 2 .* does not follow/, () => rewrite(lines().toSpliced(1, 1))],
    ['a removed first line', /line 1 .* does not follow/, () => rewrite(lines().slice(1))],
    ['a removed last line', /line 3 .* is missing/, () => rewrite(lines().slice(0, 2))],
    ['all lines removed', /line 1 .* is missing/, () => rmSync(path)],
    ['moved lines', /line 2 .* does not follow/, () => rewrite([lines()[0], lines()[2], lines()[1]])],
    ['a line of its own', /line 4 .* is not a line of a log/, () => appendFileSync(path, 'four\n')],
    ['a changed end', /noted end of the log was changed/, () => writeFileSync(`${path}.head`, '3 x\n')],
    ['a line feed put in', /line 1 .* is not a line/, () => writeFileSync(path, `\n${readFileSync(path, 'latin1')}`)],
  ])('%s is found, and nothing is appended', async (_what, message, touch) => {
    touch();
    const before = existsSync(path) ? readFileSync(path) : undefined;
    await expect(openLog().entries()).rejects.toEqual(corrupt(message));
    await expect(openLog().append(() => ['four'])).rejects.toEqual(corrupt(message));
    expect(existsSync(path) ? readFileSync(path) : undefined).toEqual(before);
  });

  it('a log of another kind is not read as this one', async () => {
    const other = createChainedFile({ path, parse: (value) => (value === 'one' ? value : undefined) });
    await expect(other.entries()).rejects.toEqual(corrupt(/line 2 .* holds no entry of this log/));
  });

  it('an older copy is told from the log by the noted end', async () => {
    copyFileSync(path, `${path}.copy`);
    await openLog().append(() => ['four']);
    copyFileSync(`${path}.copy`, path);
    await expect(openLog().entries()).rejects.toEqual(corrupt(/line 4 .* is missing/));
  });
});

describe('where it cannot write', () => {
  it('says what is in the way', async () => {
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'file'), '');
    const below = createChainedFile({ path: join(folder, 'file', 'log'), parse });
    await expect(below.append(() => ['x'])).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    const taken = createChainedFile({ path: join(folder, 'taken'), parse });
    await expect(taken.append(() => ['x'])).rejects.toMatchObject({ code: 'DATA_CORRUPT' });
    await expect(taken.entries()).rejects.toEqual(corrupt(/cannot read/));
  });
});
