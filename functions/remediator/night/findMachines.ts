import { isAtOrUnder } from '../../../shared/domain/armId';
import { factsOf } from '../../../shared/domain/fault';
import { batchId, batchSize, type BatchRow } from '../../../shared/domain/remediation/batchRow';
import type { Candidate } from '../../../shared/domain/remediation/candidate';
import type { Entry } from '../../../shared/domain/remediation/entry';
import { firstEntry } from '../../../shared/domain/remediation/firstEntry';
import { judgeCandidate } from '../../../shared/domain/remediation/judgeCandidate';
import { scopesAsked } from '../../../shared/domain/remediation/scopesAsked';
import type { CandidatePage } from '../../../shared/ports/machines';
import { askIndex } from './askIndex';
import type { BatchBook } from './batchBook';
import type { NightRun } from './nightRun';
import { vmKey } from './parkedBatches';
import { readEstate, type EstateKnowledge } from './readEstate';

/** VMs of which a batch exists, by `vmKey`. */
type Seen = Set<string>;

/** Hands a batch that has work in it to whoever does it. */
type Take = (number: number, subscriptionId: string) => void;

/**
 * Finds every VM, judges it by the index, and puts it into a batch: page by page, each page saved
 * before the next is asked for. After a crash it goes on behind the batches that exist. Throws
 * `Fault`; called again it goes on.
 */
export async function findMachines(run: NightRun, book: BatchBook, take: Take): Promise<void> {
  const { row, world } = run;
  if (row.foundAt !== null) return;
  const asked = scopesAsked(row.scopes, world.rules.scopes);
  if (asked.refused.length > 0) {
    await run.save(book.ended(), () => ({ trouble: 'scopeNotAllowed' }));
  }
  if (asked.query.length === 0) {
    await run.save(book.ended(), () => ({ foundAt: world.clock.now() }));
    return;
  }
  const estate = await readEstate(run);
  const seen = await seenBefore(run, take);
  let token = row.cursor.token;
  let isFirst = true;
  do {
    if (run.isLost || run.row.cancelAt !== null) return;
    const page = await askPage(run, asked.query, token, isFirst);
    isFirst = false;
    const candidates = page.candidates.filter(
      ({ vmId }) => asked.within?.some((scope) => isAtOrUnder(vmId, scope)) ?? true,
    );
    await batchUp(run, { estate, seen, take }, candidates);
    if (page.strange > 0) world.log.warn('remediation.strangeRows', { rows: page.strange });
    token = page.next;
    const lastId = candidates.at(-1)?.vmId ?? '';
    await run.save(book.ended(), () => ({ cursor: { token, lastId } }));
  } while (token !== null);
  // An identity that may read nothing sees an empty estate: nobody should take that for a good night.
  const trouble = seen.size === 0 ? 'nothingFound' : run.row.trouble;
  await run.save(book.ended(), () => ({ foundAt: world.clock.now(), trouble }));
}

/** A token that was kept over a restart may not be taken any more: then all is listed once more. */
async function askPage(
  run: NightRun,
  scopes: readonly string[],
  token: string | null,
  isFirst: boolean,
): Promise<CandidatePage> {
  const { index } = run.world;
  try {
    return await askIndex(run, () => index.listCandidates(scopes, token));
  } catch (error) {
    const { kind } = factsOf(error);
    if (!isFirst || token === null || kind !== 'invalid') throw error;
    return askPage(run, scopes, null, false);
  }
}

/** Batches that exist already, also those that a crash left behind the last save of the run's row. */
async function seenBefore(run: NightRun, take: Take): Promise<Seen> {
  const seen: Seen = new Set();
  const counted = run.row.batches;
  for (let number = 0; ; number++) {
    const stored = await run.world.ledger.remediationBatches.get(batchId(run.id, number));
    if (stored === null) return seen;
    for (const { vmId } of stored.row.entries) seen.add(vmKey(vmId));
    if (number >= counted && run.adopt(stored.row) === 'open') {
      take(number, stored.row.subscriptionId);
    }
  }
}

type Finding = { readonly estate: EstateKnowledge; readonly seen: Seen; readonly take: Take };

/** A page has VMs of many subscriptions, a batch of one. */
async function batchUp(
  run: NightRun,
  { estate, seen, take }: Finding,
  candidates: readonly Candidate[],
): Promise<void> {
  const now = run.world.clock.now();
  const bySubscription = new Map<string, Entry[]>();
  for (const candidate of candidates) {
    const key = vmKey(candidate.vmId);
    if (seen.has(key)) continue;
    seen.add(key);
    const around = estate.around(candidate);
    const verdict = judgeCandidate(candidate, around, run.world.rules);
    const entry = firstEntry(candidate, around, verdict, estate.standingOf(candidate), now);
    const entries = bySubscription.get(candidate.subscriptionId) ?? [];
    bySubscription.set(candidate.subscriptionId, entries);
    entries.push(entry);
  }
  for (const [subscriptionId, entries] of bySubscription) {
    for (const some of evenParts(entries, batchSize)) {
      await insertBatch(run, subscriptionId, some, take);
    }
  }
}

/** As few parts as there can be of at most so many, of one size. */
function evenParts<Item>(items: readonly Item[], max: number): Item[][] {
  const parts = Math.ceil(items.length / max);
  const size = Math.ceil(items.length / parts);
  return Array.from({ length: parts }, (_item, at) => items.slice(at * size, (at + 1) * size));
}

async function insertBatch(
  run: NightRun,
  subscriptionId: string,
  entries: readonly Entry[],
  take: Take,
): Promise<void> {
  const number = run.batches;
  const id = batchId(run.id, number);
  const row: BatchRow = { schema: 1, id, runId: run.id, number, subscriptionId, entries };
  const inserted = await run.world.ledger.remediationBatches.insert(row);
  if (inserted === 'exists') {
    // Ours, whose answer was lost; of somebody else's the run's own row will tell.
    const stored = await run.world.ledger.remediationBatches.get(id);
    if (JSON.stringify(stored?.row) !== JSON.stringify(row)) {
      run.isLost = true;
      return;
    }
  }
  if (run.adopt(row) === 'open') take(number, subscriptionId);
}
