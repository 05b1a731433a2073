/** Protocols that a window may use, in Azure's spelling. */
export type Protocol = 'Tcp' | 'Udp' | '*';

/** Ports from..to, both included, 1 to 65535. */
export type PortRange = { readonly from: number; readonly to: number };

/**
 * Reads `22` or `5985-5986`; `null` for anything else: signs, blanks, leading zeros, reversed
 * ranges, `*`, and ports outside 1 to 65535.
 */
export function parsePortRange(text: string): PortRange | null {
  const match = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/.exec(text);
  if (match === null) return null;
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  return from <= to && to <= 65_535 ? { from, to } : null;
}

/** Azure's notation of a range: `22`, `5985-5986`. The inverse of `parsePortRange`. */
export function formatPortRange({ from, to }: PortRange): string {
  return from === to ? String(from) : `${from}-${to}`;
}
