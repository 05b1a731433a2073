import canonicalize from 'canonicalize';
import type { SecurityRule } from '../networkSecurityGroup';
import type { Origin } from '../grant';
import { markerText, parseMarker } from '../marker';
import { signedDeadlineOf } from './deadline';
import type { Voucher } from './papers';
import { isOpenable } from './phase';
import type { MarkerSigner } from './signedMarker';
import type { Placement, WindowRow } from './windowRow';

/** Verifies with public keys only; never throws. */
export type SignatureVerifier = {
  verify(text: string, signature: string, keyVersion: number): boolean;
};

/**
 * Exactly what is signed. The first word keeps it apart from a marker's text, and from a plan's: a
 * signature of one is never one of another. Left out of the grant are the policy's version, of which
 * reconcile notes each new one that still grants it, and PIM's end, which is read anew.
 */
function voucherText(
  row: WindowRow,
  { until, issuedAt, keyVersion }: Omit<Voucher, 'signature'>,
  deployment: string,
): string {
  const { policyVersion: _noted, ...noted } = row.grant;
  const grant = { ...noted, origin: withoutEnd(noted.origin) };
  const approval = row.approval ?? null;
  const content = { createdAt: row.createdAt, until, issuedAt, grant, approval };
  return ['postern-voucher1', deployment, row.id, keyVersion, canonicalize(content)].join('|');
}

function withoutEnd(origin: Origin): Origin {
  return origin.kind === 'request'
    ? { ...origin, activation: { ...origin.activation, endAt: 0 } }
    : origin;
}

/** What of a placement is signed when it is planned: all of it that decides who reaches what. */
function sealText(
  row: WindowRow,
  { nsgId, slot, targets }: Placement,
  rule: SecurityRule,
  keyVersion: number,
  deployment: string,
): string {
  // Priority and marker change with a new plan and with an extend; each is judged by itself.
  const { priority: _priority, description: _marker, ...content } = rule;
  const plan = canonicalize({ nsgId: nsgId.toLowerCase(), slot, rule: content, targets });
  return ['postern-plan1', deployment, row.id, keyVersion, plan].join('|');
}

/** The row with a voucher for what it says, good until `until`. */
export function withVoucher(
  row: WindowRow,
  until: number,
  issuedAt: number,
  deployment: string,
  signer: MarkerSigner,
): WindowRow {
  const { keyVersion } = signer;
  const signature = signer.sign(voucherText(row, { until, issuedAt, keyVersion }, deployment));
  return { ...row, schema: 2, voucher: { keyVersion, signature, until, issuedAt } };
}

/** The row's placements with a seal each, where the window stands on a voucher. */
export function withSeals(row: WindowRow, deployment: string, signer: MarkerSigner): WindowRow {
  if (row.voucher === undefined) return row;
  const { keyVersion } = signer;
  const placements = row.placements.map((placement) => {
    const text = sealText(row, placement, placement.rule, keyVersion, deployment);
    return { ...placement, seal: { keyVersion, signature: signer.sign(text) } };
  });
  return { ...row, placements };
}

/**
 * Does a signature stand for all that this row would open: the grant, its deadline, and each rule
 * that may still be sent? False for a row without a voucher.
 */
export function isVouched(
  row: WindowRow,
  deployment: string,
  verifier: SignatureVerifier,
): boolean {
  const { voucher } = row;
  if (voucher === undefined) return false;
  const latest = Math.max(row.wantedUntil, row.until ?? 0, row.grant.untilAt);
  if (!(latest <= voucher.until)) return false;
  const text = voucherText(row, voucher, deployment);
  if (!verifier.verify(text, voucher.signature, voucher.keyVersion)) return false;
  return row.placements
    .filter(isOpenable)
    .every((placement) => isSealed(row, placement, voucher, deployment, verifier));
}

function isSealed(
  row: WindowRow,
  placement: Placement,
  voucher: Voucher,
  deployment: string,
  verifier: SignatureVerifier,
): boolean {
  const { seal, rule, nextRule } = placement;
  if (seal === undefined) return false;
  const { from, to } = row.grant.band;
  return [rule, nextRule].every((one) => {
    if (one === null) return true;
    const text = sealText(row, placement, one, seal.keyVersion, deployment);
    return (
      one.priority >= from &&
      one.priority <= to &&
      isMarked(one, placement, voucher, deployment, verifier) &&
      verifier.verify(text, seal.signature, seal.keyVersion)
    );
  });
}

/** Its marker is ours, and not later than what was granted. */
function isMarked(
  { name, description }: SecurityRule,
  { nsgId }: Placement,
  voucher: Voucher,
  deployment: string,
  verifier: SignatureVerifier,
): boolean {
  const marker = parseMarker(description);
  if (marker === null || marker.untilSeconds * 1_000 > voucher.until) return false;
  const { untilSeconds, keyVersion, signature } = marker;
  const text = markerText({ deployment, nsgId, ruleName: name, untilSeconds, keyVersion });
  return verifier.verify(text, signature, keyVersion);
}

/** The latest that a voucher for this row has to allow: markers hold whole seconds. */
export function vouchedUntil(row: WindowRow): number {
  return Math.max(row.grant.untilAt, row.wantedUntil, signedDeadlineOf(row));
}
