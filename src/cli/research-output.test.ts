// Is every folder taken back that was made for nothing, and none that holds anything?
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reserveFolder, takeBackFolders } from './research-output.ts';

const folder = mkdtempSync(join(tmpdir(), 'perpilot-output-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('reserveFolder', () => {
  it('makes the folder and takes back all it made, but nothing that was there', async () => {
    mkdirSync(join(folder, 'there'));
    const takeBack = await reserveFolder(join(folder, 'there', 'new', 'newer'));
    expect(existsSync(join(folder, 'there', 'new', 'newer'))).toBe(true);
    takeBack();
    takeBack();
    expect(readdirSync(join(folder, 'there'))).toEqual([]);
  });

  it('leaves a folder that holds something, and those above it', async () => {
    const path = join(folder, 'kept', 'run');
    const takeBack = await reserveFolder(path);
    writeFileSync(join(path, 'result'), '');
    takeBack();
    expect(readdirSync(path)).toEqual(['result']);
  });

  it('leaves nothing behind when a file is in the way, or the name is too long', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(reserveFolder(join(folder, 'file', 'below'))).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    const long = join(folder, 'half', 'n'.repeat(300));
    await expect(reserveFolder(long)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(existsSync(join(folder, 'half'))).toBe(false);
  });
});

it('takeBackFolders removes what came to be later, as far as it is empty', () => {
  const takeBack = takeBackFolders(join(folder, 'later', 'still'));
  mkdirSync(join(folder, 'later', 'still'), { recursive: true });
  mkdirSync(join(folder, 'later', 'other'));
  takeBack();
  expect(readdirSync(join(folder, 'later'))).toEqual(['other']);
});
