// What may no restart and no other setting clear? Guard, limits and cool-downs, taken over from an earlier run of the account.
import type { MemoryRestored } from './event.ts';
import type { EngineState } from './state.ts';

/** Takes the memory over as it was; cool-downs of symbols that are no longer traded are dropped. */
export function restoreMemory(state: EngineState, { guard, limits, cooldowns }: MemoryRestored): void {
  Object.assign(state.guard, structuredCopy(guard));
  Object.assign(state.limits, limits);
  for (const { symbol, until } of cooldowns) {
    const known = state.bySymbol.get(symbol);
    if (known !== undefined) known.cooldownUntil = until;
  }
}

/** The event stays as it was written, whatever happens to the state. */
function structuredCopy(guard: MemoryRestored['guard']): MemoryRestored['guard'] {
  return { ...guard, outcomes: [...guard.outcomes], evidence: { ...guard.evidence } };
}

/** What `restoreMemory` needs of a state. */
export function memoryOf(state: EngineState, time: number): MemoryRestored {
  const { guard, limits, symbols } = state;
  return {
    kind: 'memory-restored',
    time,
    guard: structuredCopy(guard),
    limits: { ...limits },
    cooldowns: symbols.map(({ instrument, cooldownUntil }) => ({ symbol: instrument.symbol, until: cooldownUntil })),
  };
}
