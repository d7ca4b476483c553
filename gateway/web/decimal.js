// Exact arithmetic on the decimal strings of the wire: integers (BigInt) and a scale.
// Pure. Must never turn a price into a floating-point number; only a ratio may become one.

const SCALE_MAX = 18;
const POWERS = Array.from({ length: 2 * SCALE_MAX + 1 }, (_, n) => 10n ** BigInt(n));

/** "-1.50" → {mantissa: -150n, scale: 2}; null for null and for what is no decimal. */
export function parse(text) {
  if (typeof text !== 'string' || !/^-?\d+(\.\d{1,18})?$/.test(text)) return null;
  const point = text.indexOf('.');
  if (point < 0) return { mantissa: BigInt(text), scale: 0 };
  return {
    mantissa: BigInt(text.slice(0, point) + text.slice(point + 1)),
    scale: text.length - point - 1,
  };
}

/** Writes a mantissa at a scale with all its digits: (-150n, 2) → "-1.50". */
export function format(mantissa, scale) {
  const negative = mantissa < 0n;
  const digits = (negative ? -mantissa : mantissa).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(digits.length - scale)}`;
  return negative ? `-${text}` : text;
}

/** The mantissas of two decimals at their larger scale, or null when one is missing. */
function align(a, b) {
  const left = parse(a);
  const right = parse(b);
  if (!left || !right) return null;
  const scale = Math.max(left.scale, right.scale);
  return {
    left: left.mantissa * POWERS[scale - left.scale],
    right: right.mantissa * POWERS[scale - right.scale],
    scale,
  };
}

/** a − b with the digits of the finer one: ("1.5", "1.25") → "0.25"; null when one is missing. */
export function subtract(a, b) {
  const both = align(a, b);
  return both && format(both.left - both.right, both.scale);
}

/** Numeric order of two decimals: −1, 0 or 1; 0 when one is missing. */
export function compare(a, b) {
  const both = align(a, b);
  if (!both || both.left === both.right) return 0;
  return both.left < both.right ? -1 : 1;
}

/** An integer that orders decimals of any scale; null when missing. */
export function sort_key(text) {
  const value = parse(text);
  return value && value.mantissa * POWERS[SCALE_MAX - value.scale];
}

/** numerator / denominator as a Number with six exact decimals; null for a denominator of 0. */
function ratio(numerator, denominator) {
  return denominator === 0n ? null : Number((numerator * 1_000_000n) / denominator) / 1e6;
}

/** Change from `before` to `now` in per cent, a Number; null when either is missing. */
export function change_per_cent(now, before) {
  const both = align(now, before);
  return both && ratio(100n * (both.left - both.right), both.right);
}

/** Spread over the middle of bid and ask in basis points, a Number; null when either is missing. */
export function spread_basis_points(bid, ask) {
  const both = align(ask, bid);
  return both && ratio(20_000n * (both.left - both.right), both.left + both.right);
}
