/**
 * Deadline and signature in a rule's own description, so that the rule can be closed from the rule
 * alone: `postern1|<until, epoch s>|<key version>|<signature>`, at most 140 characters.
 */
export type Marker = {
  /** Epoch seconds. */
  readonly untilSeconds: number;
  readonly keyVersion: number;
  /** Ed25519, base64url without padding, 86 characters. */
  readonly signature: string;
};

export const markerPrefix = 'postern1|';

const form = /^postern1\|(\d{1,11})\|(\d{1,6})\|([A-Za-z0-9_-]{86})$/;

/** Exactly what is signed: a marker copied to another rule, NSG or deployment is not valid there. */
export function markerText(parts: {
  readonly deployment: string;
  readonly nsgId: string;
  readonly ruleName: string;
  readonly untilSeconds: number;
  readonly keyVersion: number;
}): string {
  return [
    'postern1',
    parts.deployment,
    parts.nsgId.toLowerCase(),
    parts.ruleName.toLowerCase(),
    parts.untilSeconds,
    parts.keyVersion,
  ].join('|');
}

/** The description of a rule that carries `marker`. */
export function formatMarker(marker: Marker): string {
  return `${markerPrefix}${marker.untilSeconds}|${marker.keyVersion}|${marker.signature}`;
}

/** Reads a description; `null` for anything that is not exactly a marker. Says nothing of its truth. */
export function parseMarker(description: string): Marker | null {
  const match = form.exec(description);
  if (match === null) return null;
  const [, until, version, signature = ''] = match;
  return { untilSeconds: Number(until), keyVersion: Number(version), signature };
}
