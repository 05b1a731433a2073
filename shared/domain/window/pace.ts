/**
 * When to look after a write was accepted. NSG operations take about 11 s, sometimes minutes
 * (https://github.com/hashicorp/terraform-provider-azurerm/issues/11521); a quiet NSG is faster.
 */
const looksAfterMs = [3_000, 12_000, 30_000];
const lookEveryMs = 30_000;

/** How often an open window's rule is looked at. */
export const openLookMs = 600_000;
/** How long an absent rule is waited for before its PUT is repeated. */
export const putAgainAfterMs = 12_000;
/** How long a DELETE that was accepted is given before it is asked for again. */
export const deleteAgainAfterMs = 12_000;
/** The same while the NSG says that it is still updating. */
export const deleteAnywayAfterMs = 60_000;
/** How often a DELETE is tried while a lock keeps a disarmed rule in place. */
export const disarmedPauseMs = 60_000;
/** How often the disarming PUT is tried again when it was refused as well. */
export const disarmAgainAfterMs = 300_000;
/** When it is, where it was accepted and the rule stands as an Allow: another write superseded it. */
export const disarmLostAfterMs = 30_000;
/** Lists of activations are known to be stale for about 25 s: lacking counts when this long apart. */
export const lackingForMs = 30_000;
export const confirmAgainMs = 10_000;
/** The pause while policy or signing key are not in order. */
export const openingDisabledMs = 30_000;
export const hintPauseMs = 5_000;
/**
 * The least pause of what opens while requests are short. They come back by the dozen each second:
 * of a thousand who came back as soon as one is there, all but one would have come for nothing.
 */
export const shortPauseMs = 2_000;
/** How long an NSG and a rule's name must not be found before the NSG counts as gone. */
export const nsgGoneAfterMs = 600_000;
/** Gap between writes of one window on one NSG, which works off one operation at a time. */
export const nextWriteMs = 2_000;

/** The next look after a write of `writtenAt`, strictly after `hostMs`. */
export function nextLookAfter(writtenAt: number, hostMs: number): number {
  const elapsedMs = Math.max(0, hostMs - writtenAt);
  const offsetMs = looksAfterMs.find((ms) => ms > elapsedMs);
  return offsetMs === undefined ? hostMs + lookEveryMs : writtenAt + offsetMs;
}
