// O7: who may command the bot by chat, and what happens without the code, from a stranger, too late, or twice?
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatchFiles } from '../../../src/adapters/system/latch-files.ts';
import { pollTelegram } from '../../../src/adapters/notify/telegram-updates.ts';
import { chatAnswers } from '../../../src/cli/chat-control.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { statusOf } from '../../../src/live/status/judge-health.ts';
import { healthRulesOf } from '../../../src/live/status/operations-config.ts';
import { viewStatus } from '../../../src/live/status/read-status.ts';
import { fakeHttp } from './fake-servers.ts';
import { FACTS, NOW } from './status-facts.ts';

const RULES = healthRulesOf(loadConfig({}).config.operations);
const ME = 7;
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function chat() {
  const folder = mkdtempSync(join(tmpdir(), 'chat-'));
  folders.push(folder);
  const latches = createLatchFiles(folder);
  const time = { now: NOW };
  const records: string[] = [];
  const answer = chatAnswers({
    users: [ME],
    latches,
    view: () => viewStatus(JSON.stringify(statusOf(FACTS, RULES)), RULES, NOW),
    now: () => time.now,
    record: (text, facts) => records.push(`${text} ${JSON.stringify(facts)}`),
  });
  const say = (text: string, user = ME, at = time.now) => answer({ user, text, at });
  const set = () => (['kill', 'pause'] as const).filter((name) => latches.read(name) !== undefined);
  return { say, set, time, records, latches };
}
const codeIn = (text: string | undefined): string => /\/confirm (\d{6})/.exec(text ?? '')?.[1] ?? 'no code';

describe('commands by chat', () => {
  it('show status and positions', async () => {
    const { say } = chat();
    expect(await say('/status')).toContain('HEALTHY');
    expect(await say('/positions@perpilot_bot')).toContain('BTCUSDT long 0.5 at 29000, stop 28000');
    expect(await say('/what')).toContain('/flatten');
    expect(await say('good morning')).toBeUndefined();
  });

  it('pause and resume at once', async () => {
    const { say, set, latches } = chat();
    await say('/pause news tonight');
    expect(latches.read('pause')).toMatchObject({ reason: 'news tonight', by: 'chat user 7' });
    await say('/resume');
    expect(set()).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ['/kill', ['kill']],
    ['/flatten', ['kill', 'pause']],
  ])('%s acts only after its code', async (command, expected) => {
    const { say, set } = chat();
    const code = codeIn(await say(command));
    expect(set()).toEqual([]);
    expect(await say('/confirm 000000')).toContain('not the code');
    expect(set()).toEqual([]);
    await say(`/confirm ${code}`);
    expect(set()).toEqual(expected);
    expect(await say(`/confirm ${code}`)).toContain('nothing to confirm');
  });

  it('asks for a code before it trades again after a kill', async () => {
    const { say, set, latches } = chat();
    latches.set('kill', { reason: 'limit', by: 'rule', at: NOW });
    const code = codeIn(await say('/resume'));
    expect(set()).toEqual(['kill']);
    await say(`/confirm ${code}`);
    expect(set()).toEqual([]);
  });

  it('forgets a wish after a minute, after three wrong codes, and after another command', async () => {
    const late = chat();
    const first = codeIn(await late.say('/kill'));
    late.time.now += 60_001;
    expect(await late.say(`/confirm ${first}`)).toContain('too late');
    const guessed = chat();
    const second = codeIn(await guessed.say('/kill'));
    for (const guess of ['1', '2', '3']) await guessed.say(`/confirm ${guess}`);
    expect(await guessed.say(`/confirm ${second}`)).toContain('nothing to confirm');
    const other = chat();
    const third = codeIn(await other.say('/kill'));
    await other.say('/status');
    expect(await other.say(`/confirm ${third}`)).toContain('nothing to confirm');
    expect([late.set(), guessed.set(), other.set()]).toEqual([[], [], []]);
  });

  it('from strangers and from long ago are not answered and do nothing, but stand in the log', async () => {
    const { say, set, records } = chat();
    const code = codeIn(await say('/kill'));
    for (const words of ['/status', '/kill', '/pause', `/confirm ${code}`]) expect(await say(words, 8)).toBeUndefined();
    expect(await say('/pause', ME, NOW - 120_001)).toBeUndefined();
    expect(set()).toEqual([]);
    expect(records.filter((line) => line.includes('stranger'))).toHaveLength(4);
    expect(records.join()).not.toContain(code);
  });
});

describe('the messages of Telegram', () => {
  it('are each acted on once, although the server fails, and answered where they came from', async () => {
    const ending = new AbortController();
    const heard: string[] = [];
    let questions = 0;
    const server = await fakeHttp(({ path, body }) => {
      if (path.endsWith('/sendMessage')) return { status: 200, body: '{}' };
      questions += 1;
      if (questions === 1) return { status: 502 };
      if (questions === 2) return { status: 200, body: '{"what": 1}' };
      const all = [1, 2, 3].map((id) => ({
        update_id: id,
        message: { date: NOW / 1_000, text: `/say ${id}`, from: { id: ME }, chat: { id: 40 + id } },
      }));
      const { offset } = JSON.parse(body) as { offset: number };
      const result = [...all, { update_id: 4 }].filter(({ update_id }) => update_id >= offset);
      if (result.length === 0) ending.abort();
      return { status: 200, body: JSON.stringify({ ok: true, result }) };
    });
    const failures: string[] = [];
    await pollTelegram({
      token: 'planted-token',
      baseUrl: server.url,
      signal: ending.signal,
      onMessage: async ({ text, at }) => {
        heard.push(`${text} ${at}`);
        return `heard ${text}`;
      },
      onFailure: (message) => failures.push(message),
      pause: () => Promise.resolve(),
    });
    await server.close();
    expect(heard).toEqual([1, 2, 3].map((id) => `/say ${id} ${NOW}`));
    const answers = server.seen.filter(({ path }) => path.endsWith('/sendMessage')).map(({ body }) => JSON.parse(body));
    expect(answers).toEqual([1, 2, 3].map((id) => ({ chat_id: 40 + id, text: `heard /say ${id}` })));
    expect(failures).toHaveLength(2);
    expect(failures.join()).not.toContain('planted-token');
  });
});
