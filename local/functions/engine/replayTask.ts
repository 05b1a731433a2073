/**
 * A task of the replay: settled at most once, synchronously. Promises would settle a turn later
 * and give ids in another order than the real engine.
 */
export class ReplayTask {
  private waiting: (() => void)[] = [];
  done = false;
  failed = false;

  settle(failed = false): void {
    if (this.done) return;
    this.done = true;
    this.failed = failed;
    const waiting = this.waiting;
    this.waiting = [];
    for (const callback of waiting) callback();
  }

  whenDone(callback: () => void): void {
    if (this.done) callback();
    else this.waiting.push(callback);
  }

  static settled(): ReplayTask {
    const task = new ReplayTask();
    task.settle();
    return task;
  }
}
