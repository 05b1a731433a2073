import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { maskSecrets } from '../maskSecrets';
import { cleanText } from '../text';

/** What a record tells of. Stable: people search for these words. */
export type AuditStep =
  /** Somebody asked for a window over HTTP. */
  | 'requested'
  /** It waits for a second person's word, and what that word was. */
  | 'approvalAwaited'
  | 'approved'
  | 'denied'
  | 'granted'
  /** The end of a window that was never open to anybody. */
  | 'refused'
  | 'targetRefused'
  | 'planned'
  | 'replanned'
  /** A PUT that lets somebody in is about to be sent: written before it, or it is not sent. */
  | 'opening'
  | 'ruleOpened'
  | 'opened'
  | 'extendWished'
  | 'extendRefused'
  /** As `opening`: a PUT with a later deadline is about to be sent. */
  | 'extending'
  | 'extended'
  | 'extendDropped'
  | 'extendedByPim'
  | 'closeWished'
  | 'closing'
  | 'ruleDeleted'
  | 'ruleGone'
  | 'ruleCameBack'
  | 'ruleFollowed'
  | 'ruleClosed'
  | 'ruleRemovedByOthers'
  /** The activity log says who deleted a rule that nobody here saw go. */
  | 'ruleExplained'
  | 'ruleAfterClose'
  | 'disarmed'
  | 'closeRefused'
  | 'changedByOthers'
  | 'overrun'
  /** The end of a window that was, or might have been, open. */
  | 'closed'
  /** Somebody else has looked into a broken glass. */
  | 'reviewed'
  /** Somebody asked the remediator for a run, that one be cancelled, or for a VM's release. */
  | 'remediationAsked'
  | 'remediationCancelled'
  | 'quarantineReleased'
  /** Of a day's chain: where the chain of an earlier day ended. */
  | 'dayBegun'
  /** Of a day's chain: how far the chain of a window had come. */
  | 'noted';

/** Who did it. */
export type AuditWho = {
  /** Object id of a person or an app; a sign-in name where the activity log has no other; or `''`. */
  readonly id: string;
  /**
   * By what that is known: a role activation, a signed-in request, a group claim of one, the
   * activity log, or it was us.
   */
  readonly how: 'activation' | 'request' | 'claim' | 'activityLog' | 'app';
};

/** What it was done to. Only what is known of a step stands in its record. */
export type AuditWhat = {
  readonly rules?: readonly string[];
  readonly nsgIds?: readonly string[];
  readonly vmIds?: readonly string[];
  readonly roleAssignmentId?: string;
  readonly policyRule?: string;
  /** The group that stands for it, and as what: `onCall`, `breakGlass`. */
  readonly groupId?: string;
  readonly claim?: string;
  /** Addresses that the rule admits, in the record of the grant alone. */
  readonly sources?: readonly string[];
  readonly wonBy?: string;
  /** `Tcp 22`. */
  readonly ports?: readonly string[];
  readonly priority?: number;
  /** ISO 8601, UTC. */
  readonly from?: string | null;
  readonly until?: string | null;
  readonly refusal?: string;
  readonly next?: string;
  readonly outcome?: string;
  readonly overrunSeconds?: number;
  readonly ticket?: string;
  /** Of a run of the remediation: ids of scopes, and whether anything may be written. */
  readonly scopes?: readonly string[];
  readonly dryRun?: string;
  /** Of a day's chain. */
  readonly chain?: string;
  readonly sequence?: number;
  readonly hash?: string;
};

/** What is told of one step, before it has its place in a chain. */
export type AuditFacts = {
  /** The same for the same step of the same window, however often it is told: it is written once. */
  readonly id: string;
  readonly step: AuditStep;
  /** When it happened, epoch ms by the host's clock; the record may be written later. */
  readonly at: number;
  readonly who: AuditWho;
  readonly what: AuditWhat;
  readonly why: string;
  readonly policyVersion: string;
};

/** One line of a chain. Plain data. */
export type AuditRecord = {
  readonly schema: 1;
  /** Which chain it belongs to: a record cannot be moved into another one. */
  readonly chain: string;
  /** From 1, without a gap. */
  readonly sequence: number;
  readonly id: string;
  readonly step: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly who: { readonly id: string; readonly how: string };
  readonly what: Readonly<Record<string, AuditValue>>;
  readonly why: string;
  readonly policyVersion: string;
  /** `hash` of the record before it; of the first one the hash of the chain's name. */
  readonly previous: string;
  /** SHA-256, hex, of the canonical JSON of everything else in the record. */
  readonly hash: string;
};

type AuditValue = string | number | null | readonly string[];

/** The last record of a chain, as far as the next one needs it. */
export type ChainEnd = Pick<AuditRecord, 'chain' | 'sequence' | 'hash'>;

const textMax = 500;
const listMax = 200;
/** The last moment that an ISO date of four digits can tell. */
const lastAt = Date.parse('9999-12-31T23:59:59.999Z');

/** What the first record of a chain has as its `previous`. */
export function startOf(chain: string): ChainEnd {
  return { chain, sequence: 0, hash: sha256(chain) };
}

/** The record after `end`. Texts become one harmless line each, with secrets masked and cut to size. */
export function recordAfter(end: ChainEnd, facts: AuditFacts): AuditRecord {
  const { id, step, at, who, what, why, policyVersion } = facts;
  const body = {
    schema: 1 as const,
    chain: end.chain,
    sequence: end.sequence + 1,
    id: textOf(id),
    step,
    at: isoOf(at),
    who: { id: textOf(who.id), how: who.how },
    what: whatOf(what),
    why: textOf(why),
    policyVersion: textOf(policyVersion),
    previous: end.hash,
  };
  return { ...body, hash: hashOf(body) };
}

/** The record as its one line, without the line break: canonical JSON by RFC 8785. */
export function lineOf(record: AuditRecord): string {
  return canonicalize(record) ?? '';
}

/**
 * The record that a line holds; `null` where it is no JSON, not of a record's form, or not the very
 * text that a record is written as.
 */
export function parseRecord(line: string): AuditRecord | null {
  const parsed = parse(line);
  return isRecord(parsed) && lineOf(parsed) === line ? parsed : null;
}

/** Does its hash tell what stands in it? */
export function isSound(record: AuditRecord): boolean {
  const { hash, ...body } = record;
  return hashOf(body) === hash;
}

/** SHA-256 of a text, as hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** A time as records have it; what is no time becomes the nearest that there is. */
export function isoOf(atMs: number): string {
  const at = Number.isNaN(atMs) ? 0 : Math.min(Math.max(atMs, 0), lastAt);
  return new Date(at).toISOString();
}

function hashOf(body: object): string {
  return sha256(canonicalize(body) ?? '');
}

/** A few times the size is enough to mask what would be cut in two. */
function textOf(text: string): string {
  return cleanText(maskSecrets(text.slice(0, textMax * 4)), textMax);
}

function whatOf(what: AuditWhat): Record<string, AuditValue> {
  const entries = Object.entries(what).flatMap(([name, value]): [string, AuditValue][] => {
    const kept = valueOf(value);
    return kept === undefined ? [] : [[name, kept]];
  });
  return Object.fromEntries(entries);
}

function valueOf(value: AuditWhat[keyof AuditWhat]): AuditValue | undefined {
  if (value === undefined || value === null) return value;
  if (typeof value === 'string') return textOf(value);
  if (typeof value === 'number') return Number.isFinite(value) ? Math.round(value) + 0 : null;
  return value.slice(0, listMax).map(textOf);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

const texts = ['chain', 'id', 'step', 'at', 'why', 'policyVersion', 'previous', 'hash'] as const;
const names = [...texts, 'schema', 'sequence', 'who', 'what'];

function isRecord(value: unknown): value is AuditRecord {
  if (!isPlain(value) || Object.keys(value).length !== names.length) return false;
  if (!names.every((name) => Object.hasOwn(value, name))) return false;
  const { schema, sequence, who, what } = value;
  return (
    schema === 1 &&
    Number.isSafeInteger(sequence) &&
    texts.every((name) => typeof value[name] === 'string') &&
    isPlain(who) &&
    Object.keys(who).length === 2 &&
    typeof who['id'] === 'string' &&
    typeof who['how'] === 'string' &&
    isPlain(what) &&
    Object.values(what).every(isValue)
  );
}

function isValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  return value === null || typeof value === 'string' || typeof value === 'number';
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
