import type { WriteRecord } from '../../../local/azure/contract';
import { contender, vmOfInstall } from './openNight';

/** What the write log of the local Azure says of one contender's night. Times in ms from its begin. */
export type NightWrites = {
  /** VMs whose install was accepted at least once, and when the last of them first was. */
  readonly vms: number;
  readonly lastFirstMs: number;
  /** Accepted writes, and refused ones by status and code. */
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  /** Writes of a kind to a VM that had been written to before, because that had failed. */
  readonly retries: number;
  /** The same without such a cause, and writes of what had been there; and where the first were. */
  readonly needless: number;
  readonly needlessAt: readonly string[];
  /** When the last install ended well. */
  readonly lastLandedMs: number;
  /** Installs that ended well, that failed, and that the platform gave up. */
  readonly landed: number;
  readonly failed: number;
  readonly givenUp: number;
};

/** Reads the log: writes of everybody, of which those of the contender count. */
export function nightWrites(records: readonly WriteRecord[], beganAt: number): NightWrites {
  const own = records.filter(({ caller }) => caller.objectId === contender.objectId);
  const accepted = own.filter(({ status }) => status >= 200 && status < 300);
  const installs = accepted.filter(({ path }) => vmOfInstall(path) !== null);
  const firsts = new Map<string, number>();
  for (const { path, at } of installs) {
    const key = path.toLowerCase();
    if (!firsts.has(key)) firsts.set(key, Date.parse(at) - beganAt);
  }
  const ended = (outcome: WriteRecord['outcome']): WriteRecord[] =>
    installs.filter((one) => one.outcome === outcome);
  const landed = ended('succeeded').filter(({ effectiveAt }) => effectiveAt !== undefined);
  const failed = ended('failed');
  const { retries, needless } = causesOf(accepted);
  return {
    vms: firsts.size,
    lastFirstMs: latest(firsts.values()),
    accepted: accepted.length,
    refused: countBy(own.filter(({ status }) => status >= 300)),
    retries,
    needless: needless.length,
    needlessAt: needless.slice(0, 10),
    lastLandedMs: latest(landed.map(({ effectiveAt = '' }) => Date.parse(effectiveAt) - beganAt)),
    landed: landed.length,
    failed: failed.length,
    givenUp: failed.filter(({ code }) => code === 'VMExtensionProvisioningTimeout').length,
  };
}

/** A second write has a cause where the one before it had ended badly by then. */
function causesOf(accepted: readonly WriteRecord[]): { retries: number; needless: string[] } {
  const last = new Map<string, WriteRecord>();
  const needless: string[] = [];
  let retries = 0;
  for (const record of accepted) {
    const key = `${record.method} ${record.path.toLowerCase()}`;
    const before = last.get(key);
    last.set(key, record);
    const hasFailed = before?.outcome === 'failed' || before?.outcome === 'canceled';
    if (before !== undefined && hasFailed) retries += 1;
    else if (before !== undefined || wasThere(record)) needless.push(key);
  }
  return { retries, needless };
}

/** Whatever the write is for was there before it: an extension that works, a system identity. */
function wasThere({ before }: WriteRecord): boolean {
  const { provisioningState, identity } = (before ?? {}) as Was;
  return provisioningState === 'Succeeded' || (identity?.type ?? '').includes('SystemAssigned');
}

/** What the log keeps of an extension, or of a VM. */
type Was = { provisioningState?: string; identity?: { type?: string } | null };

function latest(times: Iterable<number>): number {
  let last = 0;
  for (const at of times) last = Math.max(last, at);
  return last;
}

function countBy(records: readonly WriteRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, code = '' } of records) {
    const key = `${status} ${code}`.trim();
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
