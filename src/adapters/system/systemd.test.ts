// When does systemd want to hear, and is nobody kept waiting by a tool that is not there? What it hears: test/scenarios/operations/service.test.ts.
import { describe, expect, it } from 'vitest';
import { createSystemd } from './systemd.ts';

const unheard = (problem: string): void => {
  throw new Error(problem);
};
describe('systemd', () => {
  it('that watches wants a word three times in its period', () => {
    const env = { NOTIFY_SOCKET: '/x', WATCHDOG_USEC: '90000000', WATCHDOG_PID: String(process.pid) };
    expect(createSystemd({ env, onMute: unheard })?.aliveEveryMs).toBe(30_000);
  });

  it('is none where nobody started the bot as a service', () => {
    expect(createSystemd({ env: {}, onMute: unheard })).toBeUndefined();
    expect(createSystemd({ env: { NOTIFY_SOCKET: '' }, onMute: unheard })).toBeUndefined();
  });

  it.each([
    ['without a watchdog', {}],
    ['with the watchdog of another process', { WATCHDOG_USEC: '1000000', WATCHDOG_PID: '1' }],
    ['with a period that is none', { WATCHDOG_USEC: 'soon' }],
  ])('waits for no word %s', (_name, env) => {
    expect(createSystemd({ env: { ...env, NOTIFY_SOCKET: '/x' }, onMute: unheard })?.aliveEveryMs).toBeUndefined();
  });

  it('that cannot be told is said once', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const systemd = createSystemd({ env: { NOTIFY_SOCKET: '/x' }, onMute: resolve, tool: '/nowhere/systemd-notify' });
    systemd?.tell('ready');
    expect(await promise).toContain('ENOENT');
  });
});
