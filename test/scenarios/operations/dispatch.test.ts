// O6: one channel down, the next delivers within 60 s; nothing twice, not too much, nothing lost while a channel works.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.ts';
import { AlertGate } from '../../../src/live/alerts/alert-gate.ts';
import { alertRulesOf } from '../../../src/live/alerts/alerts-config.ts';
import { AlertDispatcher, type Delivery } from '../../../src/live/alerts/dispatcher.ts';
import { startPulse } from '../../../src/live/alerts/pulse.ts';
import { SteppedClock } from '../../../src/live/rehearsal/stepped-clock.ts';
import { ALERT_KINDS, SEVERITIES, type Alert, type Notifier } from '../../../src/ports/notifier.ts';
import { NOW } from './status-facts.ts';

const rulesWith = (...overrides: readonly string[]) => alertRulesOf(loadConfig({ overrides }).config.alerts);
const RULES = rulesWith();
const alertAt = (time: number, parts: Partial<Alert> = {}): Alert => ({
  kind: 'orders',
  severity: 'warning',
  title: 't',
  text: 'x',
  time,
  key: `k${time}`,
  ...parts,
});

type Manner = 'works' | 'fails' | 'hangs';

function channel(name: string, manner: () => Manner) {
  const taken: Alert[] = [];
  const notifier: Notifier = {
    name,
    send: async (alert) => {
      if (manner() === 'hangs') await new Promise(() => undefined);
      if (manner() === 'fails') throw new Error(`${name}: answered 500`);
      taken.push(alert);
    },
  };
  return { notifier, taken };
}

function dispatcherOver(channels: readonly Notifier[], deliver: 'first' | 'all' = 'first') {
  const clock = new SteppedClock(NOW);
  const deliveries: Delivery[] = [];
  const dispatcher = new AlertDispatcher({
    clock,
    rules: RULES,
    channels,
    deliver,
    timeoutMs: 8_000,
    onDelivery: (delivery) => deliveries.push(delivery),
  });
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.moveTo(clock.now() + 1_000);
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, deliveries, dispatcher, pass };
}

describe('delivery', () => {
  it.each<Manner>(['fails', 'hangs'])('goes to the next channel within 60 s when the first %s', async (manner) => {
    const first = channel('first', () => manner);
    const second = channel('second', () => 'works');
    const { dispatcher, deliveries, pass } = dispatcherOver([first.notifier, second.notifier]);
    dispatcher.raise(alertAt(NOW));
    await pass(59);
    expect(second.taken).toHaveLength(1);
    expect(deliveries[0]).toMatchObject({ channels: ['second'], failures: [{ channel: 'first' }] });
    expect(deliveries[0].at - NOW).toBeLessThan(60_000);
    // The next alert does not wait for the channel that failed.
    dispatcher.raise(alertAt(NOW + 60_000));
    await pass(1);
    expect(deliveries[1].failures).toEqual([]);
  });

  it('tries a channel again before it turns to another one', async () => {
    let calls = 0;
    const first = channel('first', () => ((calls += 1) <= 2 ? 'fails' : 'works'));
    const second = channel('second', () => 'works');
    const { dispatcher, deliveries, pass } = dispatcherOver([first.notifier, second.notifier]);
    dispatcher.raise(alertAt(NOW));
    await pass(5);
    expect(deliveries.map(({ channels }) => channels)).toEqual([['first']]);
  });

  it('waits while no channel works, and delivers when one does', async () => {
    let manner: Manner = 'fails';
    const only = channel('only', () => manner);
    const { dispatcher, deliveries, pass } = dispatcherOver([only.notifier]);
    dispatcher.raise(alertAt(NOW));
    await pass(300);
    expect(deliveries).toEqual([]);
    manner = 'works';
    await pass(301);
    expect(deliveries.map(({ channels }) => channels)).toEqual([['only']]);
  });

  it('goes to every channel when all are wanted, whichever fails', async () => {
    const parts = [channel('a', () => 'works'), channel('b', () => 'fails'), channel('c', () => 'works')];
    const { dispatcher, deliveries, pass } = dispatcherOver(
      parts.map(({ notifier }) => notifier),
      'all',
    );
    dispatcher.raise(alertAt(NOW));
    await pass(10);
    expect(deliveries[0]).toMatchObject({ channels: ['a', 'c'], failures: [{ channel: 'b' }] });
  });

  it('keeps the critical ones when a flood comes while no channel works', async () => {
    let manner: Manner = 'hangs';
    const only = channel('only', () => manner);
    const { dispatcher, pass } = dispatcherOver([only.notifier]);
    for (let index = 0; index < 30; index += 1) dispatcher.raise(alertAt(NOW, { key: `w${index}` }));
    for (let index = 0; index < 90; index += 1) {
      dispatcher.raise(alertAt(NOW, { key: `c${index}`, severity: 'critical' }));
    }
    manner = 'works';
    await pass(120);
    const critical = only.taken.filter(({ severity }) => severity === 'critical');
    expect(critical).toHaveLength(90);
  });

  it('lets the program end although a channel hangs', async () => {
    const only = channel('only', () => 'hangs');
    const { dispatcher, deliveries, pass } = dispatcherOver([only.notifier]);
    dispatcher.raise(alertAt(NOW));
    await dispatcher.end(Promise.resolve());
    await pass(20);
    expect(deliveries).toMatchObject([{ channels: [] }]);
  });
});

describe('the gate', () => {
  const alerts = fc.array(
    fc.record({
      step: fc.integer({ min: 0, max: 900_000 }),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      severity: fc.constantFrom(...SEVERITIES),
      kind: fc.constantFrom(...ALERT_KINDS.filter((kind) => kind !== 'test')),
    }),
    { maxLength: 300 },
  );

  it('lets nothing pass twice within its time, nor more than its number in an hour, and loses no count', () =>
    fc.assert(
      fc.property(alerts, fc.integer({ min: 1, max: 10 }), (steps, perHour) => {
        const repeatMs = 1_200_000;
        const gate = new AlertGate({ minimumSeverity: 'info', muted: new Set(), repeatMs, perHour });
        const passed: Alert[] = [];
        let time = NOW;
        for (const { step, ...parts } of steps) {
          time += step;
          const before = passed.filter((each) => time - each.time < 3_600_000);
          const same = passed.filter((each) => each.key === parts.key && time - each.time < repeatMs);
          const verdict = gate.judge(alertAt(time, parts));
          const isDue = same.length === 0 && (parts.severity === 'critical' || before.length < perHour);
          expect(verdict.kind).toBe(isDue ? 'pass' : 'held');
          if (verdict.kind === 'pass') passed.push(verdict.alert);
        }
      }),
    ));

  it('says how many were held back', () => {
    const gate = new AlertGate({ ...RULES, perHour: 1 });
    gate.judge(alertAt(NOW, { key: 'same' }));
    gate.judge(alertAt(NOW + 1, { key: 'same' }));
    gate.judge(alertAt(NOW + 2, { key: 'other' }));
    const later = gate.judge(alertAt(NOW + 3_600_001, { key: 'same' }));
    expect(later).toMatchObject({
      kind: 'pass',
      alert: { text: expect.stringMatching(/1 more like it[\s\S]*1 other alerts/) },
    });
  });

  it.each<[string, Partial<Alert>, string]>([
    ['muted=[fills]', { kind: 'fills' }, 'muted'],
    ['minimum_severity=critical', { severity: 'warning' }, 'severity'],
    ['repeat_minutes=1', {}, 'pass'],
    ['per_hour=1', { key: 'other' }, 'rate'],
  ])('follows alerts.%s', (setting, parts, expected) => {
    const gate = new AlertGate(rulesWith(`alerts.${setting}`));
    gate.judge(alertAt(NOW, { key: 'one' }));
    const verdict = gate.judge(alertAt(NOW + 61_000, { key: 'one', ...parts }));
    expect(verdict.kind === 'pass' ? 'pass' : verdict.why).toBe(expected);
    expect(new AlertGate(RULES).judge(alertAt(NOW, { key: 'one', ...parts })).kind).toBe('pass');
  });
});

describe('the pulse', () => {
  it('speaks once a day at its hour, and pings only while the bot is not unhealthy', () => {
    const clock = new SteppedClock(NOW);
    const daily: number[] = [];
    let pings = 0;
    let alive = true;
    const stop = startPulse({
      clock,
      dailyHour: 7,
      onDaily: () => daily.push(clock.now()),
      pingEveryMs: 60_000,
      isAlive: () => alive,
      ping: async () => void (pings += 1),
      onPingFailed: () => undefined,
    });
    const move = (minutes: number): void => {
      for (let minute = 0; minute < minutes; minute += 1) clock.moveTo(clock.now() + 60_000);
    };
    move(3 * 1_440);
    expect(daily).toHaveLength(3);
    expect(
      daily.every((at) => Math.floor(at / 60_000) % 1_440 === 7 * 60 || Math.floor(at / 60_000) % 1_440 === 7 * 60 + 1),
    ).toBe(true);
    expect(pings).toBe(3 * 1_440 + 1);
    alive = false;
    move(60);
    expect(pings).toBe(3 * 1_440 + 1);
    stop();
    alive = true;
    move(60);
    expect(pings).toBe(3 * 1_440 + 1);
  });
});
