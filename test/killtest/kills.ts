import { join } from 'node:path';
import { DiskStore } from '../../local/functions/engine/diskStore';
import type { Blow } from './plan';

/** One death of the host by our hand, and what it was in the middle of. */
export type Kill = {
  /** Epoch ms. */
  at: number;
  /** False: it was killed while it started. */
  wasReady: boolean;
  /** Names of the activities that were running, by the engine's own journal. */
  activities: string[];
  /** What the requests were that Resource Manager had not answered. */
  requests: string[];
};

/** In mid-step: an activity was running, or a request was on its way. Episodes leave no trace. */
export function isMidStep({ activities, requests }: Kill): boolean {
  return activities.length > 0 || requests.length > 0;
}

/**
 * Reads which activities the journal of a dead host shows as begun in its life and not ended. Those
 * of earlier lives stay in it until their messages are visible again, and do not count.
 */
export function runningActivities(folder: string, livedFromMs: number): string[] {
  const store = new DiskStore(join(folder, 'functions'));
  try {
    return store
      .load()
      .flatMap(({ head }) => head.activities)
      .filter(({ startedAt }) => startedAt !== undefined && startedAt >= livedFromMs)
      .map(({ name }) => name);
  } finally {
    store.close();
  }
}

/** Kills one life after the other at the moments that are drawn, until it is stopped. */
export class Killer {
  readonly kills: Kill[] = [];
  /** From the start of a process until it was ready, for each that became ready. */
  readonly startedInMs: number[] = [];
  /** Deaths that were not ours. */
  readonly otherDeaths: string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isArmed = false;
  private bornAt = 0;
  private isReady = false;
  private next: Blow | undefined;
  private pending: Omit<Kill, 'activities'> | undefined;

  constructor(
    private readonly folder: string,
    private readonly draw: () => Blow,
    private readonly inFlight: () => string[],
    private readonly hostPid: () => number,
  ) {}

  /** From now on no life goes on for ever. */
  arm(): void {
    this.isArmed = true;
    this.next = this.draw();
    this.plan(this.isReady ? 'ready' : 'starting');
  }

  disarm(): void {
    this.isArmed = false;
    clearTimeout(this.timer);
  }

  started(): void {
    this.bornAt = Date.now();
    this.isReady = false;
    if (!this.isArmed) return;
    this.next = this.draw();
    this.plan('starting');
  }

  ready(): void {
    this.isReady = true;
    this.plan('ready');
    this.startedInMs.push(Date.now() - this.bornAt);
  }

  died(how: string): void {
    clearTimeout(this.timer);
    const { pending } = this;
    this.pending = undefined;
    if (pending === undefined) this.otherDeaths.push(how);
    else this.kills.push({ ...pending, activities: runningActivities(this.folder, this.bornAt) });
  }

  private plan(now: Blow['while']): void {
    const { next } = this;
    // One that was to strike while it started, and came too late for that, strikes all the same.
    if (!this.isArmed || next?.while !== now) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.kill(), next.afterMs);
  }

  private kill(): void {
    const pid = this.hostPid();
    if (pid === 0) return;
    this.pending = { at: Date.now(), wasReady: this.isReady, requests: this.inFlight() };
    process.kill(pid, 'SIGKILL');
  }
}
