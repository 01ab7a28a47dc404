// Which settings may change without the bot beginning another run?
import { expect, test } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { recordedSettings } from './recorded-run.ts';

const textWith = (override: string): string => recordedSettings(loadConfig({ overrides: [override] }).resolved);
const SHIPPED = recordedSettings(loadConfig().resolved);

test.each([
  'live.max_slippage_bps=20',
  'operations.log_level=debug',
  'alerts.repeat_minutes=5',
  'paper.latency_ms=1',
  'renewal.keep_backups=3',
  'data.root=/elsewhere',
])('%s goes on in the same run', (override) => {
  expect(textWith(override)).toBe(SHIPPED);
});

test.each(['risk.max_leverage=1.5', 'exits.max_hold_hours=7', 'model.ensemble=false', 'account.initial_equity=5'])(
  '%s begins another',
  (override) => {
    expect(textWith(override)).not.toBe(SHIPPED);
  },
);
