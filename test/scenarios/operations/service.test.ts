// O10: do the units of systemd stand up to its own checks, and does it hear from the bot that its unit starts?
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSystemd } from '../../../src/adapters/system/systemd.ts';
import { openExchange, startBot } from '../live/bot-process.ts';
import { hasNotifyTools, openNotifySocket } from './notify-socket.ts';

const UNITS = ['perpilot@.service', 'perpilot-monitor@.service'] as const;
const unitText = (unit: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../deploy/systemd/${unit}`, import.meta.url)), 'utf8');
/** The values of one directive. */
const valuesOf = (unit: string, name: string): readonly string[] =>
  unitText(unit)
    .split('\n')
    .flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).error === undefined;
/** What systemd calls OK ends at 4.9; a unit that may do less than these is not easily had for a program with a compiler inside. */
const MOST_EXPOSED = 20;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-units-'));
  // The program stands where Node.js stands here.
  for (const unit of UNITS)
    writeFileSync(
      join(folder, unit),
      unitText(unit).replaceAll('/opt/perpilot/node_modules/.bin/node', process.execPath),
    );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('O10 the units', () => {
  it.skipIf(!hasAnalyze).each(UNITS)('%s passes systemd-analyze verify without a word', (unit) => {
    const { stdout, stderr, status } = spawnSync('systemd-analyze', ['verify', join(folder, unit)], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });

  it.skipIf(!hasAnalyze).each(UNITS)('%s may do little', (unit) => {
    const words = ['security', '--offline=true', `--threshold=${MOST_EXPOSED}`, '--no-pager', join(folder, unit)];
    const { stderr, status } = spawnSync('systemd-analyze', words, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  it('start the program with words that it knows', () => {
    for (const unit of UNITS) {
      const [command] = valuesOf(unit, 'ExecStart');
      const [node, main, ...words] = command.replaceAll('%i', 'paper').split(' ');
      expect([node, main]).toEqual(['/opt/perpilot/node_modules/.bin/node', '/opt/perpilot/src/cli/main.ts']);
      const file = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
      const known = spawnSync(process.execPath, [file, ...words, '--help'], { encoding: 'utf8' });
      expect(known.status).toBe(0);
      for (const option of words.filter((word) => word.startsWith('--'))) expect(known.stdout).toContain(option);
    }
  });

  it('leave the bot longer to end than it takes, and start it again unless a person has to look', () => {
    const [unit] = UNITS;
    expect(Number(valuesOf(unit, 'TimeoutStopSec')[0])).toBeGreaterThan(10);
    expect(valuesOf(unit, 'Restart')).toEqual(['always']);
    expect(valuesOf(unit, 'RestartPreventExitStatus')).toEqual(['2']);
    expect(valuesOf(unit, 'SuccessExitStatus')).toEqual(['130']);
    expect(valuesOf(unit, 'NoNewPrivileges')).toEqual(['yes']);
  });
});

describe('O10 the watch beside a bot', () => {
  it('waits for the folder of a bot that has not begun, which it is refused without', () => {
    const [, unit] = UNITS;
    expect(valuesOf(unit, 'Restart')).toEqual(['always']);
    expect(valuesOf(unit, 'RestartPreventExitStatus')).toEqual([]);
    const main = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
    const refused = spawnSync(process.execPath, [main, 'monitor', join(folder, 'not-yet')], { encoding: 'utf8' });
    expect(refused.status).toBe(2);
    // The system's own limit of starts is five in ten seconds.
    expect(Number(valuesOf(unit, 'RestartSec')[0])).toBeGreaterThan(2);
  });
});

describe.skipIf(!hasNotifyTools)('O10 systemd', () => {
  it('hears each word in its own form', async () => {
    using socket = await openNotifySocket();
    const env = { PATH: process.env['PATH'], NOTIFY_SOCKET: socket.path };
    const systemd = createSystemd({ env, onMute: () => undefined });
    for (const [state, words] of [
      ['ready', 'READY=1'],
      ['alive', 'WATCHDOG=1'],
      ['stopping', 'STOPPING=1'],
    ] as const) {
      systemd?.tell(state);
      expect(await socket.heard()).toBe(words);
    }
  });

  it('hears from a bot that it is ready, that it lives and that it ends', async () => {
    using socket = await openNotifySocket();
    await using exchange = await openExchange('bybit');
    const state = join(folder, 'state');
    const env = { NOTIFY_SOCKET: socket.path, WATCHDOG_USEC: '900000' };
    const bot = startBot({ url: exchange.url, state, env, more: ['--set', 'live.watchdog.enabled=false'] });
    try {
      expect(await socket.heard()).toBe('READY=1');
      await bot.line(({ event }) => event === 'started');
      expect(await socket.heard()).toBe('WATCHDOG=1');
      expect(await socket.heard()).toBe('WATCHDOG=1');
      bot.child.kill('SIGTERM');
      expect(await bot.exit).toBe(130);
      let last = await socket.heard();
      while (last === 'WATCHDOG=1') last = await socket.heard();
      expect(last).toBe('STOPPING=1');
    } finally {
      bot.child.kill('SIGKILL');
    }
  }, 120_000);
});
