// L16: a person pauses one symbol and lets it go on, with the command beside the bot; the others never notice.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSymbolSwitches } from '../../../src/adapters/system/symbol-switches.ts';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { main } from '../../../src/cli/main.ts';
import { ODD, quarantineGround } from './quarantine-ground.ts';

const folder = mkdtempSync(join(tmpdir(), 'perpilot-symbols-'));
beforeAll(() => writeFileSync(join(folder, 'journal.sqlite'), ''));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: readonly string[]): Promise<{ readonly code: number; readonly said: string }> {
  let said = '';
  const stdout = { isTTY: false, write: (text: string) => (said += text) };
  const code = await main([...args], { stdout, stderr: stdout, env: {}, interrupt: createInterruptGuard() });
  return { code, said };
}

it('L16 pause and resume of one symbol survive a restart, stand in the journal and are seen in the status', async () => {
  const symbolSwitches = createSymbolSwitches(folder);
  await using ground = await quarantineGround({ more: { symbolSwitches } });
  await ground.run(6);
  expect((await run('pause', folder, '--symbol', ODD, '--reason', 'rumours')).code).toBe(0);
  await ground.run(14);
  ground.restart();
  await ground.run(20);
  expect(ground.quarantines()).toEqual(['quarantined person']);
  expect(ground.incidents('quarantined')[0].detail).toMatchObject({ reason: 'rumours' });
  expect(ground.decisions(true).at(-1)).toContain('entries-blocked');
  expect(ground.exchange.position(ODD).quantity).toBe(0);
  expect((await run('resume', folder, '--symbol', ODD)).code).toBe(0);
  await ground.run(23);
  expect(ground.quarantines()).toEqual(['quarantined person', 'quarantine-lifted person']);
  expect(ground.exchange.position(ODD).quantity).not.toBe(0);
  expect(readdirSync(join(folder, 'symbols'))).toEqual([]);
  await using plain = await quarantineGround();
  await plain.run(14);
  plain.restart();
  await plain.run(23);
  expect(ground.decisions()).toEqual(plain.decisions());
});

it('L16 a person lifts what the bot has put up, but not what the venue does not trade', async () => {
  const symbolSwitches = createSymbolSwitches(folder);
  await using ground = await quarantineGround({ more: { symbolSwitches } });
  await ground.run(10);
  ground.exchange.fate.setStatus(ODD, 'closing');
  await ground.run(14);
  expect(ground.quarantines()).toContain('quarantined venue');
  await run('resume', folder, '--symbol', ODD);
  await ground.run(15);
  expect(ground.quarantines()).toContain('quarantine-kept venue');
  expect(ground.life.engine.state.blocks.get('quarantine:venue')).toEqual(new Set([ODD]));
  expect(symbolSwitches.resumed().size).toBe(0);
});

it('L16 a name that is no symbol is refused', async () => {
  const answer = await run('pause', folder, '--symbol', '../x');
  expect(answer.code).toBe(2);
  expect(answer.said).toContain('is no symbol');
});
