import type { Call } from '../http/call';
import type { SecurityRuleProperties } from '../../../local/azure/resourceManager/securityRule';

/** A rule called ours, from when the network obeyed it until it no longer did. */
export type Stay = {
  readonly nsgId: string;
  readonly name: string;
  readonly properties: SecurityRuleProperties;
  readonly fromMs: number;
  /** `null`: it stands still. */
  toMs: number | null;
  /** Who wrote the content that the network obeyed. */
  readonly by: 'app' | 'others';
};

/** A write as Resource Manager received it. */
export type Written = {
  readonly atMs: number;
  readonly by: 'app' | 'others';
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly outcome: 'succeeded' | 'failed' | 'canceled' | null;
  readonly effectiveAtMs: number | null;
  readonly properties: SecurityRuleProperties | null;
  /** Something of this name stood there when the write was received. */
  readonly existed: boolean;
};

/** A read of one NSG that was answered 200, as the app got it: faults on the way included. */
export type NsgLook = {
  /** In lower case. */
  readonly nsgId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly body: string;
};

/** A PUT of a rule as it left the app; on its way it may be held for long. */
export type SentPut = {
  /** Of the rule, in lower case. */
  readonly path: string;
  readonly atMs: number;
  readonly body: string;
  /** What the app was answered; `null`: nothing. */
  status: number | null;
};

/** A page of a list of NSGs: asked for, and then shown. */
export type NsgListed = {
  /** In lower case. */
  readonly path: string;
  readonly atMs: number;
  readonly isShown: boolean;
};

/** Which addresses the machines have, by the ids of VMs in lower case, from a time on. */
export type Addresses = {
  readonly atMs: number;
  readonly held: ReadonlyMap<string, readonly string[]>;
};

/** A line of the app's log, as far as it is judged. */
export type Line = { readonly atMs: number; readonly fields: Readonly<Record<string, unknown>> };

/** An event that the app took: it answered 2xx. */
export type Taken = {
  readonly atMs: number;
  readonly eventId: string;
  readonly operation: string;
  /** What was written or deleted, in lower case. */
  readonly resource: string;
};

/** A wish that the app has accepted. */
export type Accepted = {
  readonly atMs: number;
  readonly windowId: string;
  /** The new deadline, epoch ms; `null`: the window is to be closed. */
  readonly untilMs: number | null;
};

/** All that the oracle judges by. Nothing in it comes from the app but its log. */
export type History = {
  readonly stays: readonly Stay[];
  readonly writes: readonly Written[];
  readonly looks: readonly NsgLook[];
  readonly puts: readonly SentPut[];
  readonly lists: readonly NsgListed[];
  /** In the order of time; the first from the beginning. */
  readonly addresses: readonly Addresses[];
  /** What was not as before after a write of the app, as sentences. */
  readonly foreignChanges: readonly string[];
  readonly foreignEdits: number;
  readonly lines: readonly Line[];
  /** The same of the sweeper app's own log. */
  readonly sweeperLines: readonly Line[];
  readonly taken: readonly Taken[];
  readonly accepted: readonly Accepted[];
  /** Windows that somebody asked to close, whether or not there was an answer. */
  readonly askedToClose: readonly string[];
  /** Calls of the API that reached a host, in the order of their arrival. */
  readonly calls: readonly Call[];
  /** Events that the app took and nobody can read. */
  readonly malformed: number;
  /** Liveness runs: rules of ours that stood when all should have been at rest. */
  readonly standingAtRest: readonly string[] | null;
  /** Liveness runs: what the ledger held as not yet ended then, by ids. */
  readonly ledgerAtRest: {
    readonly live: readonly string[];
    readonly open: readonly string[];
  } | null;
  /** Liveness runs: writes of the app while nothing should have been written. */
  readonly quietWrites: readonly string[];
};

export const ownRulePath = /\/networkSecurityGroups\/[^/]+\/securityRules\/postern-[^/]+$/i;

/** The path of a rule as the write log has it, in lower case. */
export function pathOf({ nsgId, name }: Pick<Stay, 'nsgId' | 'name'>): string {
  return `${nsgId}/securityRules/${name}`.toLowerCase();
}

/** What the app has written at this very place: PUTs, DELETEs, or both. */
export function byAppAt(
  { writes }: Pick<History, 'writes'>,
  stay: Pick<Stay, 'nsgId' | 'name'>,
  method?: 'PUT' | 'DELETE',
): Written[] {
  const own = pathOf(stay);
  return writes.filter(
    (one) =>
      one.by === 'app' &&
      (method === undefined || one.method === method) &&
      one.path.toLowerCase() === own,
  );
}

/** The parts of a rule's name. */
export function partsOf(name: string): { deployment: string; windowId: string } | null {
  const match = /^postern-([a-z0-9]{6})-([a-z2-7]{20})-\d{1,2}$/i.exec(name);
  if (match === null) return null;
  return {
    deployment: (match[1] ?? '').toLowerCase(),
    windowId: (match[2] ?? '').toLowerCase(),
  };
}

/** May it take effect, as far as the app can know? What was refused never does. */
export function mayLand({ status }: SentPut): boolean {
  return status === null || status < 400;
}

/** The PUT as it left the app, of one that Resource Manager received: the last one before it. */
export function sentPutOf(
  { puts }: Pick<History, 'puts'>,
  { path, atMs }: Pick<Written, 'path' | 'atMs'>,
): SentPut | undefined {
  const own = path.toLowerCase();
  return puts
    .filter((put) => put.path === own && put.atMs <= atMs)
    .toSorted((one, other) => one.atMs - other.atMs)
    .at(-1);
}

/** When a PUT that Resource Manager received had left the app: what is held up on its way comes late. */
export function sentAtOf(
  history: Pick<History, 'puts'>,
  write: Pick<Written, 'path' | 'atMs'>,
): number {
  return sentPutOf(history, write)?.atMs ?? write.atMs;
}
