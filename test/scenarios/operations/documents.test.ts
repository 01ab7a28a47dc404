// O14: does every command in the documents of operations do what they say, with the exit code that they name, and do the drills say what they show?
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupsIn } from '../../../src/adapters/backup/backup-folder.ts';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { main } from '../../../src/cli/main.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { statusOf } from '../../../src/live/status/judge-health.ts';
import { healthRulesOf } from '../../../src/live/status/operations-config.ts';
import { FACTS } from './status-facts.ts';

const ROOT = new URL('../../../', import.meta.url);
const textOf = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

interface Written {
  readonly words: readonly string[];
  /** The exit code that the comment names. */
  readonly code: number;
}

/** Calls of perpilot in the shell blocks of a document, lines that go on in the next one joined. */
function commandsIn(text: string): readonly Written[] {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block.replaceAll(/\\\n/g, ' '));
  return blocks.flatMap((block) =>
    block.split('\n').flatMap((line) => {
      const call = /^(?:npx )?perpilot (.*?)(?:\s+#(.*))?$/.exec(line.trim());
      if (call === null) return [];
      const words = [...call[1].matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);
      return [{ words, code: Number(/exit code (\d+)/.exec(call[2] ?? '')?.[1] ?? 0) }];
    }),
  );
}

/** Takes the deeds out of a program, so that only its reading of words is left. */
function withoutDeeds(command: Command): void {
  for (const inner of command.commands) withoutDeeds(inner);
  // `research` does something by itself, and has commands below it.
  if (command.commands.length === 0 || command.name() === 'research') command.action(() => undefined);
}

const DOCUMENTS = [
  'README.md',
  'docs/QUICK_START.md',
  'docs/OPERATIONS_RUNBOOK.md',
  'docs/PRODUCTION_READINESS_CHECKLIST.md',
  'docs/bot.md',
  'docs/models.md',
  'docs/exchange-simulator.md',
];

describe.each(DOCUMENTS)('%s', (path) => {
  const written = commandsIn(textOf(path));

  it('has commands', () => expect(written.length).toBeGreaterThan(0));

  it.each(written.map(({ words }) => words))(
    'perpilot %s %s %s: is one that there is, with options that there are',
    async (...words) => {
      const context = {
        out: () => undefined,
        stderr: { write: () => undefined },
        env: {},
        interrupt: createInterruptGuard(),
        finish: () => undefined,
      };
      const program = createProgram(context);
      withoutDeeds(program);
      await program.parseAsync(words, { from: 'user' });
    },
  );
});

async function perpilot(words: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  let out = '';
  const stdout = { write: (text: string) => void (out += text) };
  const code = await main(words, { stdout, stderr: stdout, env: {}, interrupt: createInterruptGuard() });
  return { code, out };
}

describe('the commands of quick start and runbook', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'documents-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  /** Folders of the documents lie below a folder of this test. */
  const placed = (word: string): string => {
    const path = word.replace('/NEWEST', `/${backupsIn(join(home, 'state/paper-bybit-bot-backups'))[0]}`);
    return /^(my-bot|state)(\/|$)/.test(path) ? join(home, path) : word;
  };

  /** A bot that lives, or has not been heard of for a while: none runs here. */
  function writeStatus(lives: boolean): void {
    const folder = join(home, 'state/paper-bybit-bot');
    const now = lives ? Date.now() : Date.now() - 3_600_000;
    const facts = { ...FACTS, symbols: [], writtenAt: now, loopAt: now, nextClose: now + 3_600_000 };
    const status = statusOf(facts, healthRulesOf(loadConfig().config.operations));
    writeFileSync(join(folder, 'logs', 'bot_status.json'), JSON.stringify(status));
  }

  /** In the order in which they stand; what needs the network is not called, and drills have a test of their own. */
  async function callAll(path: string): Promise<void> {
    for (const { words, code } of commandsIn(textOf(path))) {
      if (words[0] === 'drill' || (words[0] === 'bot' && words.includes('paper'))) continue;
      if (words[0] === 'status') writeStatus(code === 0);
      const answer = await perpilot(words.map(placed));
      const out = answer.code === code ? '' : answer.out;
      expect({ words, code: answer.code, out }).toEqual({ words, code, out: '' });
    }
  }

  it('end as they say, one after the other', { timeout: 400_000 }, async () => {
    await callAll('docs/QUICK_START.md');
    const bot = join(home, 'state/paper-bybit-bot');
    mkdirSync(join(home, 'state'));
    cpSync(join(home, 'my-bot/rehearsal'), bot, { recursive: true });
    mkdirSync(join(bot, 'logs'));
    const line = { level: 'warn', time: Date.now(), msg: 'incident: a test' };
    writeFileSync(join(bot, 'logs', 'bot_2026-01-02.log'), `${JSON.stringify(line)}\n`);
    const beat = { sequence: 1, at: 0, pid: 1, running: false, latches: [], positions: [] };
    writeFileSync(join(bot, 'heartbeat.json'), JSON.stringify(beat));
    await callAll('docs/OPERATIONS_RUNBOOK.md');
  });
});

/** What differs from time to time: numbers. */
const withoutNumbers = (text: string): string => text.replaceAll(/\d+(\.\d+)?/g, 'N').trim();

describe('a drill', () => {
  it.each(['kill', 'outage', 'key-rotation'])(
    '%s passes, and says what the runbook shows',
    { timeout: 300_000 },
    async (name) => {
      const shown = new RegExp(`^drill ${name}: [\\s\\S]*?^drill ${name}: passed$`, 'm').exec(
        textOf('docs/OPERATIONS_RUNBOOK.md'),
      )?.[0];
      const { code, out } = await perpilot(['drill', name]);
      expect(withoutNumbers(out)).toBe(withoutNumbers(shown ?? ''));
      expect(code).toBe(0);
    },
  );
});
