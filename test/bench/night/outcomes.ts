import type { Entry, Outcome } from '../../../shared/domain/remediation/entry';
import type { NightLedger } from '../../../shared/ports/nightLedger';
import { entriesOf } from '../../support/nightStage';
import type { OpenNight } from './openNight';

/** What the ledger says of each VM, held against what is true of it. */
export type OutcomeFigures = {
  readonly ended: Readonly<Partial<Record<Outcome, number>>>;
  /** VMs by reason, where one was given. */
  readonly reasons: Readonly<Record<string, number>>;
  /** VMs without an entry, with two, or with one that is not at its end. */
  readonly missing: number;
  readonly doubled: number;
  readonly open: number;
  /** VMs whose outcome is not what Azure shows: ids and outcomes. */
  readonly untrue: readonly string[];
};

/** Reads every row of the run. VMs that vanished before they were found need no outcome. */
export async function judgeOutcomes(
  night: OpenNight,
  ledger: NightLedger,
  runId: string,
): Promise<OutcomeFigures> {
  const entries = await entriesOf(ledger, runId);
  const byId = new Map<string, Entry>();
  let doubled = 0;
  for (const entry of entries) {
    const key = entry.vmId.toLowerCase();
    if (byId.has(key)) doubled += 1;
    byId.set(key, entry);
  }
  const missing = night.vmIds
    .map((id) => id.toLowerCase())
    .filter((key) => !byId.has(key) && !night.vanishing.has(key));
  const untrue = entries.filter((entry) => !isTrue(entry, night));
  return {
    ended: countBy(entries, ({ end }) => end?.outcome),
    reasons: countBy(entries, ({ end }) => end?.reason ?? undefined),
    missing: missing.length,
    doubled,
    open: entries.filter(({ end }) => end === null).length,
    untrue: untrue.map(({ vmId, end }) => `${vmId}: ${end?.outcome} ${end?.reason ?? ''}`.trim()),
  };
}

/** Does Azure show what the entry says? */
function isTrue({ vmId, end }: Entry, { azure, vanishing, contested }: OpenNight): boolean {
  const vm = azure.resourceManager.estate.vms.get(vmId.toLowerCase());
  const isVanished = vanishing.has(vmId.toLowerCase());
  if (end === null || vm === undefined) {
    // Whoever was made ready before it vanished is told as what it was then; being gone is no failure.
    return end !== null && isVanished && end.reason !== 'refused';
  }
  const state = vm.extensions?.find(({ type }) => /^aad/i.test(type))?.provisioningState;
  const isReady = state === 'Succeeded' && vm.identity?.system === true;
  switch (end.outcome) {
    case 'fixed':
    case 'ready':
      return isReady;
    case 'failed':
      return vm.guest?.login !== undefined && !isReady;
    case 'skipped':
      // Somebody else was at it: that is known, and looked at again in the night after.
      return contested.has(vmId.toLowerCase()) && end.reason === 'extensionBusy';
    case 'wouldFix':
    case 'quarantined':
      return false;
  }
}

function countBy<Item, Key extends string>(
  items: readonly Item[],
  keyOf: (item: Item) => Key | undefined,
): Partial<Record<Key, number>> {
  const counts: Partial<Record<Key, number>> = {};
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
