// Which ways are there to choose k of n? In lexicographic order.

/** All ascending choices of `size` indices below `count`, in lexicographic order. */
export function combinations(count: number, size: number): readonly (readonly number[])[] {
  const all: number[][] = [];
  if (size < 0 || size > count) return all;
  const chosen = Array.from({ length: size }, (_, index) => index);
  for (;;) {
    all.push([...chosen]);
    let position = size - 1;
    while (position >= 0 && chosen[position] === count - size + position) position -= 1;
    if (position < 0) return all;
    chosen[position] += 1;
    for (let next = position + 1; next < size; next += 1) chosen[next] = chosen[next - 1] + 1;
  }
}
