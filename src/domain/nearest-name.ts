// Which known names may a misspelt one have meant? The nearest by edits, and those it begins.

/** At most `limit` of `candidates` that `name` may have meant, best first; case does not count. Empty: none is near. */
export function nearestNames(name: string, candidates: readonly string[], limit = 3): readonly string[] {
  const wanted = name.toLowerCase();
  const ranked: { readonly candidate: string; readonly rank: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const known = candidate.toLowerCase();
    const distance = editDistance(wanted, known);
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, known.length) / 3));
    const isPart = wanted.length >= 3 && known.includes(wanted);
    if (distance <= allowed) ranked.push({ candidate, rank: distance });
    else if (isPart) ranked.push({ candidate, rank: allowed + (known.startsWith(wanted) ? 0.5 : 0.75) });
  }
  return ranked
    .sort((a, b) => a.rank - b.rank || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map((entry) => entry.candidate);
}

/** Edits (insert, delete, replace, swap of neighbours) between two texts: restricted Damerau-Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let twoBack: readonly number[] = [];
  let previous: number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current: number[] = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const differs = a[row - 1] === b[column - 1] ? 0 : 1;
      let best = Math.min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + differs);
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) best = Math.min(best, twoBack[column - 2] + 1);
      current.push(best);
    }
    twoBack = previous;
    previous = current;
  }
  return previous[b.length];
}
