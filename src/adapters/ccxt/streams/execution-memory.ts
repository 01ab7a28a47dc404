// Was this execution told before? A bounded list of the last ids knows.

export interface ExecutionMemory {
  /** True the first time an id is seen. */
  isNew(executionId: string): boolean;
}

/** More than an account of perpilot makes in weeks; repetitions come within minutes. */
const REMEMBERED = 10_000;

export function createExecutionMemory(limit: number = REMEMBERED): ExecutionMemory {
  const known = new Set<string>();
  return {
    isNew(executionId) {
      if (known.has(executionId)) return false;
      known.add(executionId);
      if (known.size > limit) dropFirst(known);
      return true;
    },
  };
}

function dropFirst(ids: Set<string>): void {
  const oldest = ids.values().next();
  if (oldest.done !== true) ids.delete(oldest.value);
}
