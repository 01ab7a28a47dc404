// Is the bot well? From the facts of a moment: what makes it UNHEALTHY, what only DEGRADED, each with the mend.
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import type { Finding, Health, StatusDocument, StatusFacts, SymbolStatus } from './status-document.ts';

/** Times in milliseconds. */
export interface HealthRules {
  /** The main loop, and the status file, may be silent for so long. */
  readonly silentMs: number;
  /** A candle may be late by so much after its close. */
  readonly candleLateMs: number;
  /** A position may be without its stop for so long. */
  readonly unprotectedMs: number;
  readonly clockOffsetMs: number;
  readonly apiErrors: number;
  readonly streamSilentMs: number;
  readonly diskFreeBytes: number;
  readonly memoryBytes: number;
  readonly modelAgeHours: number;
}

export interface Judgement {
  readonly health: Health;
  readonly issues: readonly Finding[];
  readonly warnings: readonly Finding[];
}

/** Everything that is wrong at `now`, which may be later than the facts: then their age counts as well. */
export function judgeHealth(facts: StatusFacts, rules: HealthRules, now: number): Judgement {
  const issues = [...loopIssues(facts, rules, now), ...accountIssues(facts), ...symbolIssues(facts, rules, now)];
  const warnings = [
    ...accountWarnings(facts),
    ...canaryWarnings(facts, now),
    ...surroundings(facts, rules),
    ...modelWarnings(facts, rules),
  ];
  return { health: issues.length > 0 ? 'UNHEALTHY' : warnings.length > 0 ? 'DEGRADED' : 'HEALTHY', issues, warnings };
}

/** The facts with what they amount to. */
export function statusOf(facts: StatusFacts, rules: HealthRules): StatusDocument {
  const { health, issues, warnings } = judgeHealth(facts, rules, facts.writtenAt);
  return { ...facts, health, issues: [...issues], warnings: [...warnings] };
}

function loopIssues(facts: StatusFacts, rules: HealthRules, now: number): Finding[] {
  const written = now - facts.writtenAt;
  if (written > rules.silentMs) {
    return [
      found(
        'status-stale',
        `nothing was heard from the bot for ${secondsOf(written)}: it hangs or has ended; look at its log, then start it again`,
      ),
    ];
  }
  const silent = now - facts.loopAt;
  if (silent > rules.silentMs) {
    return [
      found(
        'loop-hangs',
        `the main loop has not answered for ${secondsOf(silent)}: start the bot again, positions keep their stops`,
      ),
    ];
  }
  // A start first catches up with the closes that it missed.
  const late = now - Math.max(facts.nextClose, facts.startedAt);
  if (late <= rules.candleLateMs) return [];
  return [
    found('close-late', `a close was to be decided ${secondsOf(late)} ago: look at the connection to the exchange`),
  ];
}

function accountIssues(facts: StatusFacts): Finding[] {
  const findings: Finding[] = [];
  if (facts.latches.some(({ name }) => name === 'kill')) {
    findings.push(found('killed', 'the kill switch is set: look at the account, then perpilot resume --confirm'));
  }
  if (facts.halted)
    findings.push(found('drawdown-halt', 'the drawdown limit was reached: nothing is opened until a person decides'));
  if (!facts.durable)
    findings.push(found('journal-unwritable', 'the journal cannot be written: free disk space or mend its rights'));
  return findings;
}

function symbolIssues({ symbols, barMs }: StatusFacts, rules: HealthRules, now: number): Finding[] {
  return symbols.flatMap(({ symbol, lastClose, position, quarantine }) => {
    const findings: Finding[] = [];
    const age = lastClose === null ? undefined : now - lastClose;
    // That nobody waits for a symbol in quarantine is a warning of its own.
    if (age !== undefined && age > barMs + rules.candleLateMs && quarantine.length === 0) {
      findings.push(
        found(
          'candle-stale',
          `${symbol}: its last candle closed ${minutesOf(age)} ago; look at the connection to the exchange`,
          symbol,
        ),
      );
    }
    if (position !== null && isUnprotected(position, rules)) {
      findings.push(
        found(
          'unprotected',
          `${symbol}: no stop was seen at the venue for ${position.unprotectedSeconds.toFixed(0)} s; set one by hand or perpilot flatten`,
          symbol,
        ),
      );
    }
    return findings;
  });
}

function isUnprotected(position: NonNullable<SymbolStatus['position']>, rules: HealthRules): boolean {
  return position.stopPrice === null || position.unprotectedSeconds * 1_000 > rules.unprotectedMs;
}

function accountWarnings({ guard, latches, blocks, symbols: all }: StatusFacts): Finding[] {
  const findings: Finding[] = [];
  if (guard !== 'NORMAL')
    findings.push(found('guard', `the performance guard is ${guard}: see docs/OPERATIONS_RUNBOOK.md`));
  if (latches.some(({ name }) => name === 'pause'))
    findings.push(found('paused', 'entries are paused: perpilot resume takes it back'));
  for (const { reason, symbols } of blocks) {
    const isTold = ['pause', 'kill', 'canary'].includes(reason) || reason.startsWith('quarantine:');
    if (isTold) continue;
    findings.push(
      found('entries-blocked', `nothing is opened${symbols === null ? '' : ` in ${symbols.join(', ')}`}: ${reason}`),
    );
  }
  return [...findings, ...all.flatMap(quarantineWarning)];
}

function quarantineWarning({ symbol, quarantine }: SymbolStatus): Finding[] {
  if (quarantine.length === 0) return [];
  const message = `${symbol} is in quarantine (${quarantine.join(', ')}): nothing is opened in it; see perpilot journal --kind quarantined`;
  return [found('quarantined', message, symbol)];
}

function canaryWarnings({ canary, latches, startedAt }: StatusFacts, now: number): Finding[] {
  const findings = latches.flatMap(({ name, reason }) =>
    name === 'canary'
      ? [found('canary-failed', `nothing is opened until a canary passes, or perpilot resume: ${reason}`)]
      : [],
  );
  if (canary === null) return findings;
  const { passedAt, maxAgeHours, reason } = canary;
  const age = now - (passedAt ?? startedAt);
  if (age > maxAgeHours * HOUR_MS) {
    const why = reason === null ? '' : `: ${reason}`;
    findings.push(found('canary-old', `no canary has passed for ${(age / HOUR_MS).toFixed(0)} h${why}`));
  }
  return findings;
}

function surroundings(facts: StatusFacts, rules: HealthRules): Finding[] {
  const findings: Finding[] = [];
  const { clockOffsetMs: offset, streamAgeSeconds, apiErrorsInWindow, machine } = facts;
  if (offset !== null && Math.abs(offset) > rules.clockOffsetMs) {
    findings.push(
      found(
        'clock-offset',
        `the clock is ${offset.toFixed(0)} ms off the exchange's: switch on time synchronisation (chrony)`,
      ),
    );
  }
  if (streamAgeSeconds !== null && streamAgeSeconds * 1_000 > rules.streamSilentMs) {
    findings.push(found('stream-silent', `nothing was heard from the venue for ${streamAgeSeconds.toFixed(0)} s`));
  }
  if (apiErrorsInWindow > rules.apiErrors) {
    findings.push(
      found('api-errors', `${apiErrorsInWindow} errors of the exchange in the last hour: perpilot logs --level warn`),
    );
  }
  if (machine.diskFreeBytes !== null && machine.diskFreeBytes < rules.diskFreeBytes) {
    findings.push(
      found('disk-low', `${megabytesOf(machine.diskFreeBytes)} of disk are free: remove old backups and logs`),
    );
  }
  if (machine.memoryBytes > rules.memoryBytes) {
    findings.push(found('memory-high', `the program holds ${megabytesOf(machine.memoryBytes)} of memory`));
  }
  return findings;
}

function modelWarnings({ symbols }: StatusFacts, rules: HealthRules): Finding[] {
  return symbols.flatMap(({ symbol, modelId, modelAgeHours }) => {
    if (modelId === null)
      return [found('no-model', `${symbol}: no valid model, so nothing is opened; train one`, symbol)];
    if (modelAgeHours === null || modelAgeHours <= rules.modelAgeHours) return [];
    return [
      found('model-old', `${symbol}: its model is ${(modelAgeHours / 24).toFixed(0)} days old; train again`, symbol),
    ];
  });
}

function found(code: string, message: string, symbol: string | null = null): Finding {
  return { code, message, symbol };
}

const secondsOf = (ms: number): string => `${(ms / 1_000).toFixed(0)} s`;
const minutesOf = (ms: number): string => `${(ms / MINUTE_MS).toFixed(0)} min`;
const megabytesOf = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MB`;
