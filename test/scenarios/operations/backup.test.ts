// O9: the restore drill. Is a backup of a bot in use whole, free of keys, refused when a byte of it is wrong, and does the bot go on from it?
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../../src/adapters/sqlite/journal.ts';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { main } from '../../../src/cli/main.ts';
import { exchangeOf } from '../exchange-simulator/both-venues.ts';
import { FULL_COSTS, marketOf, randomScript } from '../engine/random-backtest.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import { directVenue } from '../live/direct-venue.ts';
import { rehearsedBot } from '../live/rehearsed-bot.ts';

const HOUR = 3_600_000;
const SECRET = 'planted-secret-0123456789';
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'backup-'));
  folders.push(folder);
  return folder;
}
async function perpilot(...args: readonly string[]) {
  let out = '';
  const stdout = { write: (text: string) => void (out += text) };
  const env = { BYBIT_API_SECRET: SECRET };
  const code = await main(args, { stdout, stderr: stdout, env, interrupt: createInterruptGuard() });
  return { code, out };
}
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** A bot that trades into a journal on the disk, with all that may lie beside it. */
async function tradingBot() {
  const folder = join(newFolder(), 'bot');
  mkdirSync(join(folder, 'models'), { recursive: true });
  writeFileSync(join(folder, 'models', 'a.json'), '{"model":1}');
  writeFileSync(join(folder, 'PAUSE'), '{}');
  writeFileSync(join(folder, '.env'), `BYBIT_API_SECRET=${SECRET}`);
  writeFileSync(join(folder, 'lock.sqlite'), 'lock');
  const settings = join(folder, 'my.yaml');
  writeFileSync(settings, `# my key: ${SECRET}\ndata:\n  root: x\n`);
  const market = { ...marketOf(['ALPHAUSDT'], 500, 700), finer: [[]], costs: FULL_COSTS };
  const exchange = exchangeOf(market, { deposit: 100_000, touches: 'close' });
  const start = exchange.now;
  const botOver = async (place: string) => {
    const journal = await openJournal({ file: join(place, 'journal.sqlite'), now: () => exchange.now });
    const bot = rehearsedBot({
      market,
      exchange,
      connection: directVenue({ exchange, fate: () => 'pass' }),
      journal,
      params: paramsOf({ exits: { stopFraction: 0.05, targetFraction: 0.06, maxHoldBars: 40 } }),
      script: () => randomScript('backup', 1),
      initialEquity: 100_000,
    });
    return { bot, journal };
  };
  return { folder, settings, exchange, start, botOver };
}

describe('the restore drill', () => {
  it('brings a bot back that has lost its disk: it takes up what happened since, and goes on', async () => {
    const { folder, settings, exchange, start, botOver } = await tradingBot();
    const first = await botOver(folder);
    await first.bot.run(start + 40 * HOUR);
    const made = await perpilot('backup', 'create', folder, '--config', settings, '--json');
    expect(made.code).toBe(0);
    const { folder: backup } = JSON.parse(made.out) as { folder: string };
    // The bot goes on while and after it is copied; then its disk is gone.
    await first.bot.run(start + 60 * HOUR);
    first.journal.close();
    rmSync(folder, { recursive: true });
    expect((await perpilot('backup', 'verify', backup)).code).toBe(0);
    const restored = join(newFolder(), 'restored');
    expect((await perpilot('backup', 'restore', backup, restored)).code).toBe(0);
    expect(
      filesOf(restored)
        .map((file) => file.slice(restored.length + 1))
        .toSorted(),
    ).toEqual(['PAUSE', 'journal.sqlite', 'models/a.json', 'settings.yaml']);
    const second = await botOver(restored);
    await second.bot.run(start + 120 * HOUR);
    const { ledger, symbols } = second.bot.engine.state;
    expect(ledger.wallet).toBe(exchange.ledger.wallet);
    const held = symbols.map(({ trade }) => (trade === undefined ? 0 : trade.direction * trade.quantity));
    expect(held).toEqual([exchange.positions()[0]?.quantity ?? 0]);
    second.journal.close();
    expect((await perpilot('backup', 'restore', backup, restored)).code).toBe(2);
  });

  it('finds no key, no lock and no log in a backup', async () => {
    const { folder, settings, botOver, start } = await tradingBot();
    const { bot, journal } = await botOver(folder);
    await bot.run(start + 10 * HOUR);
    await perpilot('backup', 'create', folder, '--config', settings);
    journal.close();
    const files = filesOf(`${folder}-backups`);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect(readFileSync(file, 'latin1')).not.toContain(SECRET);
    expect(files.some((file) => /lock|\.env/.test(file))).toBe(false);
  });
});

describe('a backup that is not whole', () => {
  it.each<[string, (folder: string) => void, string]>([
    ['a flipped byte', (folder) => flip(join(folder, 'journal.sqlite')), 'journal.sqlite was changed'],
    ['a changed model', (folder) => writeFileSync(join(folder, 'models/a.json'), '{}'), 'models/a.json was changed'],
    ['a missing file', (folder) => rmSync(join(folder, 'models/a.json')), 'models/a.json is missing'],
    ['a file too many', (folder) => writeFileSync(join(folder, 'models/b.json'), ''), 'does not belong'],
    ['no list', (folder) => rmSync(join(folder, 'backup.json')), 'backup.json is missing'],
    ['a list that leads elsewhere', (folder) => lead(folder), 'backup.json is missing or damaged'],
  ])('because of %s is refused, told of, and restores nothing', async (_name, harm, says) => {
    const { folder, botOver, start } = await tradingBot();
    const { bot, journal } = await botOver(folder);
    await bot.run(start + 5 * HOUR);
    journal.close();
    const made = await perpilot('backup', 'create', folder, '--json');
    const { folder: backup } = JSON.parse(made.out) as { folder: string };
    harm(backup);
    const verified = await perpilot('backup', 'verify', backup);
    expect(verified.code).toBe(2);
    expect(verified.out).toContain(says);
    const target = join(newFolder(), 'target');
    expect((await perpilot('backup', 'restore', backup, target)).code).toBe(2);
    expect(existsSync(join(target, 'journal.sqlite'))).toBe(false);
    const listed = await perpilot('backup', 'list', `${folder}-backups`);
    expect(listed).toMatchObject({ code: 1, out: expect.stringContaining('DAMAGED') });
  });

  it('is not counted on: pruning keeps the newest by name, and removes the others', async () => {
    const { folder, botOver, start } = await tradingBot();
    const { bot, journal } = await botOver(folder);
    await bot.run(start + 5 * HOUR);
    journal.close();
    const { folder: backup } = JSON.parse((await perpilot('backup', 'create', folder, '--json')).out) as {
      folder: string;
    };
    for (const day of ['01', '02', '03'])
      cpSync(backup, join(`${folder}-backups`, `backup_202001${day}T000000Z`), { recursive: true });
    expect((await perpilot('backup', 'prune', `${folder}-backups`, '--keep', '2')).code).toBe(0);
    expect(readdirSync(`${folder}-backups`)).toEqual(['backup_20200103T000000Z', backup.split('/').at(-1)]);
  });
});

function flip(file: string): void {
  const content = readFileSync(file);
  content[content.length - 100] ^= 1;
  writeFileSync(file, content);
}

function lead(folder: string): void {
  const file = join(folder, 'backup.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('models/a.json', '../../a.json'));
}
