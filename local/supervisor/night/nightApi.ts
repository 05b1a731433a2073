/** A run as the API shows it: what the story tells of it. */
export type ShownRun = {
  readonly id: string;
  readonly phase: 'asked' | 'running' | 'cancelling' | 'done' | 'cancelled';
  readonly vms: {
    readonly found: number;
    readonly isWhole: boolean;
    readonly ended: number;
    readonly ready: number;
    readonly fixed: number;
    readonly wouldFix: number;
    readonly skipped: number;
    readonly failed: number;
    readonly quarantined: number;
  };
  readonly writes: number;
  readonly reads: number;
  readonly secondsLeft: number | null;
};

/** One VM in a report. */
export type ShownVm = {
  readonly name: string;
  readonly outcome: string;
  readonly reason: string | null;
};

/** What the story asks of the main app, as a person would. */
export type NightApi = {
  /** `null`: there is no such run yet. */
  run(id: string): Promise<ShownRun | null>;
  start(key: string, reason: string): Promise<string>;
  report(id: string, format: 'json' | 'csv' | 'html'): Promise<string>;
};

const turnsMax = 30;
const againAfterMs = 30_000;

/** Calls the API; throws with its answer where that is not what the story expects. */
export function nightApi(base: string): NightApi {
  const call = async (path: string, init?: RequestInit): Promise<Response> => {
    for (let turn = 1; ; turn++) {
      const answer = await fetch(`${base}/${path}`, init);
      if (answer.ok || answer.status === 404) return answer;
      // Storage is on the real clock: what takes it a tenth of a second takes six on this one.
      if (answer.status !== 503 || turn >= turnsMax) {
        throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      }
      await new Promise((done) => setTimeout(done, againAfterMs));
    }
  };
  return {
    run: async (id) => {
      const answer = await call(`remediations/${id}`);
      return answer.status === 404 ? null : ((await answer.json()) as ShownRun);
    },
    start: async (key, reason) => {
      const answer = await call('remediations', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ dryRun: false, reason }),
      });
      return ((await answer.json()) as { id: string }).id;
    },
    report: async (id, format) => {
      const answer = await call(`remediations/${id}/report?format=${format}`);
      return answer.text();
    },
  };
}
