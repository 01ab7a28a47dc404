// P1: does this version decide, from the journals of every earlier one, what that one decided? Every command bit for bit.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { replayed } from './replayed.ts';

const root = dirname(fileURLToPath(import.meta.url));
const names = readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

it('there are journals of earlier versions', () => {
  expect(names.length).toBeGreaterThan(1);
});

it.each(names)('P1 journal %s, and O12 the same after its migration', async (name) => {
  const expected: unknown = JSON.parse(readFileSync(join(root, name, 'expected.json'), 'utf8'));
  const now = await replayed(join(root, name));
  expect(now).toEqual(expected);
  expect(await replayed(join(root, name), true)).toEqual(expected);
  expect(now.trades).toBeGreaterThan(5);
  expect(now.commands).toBeGreaterThan(5);
});
