import { formatMarker, markerText, parseMarker } from '../marker';
import type { SecurityRule } from '../networkSecurityGroup';
import { signedDeadlineOf } from './deadline';
import type { Placement, WindowRow } from './windowRow';

/** Who signs markers: the only secret that opening and extending need. */
export type MarkerSigner = { readonly keyVersion: number; sign(text: string): string };

/** The description of a rule in this NSG: the wished deadline, signed. */
export function signedMarker(
  row: WindowRow,
  deployment: string,
  signer: MarkerSigner,
  nsgId: string,
  ruleName: string,
): string {
  const { keyVersion } = signer;
  const untilSeconds = signedDeadlineOf(row) / 1000;
  const text = markerText({ deployment, nsgId, ruleName, untilSeconds, keyVersion });
  return formatMarker({ untilSeconds, keyVersion, signature: signer.sign(text) });
}

/** What is PUT to extend a placement: the same rule, with the wished deadline in its marker. */
export function extendedRule(
  row: WindowRow,
  { rule, nsgId }: Placement,
  deployment: string,
  signer: MarkerSigner,
): SecurityRule {
  return { ...rule, description: signedMarker(row, deployment, signer, nsgId, rule.name) };
}

/** The deadline in a rule's marker, epoch ms; 0 where it has none. */
export function markedUntil({ description }: SecurityRule): number {
  return (parseMarker(description)?.untilSeconds ?? 0) * 1000;
}
