import { Commands } from './commands';
import { runEpisode } from './episode';
import { newEvent, type HistoryEvent } from './history';
import { Instance } from './instance';
import type { Json } from './json';
import type { EngineOptions } from './ports';
import { draw } from './profile';
import type { InstanceHead } from './store';
import { Work } from './work';

/** Longest span that setTimeout can wait for. */
const longestTimeoutMs = 2_000_000_000;

/**
 * A Durable Task engine for one task hub. All durable state is in the store; `kill` drops the rest
 * at once, and another engine on the same store goes on.
 */
export class Engine {
  readonly instances = new Map<string, Instance>();
  readonly commands: Commands;
  readonly work: Work;
  private readonly delays = new Set<NodeJS.Timeout>();
  private alive = false;
  private accepting = false;
  private running = 0;
  private drained: (() => void)[] = [];

  constructor(readonly options: EngineOptions) {
    this.commands = new Commands(this);
    this.work = new Work(this);
  }

  /** Loads the store and goes on with what is unfinished. */
  start(): void {
    this.alive = true;
    this.accepting = true;
    const { store, profile } = this.options;
    for (const stored of store.load()) {
      const instance = new Instance(stored, store, true);
      this.instances.set(instance.id, instance);
      if (instance.isOver) continue;
      this.later(instance, draw(profile.chance, profile.takeOverMs), () => this.takeOver(instance));
    }
  }

  private takeOver(instance: Instance): void {
    for (const timer of instance.head.timers) this.work.startTimer(instance, timer);
    for (const activity of instance.head.activities) this.work.resumeActivity(instance, activity);
    if (instance.head.inbox.length > 0 || instance.head.freshGeneration) this.wake(instance);
  }

  /** Abrupt death: no timer, callback or result of this engine acts afterwards. */
  kill(): void {
    this.alive = false;
    this.accepting = false;
    for (const handle of this.delays) clearTimeout(handle);
    this.delays.clear();
    for (const instance of this.instances.values()) instance.clearHandles();
    for (const done of this.drained.splice(0)) done();
  }

  /** Takes no new work, waits at most `drainMs` for what runs, then dies. */
  async stop(drainMs: number): Promise<void> {
    this.accepting = false;
    if (this.running > 0) {
      await new Promise<void>((resolve) => {
        this.drained.push(resolve);
        const handle = setTimeout(resolve, drainMs);
        this.delays.add(handle);
      });
    }
    this.kill();
  }

  get isAlive(): boolean {
    return this.alive;
  }

  get isAccepting(): boolean {
    return this.accepting;
  }

  /** Adds a new instance and its first message. */
  create(head: InstanceHead): Instance {
    const old = this.instances.get(head.instanceId);
    if (old !== undefined) this.discard(old);
    const instance = new Instance({ head, history: [] }, this.options.store, false);
    this.instances.set(instance.id, instance);
    instance.save();
    this.wake(instance);
    return instance;
  }

  /** Forgets an instance in memory and in the store. */
  discard(instance: Instance): void {
    instance.replaced = true;
    instance.clearHandles();
    this.instances.delete(instance.id);
    this.options.store.remove(instance.id);
  }

  /** Accepts a message for an instance, durably, and wakes it. */
  post(instance: Instance, type: number, fields: Record<string, Json>): void {
    if (instance.isOver) return;
    instance.head.inbox.push(newEvent(type, Date.now(), fields));
    instance.save();
    this.wake(instance);
  }

  /** Delivers a message that the store already knows in another form (a timer that fired). */
  deliver(instance: Instance, event: HistoryEvent): void {
    instance.head.inbox.push(event);
    this.wake(instance);
  }

  /** Runs episodes until the inbox is empty. */
  wake(instance: Instance): void {
    if (instance.busy || instance.isOver || !this.accepting) return;
    instance.busy = true;
    const { chance, episodeStartMs } = this.options.profile;
    const delayMs = draw(chance, episodeStartMs);
    const begin = (): void => {
      void this.track(this.pump(instance));
    };
    if (delayMs > 0) this.later(instance, delayMs, begin);
    else queueMicrotask(begin);
  }

  private async pump(instance: Instance): Promise<void> {
    while (this.accepting && !instance.isOver) {
      if (instance.head.inbox.length === 0 && !instance.head.freshGeneration) break;
      await runEpisode(this, instance);
    }
    instance.busy = false;
  }

  /** Counts work in progress, for draining. */
  async track(work: Promise<void>): Promise<void> {
    this.running += 1;
    try {
      await work;
    } catch (error) {
      // A store that cannot write, or a mistake of ours: going on would lose work in silence.
      this.options.fatal(error);
    } finally {
      this.running -= 1;
      if (this.running === 0) for (const done of this.drained.splice(0)) done();
    }
  }

  /** Runs `action` in `ms`, unless this engine or the instance is gone by then. */
  later(instance: Instance, ms: number, action: () => void): void {
    const waitMs = Math.min(Math.max(ms, 0), longestTimeoutMs);
    const handle = setTimeout(() => {
      instance.handles.delete(handle);
      if (!this.alive || instance.isOver) return;
      if (ms > waitMs) this.later(instance, ms - waitMs, action);
      else action();
    }, waitMs);
    instance.handles.add(handle);
  }

  trace(...args: Parameters<EngineOptions['trace']>): void {
    this.options.trace(...args);
  }
}
