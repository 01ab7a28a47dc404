// O5: do rules and dashboard ask for metrics that there are, does every metric of the promise exist, and does promtool agree?
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createPrometheusText } from '../../../src/adapters/metrics/prometheus-text.ts';
import { statusMetrics } from '../../../src/live/status/metrics-of-status.ts';
import { statusOf } from '../../../src/live/status/judge-health.ts';
import { healthRulesOf } from '../../../src/live/status/operations-config.ts';
import { viewStatus } from '../../../src/live/status/read-status.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import type { StatusFacts } from '../../../src/live/status/status-document.ts';
import { FACTS, NOW, SYMBOL } from './status-facts.ts';

const RULES = healthRulesOf(loadConfig({}).config.operations);
const deploy = (path: string): string => fileURLToPath(new URL(`../../../deploy/${path}`, import.meta.url));
const textOf = (path: string): string => readFileSync(deploy(path), 'utf8');
const namesIn = (text: string): string[] => [...new Set(text.match(/\bperpilot_[a-z_]+/g))];

const render = (facts: Partial<StatusFacts>, now = NOW): Promise<string> => {
  const view = viewStatus(JSON.stringify(statusOf({ ...FACTS, ...facts }, RULES)), RULES, now);
  return createPrometheusText().render(statusMetrics(view, now));
};
const hasTool = (name: string): boolean => spawnSync(name, ['--version']).error === undefined;

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(z.object({ alert: z.string(), expr: z.string(), labels: z.record(z.string(), z.string()) })),
    }),
  ),
});
const dashboardSchema = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});

describe('metrics', () => {
  it('hold all that is promised', async () => {
    const text = await render({});
    for (const name of [
      'equity',
      'drawdown_ratio',
      'exposure',
      'unprotected_seconds',
      'order_latency_seconds',
      'slippage_bps',
      'stream_age_seconds',
      'clock_offset_seconds',
      'model_age_seconds',
      'guard',
      'memory_bytes',
    ]) {
      expect(text).toMatch(new RegExp(`^perpilot_${name}(\\{[^}]*\\})? -?[0-9.e+]+$`, 'm'));
    }
    expect(text).toContain('perpilot_position{symbol="BTCUSDT"} 0.5');
    expect(text).toContain('perpilot_guard{state="NORMAL"} 1');
  });

  it('say nothing where nothing is known, never 0', async () => {
    const text = await render({
      clockOffsetMs: null,
      orderLatencyMs: null,
      slippageBps: null,
      symbols: [{ ...SYMBOL, lastClose: null, modelAgeHours: null }],
    });
    for (const name of [
      'clock_offset_seconds',
      'order_latency_seconds',
      'slippage_bps',
      'candle_age_seconds',
      'model_age_seconds',
    ]) {
      expect(text).not.toMatch(new RegExp(`^perpilot_${name}`, 'm'));
    }
  });

  it('of a bot that is silent say so, and how long', async () => {
    const text = await render({}, NOW + 120_000);
    expect(text).toContain('perpilot_up 0');
    expect(text).toContain('perpilot_status_age_seconds 120');
  });
});

describe('the examples in deploy', () => {
  it.each(['prometheus/perpilot-rules.yml', 'grafana/perpilot.json'])(
    '%s asks only for metrics that there are',
    async (path) => {
      const known = new Set(namesIn(await render({})));
      const asked = namesIn(textOf(path));
      expect(asked.length).toBeGreaterThan(10);
      expect(asked.filter((name) => !known.has(name))).toEqual([]);
    },
  );

  it('have rules with a severity each, and panels with a question each', () => {
    const { groups } = rulesSchema.parse(parse(textOf('prometheus/perpilot-rules.yml')));
    const severities = groups.flatMap(({ rules }) => rules.map(({ labels }) => labels['severity']));
    expect(new Set(severities)).toEqual(new Set(['critical', 'warning']));
    const { panels } = dashboardSchema.parse(JSON.parse(textOf('grafana/perpilot.json')));
    expect(panels.every(({ targets }) => targets.length > 0)).toBe(true);
  });

  it.skipIf(!hasTool('promtool'))('pass promtool', () => {
    for (const [kind, path] of [
      ['rules', 'prometheus/perpilot-rules.yml'],
      ['config', 'prometheus/prometheus.yml'],
    ]) {
      const { status, stderr } = spawnSync('promtool', ['check', kind, deploy(path)], { encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(status).toBe(0);
    }
  });
});
