import { factsOf } from '../../../shared/domain/fault';
import { afterCancel } from '../../../shared/domain/remediation/afterFault';
import { newScopes } from '../../../shared/domain/remediation/scopesAsked';
import { BatchBook, isParkable, isSettled, type OpenBatch } from './batchBook';
import { findMachines } from './findMachines';
import { finishRun } from './finishRun';
import { Lane } from './lane';
import type { NightRun } from './nightRun';
import { vmKey } from './parkedBatches';
import { resumeBatches } from './resumeBatches';
import { settleBatch } from './settleBatch';
import { watchInstalls, type Woken } from './watchInstalls';
import { nightTimes } from '../../../shared/domain/remediation/nightTimes';

const tickMs = 250;
const flushEveryMs = 3_000;
const saveEveryMs = 5_000;
/** For requests that are under way when the time is over: none takes longer. */
const lastRequestsMs = 18_000;

/**
 * Works on a run until it is over, somebody else has it, or `endsAt` (epoch ms) has come. Throws
 * `Fault` when the ledger cannot be reached: whoever comes next goes on from the rows.
 */
export async function workRun(run: NightRun, endsAt: number): Promise<void> {
  await beginWork(run);
  const work = new Work(run);
  try {
    await work.resume();
    await work.untilOver(endsAt);
  } catch (error) {
    // What still goes on in the background must not write beside whoever comes next.
    run.isLost = true;
    throw error;
  }
}

/** What a run is before anything is found: which of its scopes have their first night. */
async function beginWork(run: NightRun): Promise<void> {
  const { row, world } = run;
  world.pace.restore(row.pace);
  if (row.phase !== 'asked') return;
  const { rules, ledger, clock, log } = world;
  const seen = (await ledger.remediationScopes.get('scopes'))?.row.seen ?? {};
  const isShy = row.kind === 'nightly' && rules.firstNight === 'dryRun';
  const dryScopes = isShy ? newScopes(rules.scopes, seen) : [];
  await run.save(row.tally.ended, () => ({
    phase: 'running',
    startedAt: clock.now(),
    dryScopes,
  }));
  log.info('remediation.begun', { run: run.id, dryRun: row.dryRun, dryScopes: dryScopes.length });
}

/** One worker at one run, in memory: batches, a lane for each subscription, what is awaited. */
class Work {
  private readonly book: BatchBook;
  private readonly lanes = new Map<string, Lane>();
  private readonly woken: Woken = new Map();
  private failedBefore: ReadonlySet<string> = new Set();
  private finding: Promise<void> | null = null;
  private watching: Promise<void> | null = null;
  private settling: Promise<void> | null = null;
  private findFrom = 0;
  private watchFrom = 0;
  private flushFrom = 0;
  private saveFrom = 0;

  constructor(private readonly run: NightRun) {
    this.book = new BatchBook(run);
  }

  async resume(): Promise<void> {
    const { standings } = this.run.world.ledger;
    this.failedBefore = new Set((await standings.list()).map(({ row }) => row.id));
    await resumeBatches(this.run, this.book, (subscriptionId) => this.lane(subscriptionId));
  }

  async untilOver(endsAt: number): Promise<void> {
    const { clock } = this.run.world;
    while (clock.now() < endsAt && !this.run.isLost) {
      await this.round(clock.now());
      if (this.isOver()) break;
      await clock.wait(tickMs);
    }
    await this.leave();
  }

  private lane(subscriptionId: string): Lane {
    const known = this.lanes.get(subscriptionId);
    if (known !== undefined) return known;
    const made = new Lane(subscriptionId, this.run, this.book);
    this.lanes.set(subscriptionId, made);
    return made;
  }

  private async round(now: number): Promise<void> {
    this.find(now);
    if (this.run.row.cancelAt !== null) await this.cancel(now);
    for (const lane of this.lanes.values()) lane.dispatch(now);
    this.watch(now);
    if (now >= this.flushFrom) {
      this.flushFrom = now + flushEveryMs;
      this.settling ??= this.settle().finally(() => {
        this.settling = null;
      });
    }
    if (now >= this.saveFrom) {
      this.saveFrom = now + saveEveryMs;
      await this.run.save(this.book.ended());
    }
  }

  /** Goes on in the background; what fails is tried again for two hours, and then told. */
  private find(now: number): void {
    const { row } = this.run;
    if (row.foundAt !== null || row.cancelAt !== null || this.finding !== null) return;
    if (now < this.findFrom) return;
    this.findFrom = now + nightTimes.watchEvery;
    const isHopeless = now - (row.startedAt ?? now) > nightTimes.findWithin;
    this.finding = (isHopeless ? this.findNoMore() : this.findMore())
      .catch((error: unknown) => this.tell('finding', error))
      .finally(() => {
        this.finding = null;
      });
  }

  private findMore(): Promise<void> {
    return findMachines(this.run, this.book, (number, subscriptionId) =>
      this.lane(subscriptionId).unopened.push(number),
    );
  }

  private findNoMore(): Promise<void> {
    const foundAt = this.run.world.clock.now();
    return this.run.save(this.book.ended(), () => ({ foundAt, trouble: 'notAllFound' }));
  }

  private watch(now: number): void {
    if (this.watching !== null || now < this.watchFrom) return;
    this.watchFrom = now + nightTimes.watchEvery;
    this.watching = watchInstalls(this.run, this.book, this.woken)
      .catch((error: unknown) => this.tell('watching', error))
      .finally(() => {
        this.watching = null;
      });
  }

  private tell(doing: string, error: unknown): void {
    const { kind, code } = factsOf(error);
    const { log } = this.run.world;
    log.warn('remediation.faulty', { run: this.run.id, doing, faultKind: kind, azureCode: code });
  }

  private async settle(): Promise<void> {
    for (const batch of this.book.batches.values()) {
      try {
        await this.book.flush(batch);
        if (isSettled(batch)) await this.letGo(batch);
        else if (isParkable(batch, this.run.world.clock.now())) {
          const lane = this.lane(batch.subscriptionId);
          lane.drop(batch);
          lane.park(batch);
        }
      } catch (error) {
        this.tell('saving', error);
      }
    }
  }

  private async letGo(batch: OpenBatch): Promise<void> {
    for (const { vmId } of batch.entries) this.woken.delete(vmKey(vmId));
    this.lane(batch.subscriptionId).drop(batch);
    await settleBatch(this.run, this.book, batch, this.failedBefore);
  }

  /** Nothing new is begun; what is not open and has something to be ended is opened for that. */
  private async cancel(now: number): Promise<void> {
    if (this.run.row.phase === 'running') {
      await this.run.save(this.book.ended(), () => ({ phase: 'cancelling' }));
    }
    for (const lane of this.lanes.values()) {
      lane.stop();
      for (const number of lane.takeIdle()) lane.add(await this.book.open(number));
    }
    for (const batch of this.book.batches.values()) {
      for (const [place, entry] of batch.entries.entries()) {
        if (entry.end !== null || batch.busy.has(place)) continue;
        const after = afterCancel(entry, now);
        if (after !== entry) this.book.set(batch, place, after);
      }
    }
  }

  private isOver(): boolean {
    const { row, open } = this.run;
    const isFound = row.foundAt !== null || row.cancelAt !== null;
    return isFound && this.finding === null && open.size === 0;
  }

  /** What is under way is waited for, and everything is saved before somebody else may go on. */
  private async leave(): Promise<void> {
    const { clock } = this.run.world;
    const until = clock.now() + lastRequestsMs;
    const isBusy = (): boolean =>
      this.finding !== null ||
      this.watching !== null ||
      this.settling !== null ||
      [...this.lanes.values()].some((lane) => !lane.isIdle);
    while (isBusy() && clock.now() < until) await clock.wait(tickMs);
    if (this.run.isLost) return;
    await this.settle();
    if (this.isOver()) await finishRun(this.run, this.book.ended());
    else await this.run.save(this.book.ended(), () => ({ heldUntil: 0 }));
  }
}
