// Seeded choices, so that a run can be repeated: TEST_SEED=<number>.

export const SEED = Number(process.env.TEST_SEED ?? 1);

/** mulberry32 (public domain, Tommy Ettinger): `() => number` in [0, 1). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` different elements of `list`. */
export function choose(random, list, count) {
  const rest = [...list];
  return Array.from({ length: Math.min(count, rest.length) }, () =>
    rest.splice(Math.floor(random() * rest.length), 1)[0]);
}
