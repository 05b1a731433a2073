/** Makes GUIDs from a seeded sequence: the same run gives the same ids. */
export function guidMaker(chance: () => number): () => string {
  let state = Math.floor(chance() * 0xffff_ffff) | 1;
  const next = (): string => {
    // xorshift32: fast, never zero, good enough for names.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0).toString(16).padStart(8, '0');
  };
  return () => {
    const [one, two, three, four] = [next(), next(), next(), next()];
    const middle = `${two.slice(0, 4)}-4${two.slice(5)}-8${three.slice(1, 4)}`;
    return `${one}-${middle}-${three.slice(4)}${four}`;
  };
}
