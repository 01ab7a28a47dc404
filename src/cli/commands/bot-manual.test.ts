// Does docs/bot.md tell the truth? Its commands parse, its codes exist, its variables and files are those of the program.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../adapters/system/interrupt-guard.ts';
import { loadConfig } from '../../config/load-config.ts';
import { SETTING_NAMES } from '../../config/schema-walk.ts';
import { ERROR_CODES } from '../../domain/errors.ts';
import { VENUE_ERROR_CODES } from '../../domain/venue-error.ts';
import { BOT_MODES, CONFIRMATION } from '../bot-modes.ts';
import { EXIT_MEANINGS } from '../exit-codes.ts';
import { createProgram } from '../program.ts';

const manual = readFileSync(new URL('../../../docs/bot.md', import.meta.url), 'utf8');
const names = (pattern: RegExp): readonly string[] => [
  ...new Set([...manual.matchAll(pattern)].map(([, name]) => name)),
];

describe('the manual of the bot', () => {
  it('shows commands that the program understands', async () => {
    const calls = names(/^perpilot ([^#\n]+)/gm);
    expect(calls.length).toBeGreaterThan(4);
    for (const call of calls) {
      const context = { out: () => undefined, stderr: { write: () => true }, env: {}, finish: () => undefined };
      const program = createProgram({ ...context, interrupt: createInterruptGuard() });
      const [name] = call.split(' ');
      const command = program.commands.find((each) => each.name() === name);
      // Only whether it is understood: nothing is done.
      command?.action(() => undefined).exitOverride();
      await program.parseAsync(call.trim().split(/\s+/), { from: 'user' });
      expect(command, call).toBeDefined();
    }
  });

  it('names every mode, and the variables that it needs', () => {
    for (const mode of BOT_MODES) expect(manual).toContain(`| \`${mode}\``);
    for (const mode of ['TESTNET', 'DEMO', 'LIVE']) {
      expect(manual).toContain(`PERPILOT_${mode}_KEY`);
      expect(manual).toContain(`PERPILOT_${mode}_SECRET`);
    }
    expect(manual).toContain(`${CONFIRMATION.name}=${CONFIRMATION.value}`);
  });

  it('names only codes and settings that exist, and every exit code', () => {
    const codes = { ...ERROR_CODES, ...VENUE_ERROR_CODES };
    const named = names(/`([A-Z]+(?:_[A-Z]+)+)`/g).filter((name) => !name.startsWith('PERPILOT_'));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !Object.hasOwn(codes, name))).toEqual([]);
    const sections = Object.keys(loadConfig().resolved);
    const settings = names(/`([a-z_]+\.[a-z_.]+)`/g).filter(
      (name) => !name.endsWith('.sqlite') && sections.includes(name.split('.')[0]),
    );
    expect(settings.length).toBeGreaterThan(5);
    expect(
      settings.filter((name) => !SETTING_NAMES.some((each) => each === name || each.startsWith(`${name}.`))),
    ).toEqual([]);
    for (const code of Object.keys(EXIT_MEANINGS)) expect(manual).toContain(`| ${code} |`);
  });
});
