import { batchSize } from '../../../shared/domain/remediation/batchRow';
import { nightTimes } from '../../../shared/domain/remediation/nightTimes';
import type { PlannedWrite } from '../../../shared/domain/remediation/verdict';
import type { BatchBook, OpenBatch } from './batchBook';
import { lookAt } from './lookAt';
import type { NightRun } from './nightRun';
import type { Parkable } from './parkedBatches';
import { sendWrites } from './sendWrites';

/** A write that may leave as soon as there is room. */
export type ReadyWrite = {
  readonly batch: OpenBatch;
  readonly place: number;
  readonly write: PlannedWrite;
  readonly etag: string;
  /** When the VM was looked at, epoch ms by the host's clock. */
  readonly lookedAt: number;
};

/** Writes that are kept ready beyond what may leave at once: some seconds of Azure's rate. */
const readyAhead = 30;
/** VMs that were written to and may be looked at again, of which no more are brought back. */
const dueAhead = 24;
const widthFirst = 8;
const widthMax = 512;
/** One save announces this many writes of a batch at most, so that all leave soon after it. */
const groupMax = 40;

/**
 * What one subscription can take: its own requests, side by side with all others. Not a fixed pool:
 * while there is room in Azure's counts and work to do, more requests are under way at once; a
 * refusal for want of room halves them.
 */
export class Lane {
  /** Batches that nobody has opened yet. */
  readonly unopened: number[] = [];
  readonly ready: ReadyWrite[] = [];
  private readonly open = new Set<OpenBatch>();
  private readonly parked = new Set<number>();
  private underWay = 0;
  private readonly opening = new Set<number>();
  private announced = 0;
  /** A region that it has VMs in, for a first guess. */
  private location = '';
  private width = widthFirst;
  private pausedUntil = 0;

  constructor(
    readonly subscriptionId: string,
    private readonly run: NightRun,
    private readonly book: BatchBook,
  ) {}

  add(batch: OpenBatch): void {
    this.open.add(batch);
  }

  drop(batch: OpenBatch): void {
    this.open.delete(batch);
  }

  /** A batch about which nothing is to be done for a while: its row is enough. */
  park(batch: Parkable): void {
    this.book.park(batch);
    this.parked.add(batch.number);
  }

  /** Batches that are not in memory and hold VMs that nothing is awaited of: no longer its own. */
  takeIdle(): number[] {
    const idle = [...this.parked].filter(
      (number) => this.book.parked.hasIdle(number) && !this.opening.has(number),
    );
    for (const number of idle) this.parked.delete(number);
    return [...this.unopened.splice(0), ...idle];
  }

  /** Nothing that is ready leaves any more. */
  stop(): void {
    for (const { batch, place } of this.ready.splice(0)) batch.busy.delete(place);
  }

  get isIdle(): boolean {
    return this.underWay === 0 && this.opening.size === 0;
  }

  /** Begins whatever may begin now. Never waits, never throws: what fails is told in its entry. */
  dispatch(now: number): void {
    if (this.run.isLost || now < this.pausedUntil) return;
    this.dropStale(now);
    this.startLooks(now);
    this.startWrites();
    this.openMore();
    this.openDue(now);
    // There was room in Azure's counts and none here: the width is the limit, so it grows.
    if (this.underWay >= this.width) this.width = Math.min(widthMax, this.width * 2);
  }

  /** Azure has no room: everything of this subscription waits, and comes back narrower. */
  throttled(pauseMs: number, now: number): void {
    this.width = Math.max(widthFirst, Math.floor(this.width / 2));
    this.pausedUntil = Math.max(this.pausedUntil, now + pauseMs);
  }

  /** A look that is too old proves too little: the VM is looked at again. */
  private dropStale(now: number): void {
    for (const one of this.ready.splice(0)) {
      if (now - one.lookedAt < nightTimes.lookGood) this.ready.push(one);
      else one.batch.busy.delete(one.place);
    }
  }

  private startLooks(now: number): void {
    let ahead = this.ready.length;
    let room = Math.min(
      this.width - this.underWay,
      this.run.world.pace.readRoom(this.subscriptionId),
    );
    const aheadMax = readyAhead + Math.min(widthMax, this.writeRoom(this.location));
    for (const batch of this.open) {
      for (const [place, entry] of batch.entries.entries()) {
        if (room <= 0) return;
        if (entry.end !== null || entry.nextAt > now || batch.busy.has(place)) continue;
        const sentAt = entry.sent.at(-1)?.at ?? 0;
        const isFresh = now - sentAt < nightTimes.lookGood;
        if (entry.stage === 'identitySent' && entry.plan.length > 0 && isFresh) {
          this.keepReady(batch, place, sentAt);
          continue;
        }
        const isFirst = entry.stage === 'waiting' && entry.sent.length === 0;
        if (isFirst && ahead >= aheadMax) continue;
        ahead += 1;
        room -= 1;
        this.look(batch, place);
      }
    }
  }

  /**
   * The extension follows its identity without another look: the VM is as it was a moment ago.
   * After a pause, or a crash, it may be another by then.
   */
  private keepReady(batch: OpenBatch, place: number, lookedAt: number): void {
    const write = batch.entries[place]?.plan[0];
    if (write === undefined) return;
    batch.busy.add(place);
    this.ready.unshift({ batch, place, write, etag: '', lookedAt });
  }

  private look(batch: OpenBatch, place: number): void {
    batch.busy.add(place);
    this.underWay += 1;
    const { location = '' } = batch.entries[place] ?? {};
    this.location ||= location;
    void lookAt(this.run, this.book, { batch, place }, this).then((found) => {
      this.underWay -= 1;
      if (found === null) batch.busy.delete(place);
      else this.ready.push(found);
    });
  }

  /** How many writes may leave, those that are announced and have not left yet taken off. */
  private writeRoom(location: string): number {
    return this.run.world.pace.writeRoom(this.subscriptionId, location) - this.announced;
  }

  private startWrites(): void {
    while (this.ready.length > 0 && this.underWay < this.width) {
      const [first] = this.ready;
      if (first === undefined) return;
      const { location = '' } = first.batch.entries[first.place] ?? {};
      const room = Math.min(this.width - this.underWay, this.writeRoom(location), groupMax);
      if (room < 1) return;
      this.send(this.takeGroup(first.batch, location, room), location);
    }
  }

  /** Writes of one batch and one region: what one save announces. */
  private takeGroup(batch: OpenBatch, location: string, room: number): ReadyWrite[] {
    const group: ReadyWrite[] = [];
    const rest: ReadyWrite[] = [];
    for (const one of this.ready) {
      const fits =
        group.length < room &&
        one.batch === batch &&
        one.batch.entries[one.place]?.location === location;
      (fits ? group : rest).push(one);
    }
    this.ready.splice(0, this.ready.length, ...rest);
    return group;
  }

  private send(group: readonly ReadyWrite[], location: string): void {
    this.underWay += group.length;
    this.announced += group.length;
    const left = (): void => {
      this.announced -= 1;
    };
    void sendWrites(this.run, this.book, group, { lane: this, location, left }).then(() => {
      this.underWay -= group.length;
      for (const { batch, place } of group) batch.busy.delete(place);
    });
  }

  /** Opens the next batch while too little of what is open still waits for its first look. */
  private openMore(): void {
    const waiting = [...this.open].reduce(
      (sum, { entries }) => sum + entries.filter(({ stage }) => stage === 'waiting').length,
      0,
    );
    const wanted = 2 * readyAhead + Math.min(widthMax, this.writeRoom(this.location));
    const batches = Math.ceil((wanted - waiting) / batchSize) - this.opening.size;
    for (const number of this.unopened.splice(0, Math.max(0, batches))) {
      // Storage cannot be reached: the batch comes again.
      this.openOne(number, () => this.unopened.unshift(number));
    }
  }

  /** Brings parked batches back of which something is due, no more than can be looked at soon. */
  private openDue(now: number): void {
    let due = 0;
    for (const { entries } of this.open) {
      for (const { end, nextAt, sent } of entries) {
        if (end === null && nextAt <= now && sent.length > 0) due += 1;
      }
    }
    for (const number of this.parked) {
      if (due >= dueAhead) return;
      const count = this.opening.has(number) ? 0 : this.book.parked.dueIn(number, now);
      due += count;
      if (count > 0) this.openOne(number, () => undefined);
    }
  }

  private openOne(number: number, failed: () => void): void {
    this.opening.add(number);
    this.book
      .open(number)
      .then((batch) => {
        this.parked.delete(number);
        this.open.add(batch);
      })
      .catch(failed)
      .finally(() => {
        this.opening.delete(number);
      });
  }
}
