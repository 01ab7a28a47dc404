// Does a bot that trades leave status, log, alerts and metrics behind, and no secret in any of them? Is one that is frozen noticed from outside?
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { composeOperations } from '../../../src/cli/compose-operations.ts';
import { main } from '../../../src/cli/main.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { statusOf } from '../../../src/live/status/judge-health.ts';
import { healthRulesOf } from '../../../src/live/status/operations-config.ts';
import { exchangeOf } from '../exchange-simulator/both-venues.ts';
import { FULL_COSTS, marketOf, randomScript } from '../engine/random-backtest.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import { directVenue } from '../live/direct-venue.ts';
import { memoryJournal } from '../live/memory-journal.ts';
import { memoryLatches, rehearsedBot } from '../live/rehearsed-bot.ts';
import { fakeHttp, type HttpCallSeen } from './fake-servers.ts';
import { FACTS } from './status-facts.ts';

const HOUR = 3_600_000;
const SECRET = 'planted-secret-0123456789';
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'watched-'));
  folders.push(folder);
  return folder;
}

/** Runs a command until it ends by itself or by `interrupt`. */
async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  interrupt = createInterruptGuard(),
) {
  let out = '';
  const stdout = { write: (text: string) => void (out += text) };
  const code = await main(args, { stdout, stderr: stdout, env, interrupt });
  return { code, out };
}

const until = async (isSo: () => boolean): Promise<void> => {
  while (!isSo()) await pause(20);
};

describe('a bot that is watched', () => {
  it('leaves status, log, alerts and metrics, each without a secret', async () => {
    const folder = newFolder();
    const hook = await fakeHttp(() => ({ status: 200 }));
    const env = {
      PERPILOT_WEBHOOK_URL: `${hook.url}/${SECRET}`,
      PERPILOT_WEBHOOK_SECRET: SECRET,
      BYBIT_API_KEY: SECRET,
    };
    const overrides = [
      'alerts.channels=[webhook]',
      'alerts.per_hour=1000',
      'operations.http_port=0',
      'operations.log_level=debug',
    ];
    const latches = memoryLatches();
    let marketNow = Date.now;
    const operations = composeOperations({
      marketNow: () => marketNow(),
      folder,
      mode: 'rehearsal',
      config: loadConfig({ overrides }).config,
      env,
      latches,
    });
    const symbols = ['ALPHAUSDT', 'BRAVOUSDT'];
    const market = { ...marketOf(symbols, 500, 700), finer: symbols.map(() => []), costs: FULL_COSTS };
    const exchange = exchangeOf(market, { deposit: 100_000, touches: 'close' });
    const start = exchange.now;
    marketNow = () => exchange.now;
    const bot = rehearsedBot({
      market,
      exchange,
      connection: directVenue({ exchange, fate: () => 'pass' }),
      journal: memoryJournal(),
      params: paramsOf({ exits: { stopFraction: 0.05, targetFraction: 0.06, maxHoldBars: 40 } }),
      script: () => randomScript('watched', 2),
      initialEquity: 100_000,
      latches,
      hooks: operations.hooks,
      onProtected: operations.hooks.onProtected,
    });
    await operations.watch(bot.session, bot.engine);
    await bot.run(start + 60 * HOUR);
    operations.hooks.onIncident({
      kind: 'emergency-close',
      symbol: 'ALPHAUSDT',
      detail: { reason: `venue said ${SECRET}` },
      time: Date.now(),
    });
    const trades = bot.engine.state.roundTrips.length;
    const port = /"port":(\d+)/.exec(logOf(folder))?.[1];
    await until(() => readdirSync(join(folder, 'logs')).includes('bot_status.json'));
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    await until(() => hook.seen.some(({ body }) => body.includes('emergency close')));
    await operations.end();
    await hook.close();
    expect(trades).toBeGreaterThan(0);
    const bodies = hook.seen.map(({ body }) => body);
    expect(bodies.filter((body) => body.includes('"kind":"fills"'))).toHaveLength(trades);
    expect(metrics).toMatch(/^perpilot_equity \d/m);
    const log = logOf(folder);
    for (const words of [
      'a close was decided',
      'a trade ended',
      'incident: emergency-close',
      'an alert was delivered',
    ]) {
      expect(log).toContain(words);
    }
    const shown = await run(['status', folder, '--json']);
    expect(JSON.parse(shown.out)).toMatchObject({ mode: 'rehearsal', trades, pid: process.pid });
    expect(JSON.parse(shown.out)).toMatchObject({ streamAgeSeconds: expect.closeTo(0, -1) });
    const logs = await run(['logs', folder, '--level', 'warn', '--symbol', 'ALPHAUSDT']);
    expect(logs.out).toContain('emergency-close');
    expect(logs.out).not.toContain('a close was decided');
    for (const text of [...bodies, metrics, shown.out, ...everyFile(folder)]) expect(text).not.toContain(SECRET);
  });

  it('is not kept from trading by a status file, a log and a port that are not to be had', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'taken'), '');
    const taken = await fakeHttp(() => ({ status: 200 }));
    const config = loadConfig({ overrides: [`operations.http_port=${new URL(taken.url).port}`] }).config;
    const operations = composeOperations({
      folder,
      mode: 'rehearsal',
      config,
      env: {},
      latches: memoryLatches(),
      marketNow: Date.now,
    });
    rmSync(join(folder, 'logs'), { recursive: true });
    writeFileSync(join(folder, 'logs'), 'a file where the folder should be');
    const market = { ...marketOf(['ALPHAUSDT'], 500, 700), finer: [[]], costs: FULL_COSTS };
    const exchange = exchangeOf(market, { deposit: 100_000, touches: 'close' });
    const bot = rehearsedBot({
      market,
      exchange,
      connection: directVenue({ exchange, fate: () => 'pass' }),
      journal: memoryJournal(),
      params: paramsOf({ exits: { stopFraction: 0.05, targetFraction: 0.06, maxHoldBars: 40 } }),
      script: () => randomScript('watched', 2),
      initialEquity: 100_000,
      hooks: operations.hooks,
    });
    await operations.watch(bot.session, bot.engine);
    await bot.run(exchange.now + 60 * HOUR);
    await operations.end();
    await taken.close();
    expect(bot.engine.state.roundTrips.length).toBeGreaterThan(0);
  });
});

describe('a process beside the bot', () => {
  it('says within its time that the bot is frozen, to /health and to a person, and that it is back', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'logs'));
    const settings = ['operations.silent_seconds=3', 'operations.status_interval_seconds=1'];
    const rules = healthRulesOf(loadConfig({ overrides: settings }).config.operations);
    const document = statusOf({ ...FACTS, symbols: [] }, rules);
    writeFileSync(join(folder, 'document.json'), JSON.stringify(document));
    // A program that writes its status every 200 ms, as the bot does every 15 s.
    const script = `const fs=require('fs');const d=JSON.parse(fs.readFileSync('document.json'));setInterval(()=>{
      const now=Date.now();fs.writeFileSync('logs/part',JSON.stringify({...d,writtenAt:now,loopAt:now,nextClose:now+1e6}));
      fs.renameSync('logs/part','logs/bot_status.json')},200)`;
    const child = spawn(process.execPath, ['-e', script], { cwd: folder, stdio: 'ignore' });
    const topic = await fakeHttp(() => ({ status: 200 }));
    const interrupt = createInterruptGuard();
    try {
      await until(() => readdirSync(join(folder, 'logs')).includes('bot_status.json'));
      const options = ['--port', '0', '-s', 'alerts.channels=[ntfy]', ...settings.flatMap((each) => ['-s', each])];
      let shown = '';
      const stdout = { write: (text: string) => void (shown += text) };
      const monitoring = main(['monitor', folder, ...options], {
        stdout,
        stderr: stdout,
        env: { PERPILOT_NTFY_URL: topic.url },
        interrupt,
      });
      await until(() => shown.includes('/health'));
      const base = /http:\/\/[\d.:]+/.exec(shown)?.[0] ?? '';
      const health = async () => (await fetch(`${base}/health`)).status;
      const heard = (words: string) => topic.seen.some(({ headers }: HttpCallSeen) => headers['title'] === words);
      await until(() => statSync(join(folder, 'logs/bot_status.json')).size > 0);
      expect(await health()).toBe(200);
      child.kill('SIGSTOP');
      const frozenAt = Date.now();
      await until(() => heard('bot is silent'));
      expect(Date.now() - frozenAt).toBeLessThan(60_000);
      expect(await health()).toBe(503);
      expect(await (await fetch(`${base}/metrics`)).text()).toContain('perpilot_up 0');
      child.kill('SIGCONT');
      await until(() => heard('bot is back'));
      expect(await health()).toBe(200);
      interrupt.interrupt();
      expect(await monitoring).toBe(130);
    } finally {
      child.kill('SIGKILL');
      await topic.close();
    }
  }, 90_000);

  it('refuses a folder that no bot has worked in', async () => {
    expect((await run(['monitor', newFolder()])).code).toBe(2);
    expect((await run(['status', newFolder()])).code).toBe(2);
  });
});

describe('perpilot status', () => {
  it.each<[string, object, readonly string[], number]>([
    ['well', {}, [], 0],
    ['degraded', { guard: 'REDUCED' }, [], 0],
    ['degraded, and strict', { guard: 'REDUCED' }, ['--strict'], 1],
    ['unhealthy', { durable: false }, [], 1],
    ['silent', { writtenAt: Date.now() - 100_000 }, [], 1],
  ])('says by its exit code that the bot is %s', async (_name, facts, more, code) => {
    const folder = newFolder();
    mkdirSync(join(folder, 'logs'));
    const now = Date.now();
    const rules = healthRulesOf(loadConfig({}).config.operations);
    const alive = { ...FACTS, symbols: [], writtenAt: now, loopAt: now, nextClose: now + HOUR, ...facts };
    writeFileSync(join(folder, 'logs', 'bot_status.json'), JSON.stringify(statusOf(alive, rules)));
    expect((await run(['status', folder, ...more])).code).toBe(code);
  });
});

describe('perpilot alerts test', () => {
  it('tries every channel, says which failed, and keeps their secrets', async () => {
    const good = await fakeHttp(() => ({ status: 200 }));
    const bad = await fakeHttp(({ path }) => ({ status: 500, body: path }));
    const env = {
      PERPILOT_NTFY_URL: `${good.url}/topic`,
      PERPILOT_DISCORD_WEBHOOK: `${bad.url}/api/webhooks/1/${SECRET}`,
    };
    const both = await run(['alerts', 'test', '-s', 'alerts.channels=[discord,ntfy]'], env);
    expect(both.code).toBe(1);
    expect(both.out).toMatch(/discord +FAILED: discord: answered 500[^\n]*\nntfy +delivered/);
    expect(both.out).not.toContain(SECRET);
    expect((await run(['alerts', 'test', '-s', 'alerts.channels=[ntfy]'], env)).code).toBe(0);
    const none = await run(['alerts', 'test', '-s', 'alerts.channels=[discord,webhook]'], {});
    expect(none.code).toBe(2);
    expect(none.out).toMatch(/PERPILOT_DISCORD_WEBHOOK[\s\S]*PERPILOT_WEBHOOK_URL/);
    await good.close();
    await bad.close();
  });
});

function everyFile(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
}

function logOf(folder: string): string {
  const name = readdirSync(join(folder, 'logs')).find((each) => each.endsWith('.log'));
  return name === undefined ? '' : readFileSync(join(folder, 'logs', name), 'utf8');
}
