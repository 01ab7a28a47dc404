// By which rules does a watchdog act under the settings of `live.watchdog`?
import type { WatchdogRules } from './watchdog.ts';

export interface WatchdogSettings {
  readonly silentSeconds: number;
  readonly killGraceSeconds: number;
  readonly onSilence: 'cancel_entries' | 'flatten';
  readonly checkSeconds: number;
  readonly againSeconds: number;
}

const SECOND_MS = 1_000;

export function watchdogRulesOf(settings: WatchdogSettings): WatchdogRules {
  return {
    silentMs: settings.silentSeconds * SECOND_MS,
    killGraceMs: settings.killGraceSeconds * SECOND_MS,
    onSilence: settings.onSilence,
    tickMs: settings.checkSeconds * SECOND_MS,
    againMs: settings.againSeconds * SECOND_MS,
  };
}
