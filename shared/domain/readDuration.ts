const units: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
};

const shortForm =
  /^(?:([1-9]\d{0,4})d)?(?:([1-9]\d{0,4})h)?(?:([1-9]\d{0,4})m)?(?:([1-9]\d{0,4})s)?$/;
const isoForm =
  /^P(?:([1-9]\d{0,4})D)?(?:T(?=\d)(?:([1-9]\d{0,4})H)?(?:([1-9]\d{0,4})M)?(?:([1-9]\d{0,4})S)?)?$/;

/** What a duration looks like, for editors. */
export const durationPattern = '^(?:P(?:T?\\d+[DHMS])+|(?:\\d+[dhms])+)$';

/**
 * `3h`, `45m`, `1h30m`, `PT3H` or `P1D` in milliseconds; `null` for anything else. Years and months
 * have no length, zero and signs no meaning here, and a fraction is a slip: all are refused rather
 * than guessed, as libraries do (`moment.duration('8h')` is 0).
 */
export function readDuration(text: string): number | null {
  const match = shortForm.exec(text) ?? isoForm.exec(text);
  if (match === null) return null;
  const amounts = match.slice(1).map((amount) => Number(amount ?? 0));
  const lengths = [units.d, units.h, units.m, units.s];
  const ms = amounts.reduce((sum, amount, at) => sum + amount * (lengths[at] ?? 0), 0);
  return ms > 0 ? ms : null;
}

/** The shortest text that `readDuration` reads as `ms`: `1h30m`. Whole seconds. */
export function formatDuration(ms: number): string {
  let rest = ms;
  let text = '';
  for (const [unit, length] of Object.entries(units)) {
    const amount = Math.floor(rest / length);
    rest -= amount * length;
    if (amount > 0) text += `${amount}${unit}`;
  }
  return text;
}
