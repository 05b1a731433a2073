import { subscriptionId } from '../../../local/estate';
import type { LocalAzure } from '../../../local/localAzure';
import { createNightMemory } from '../../../shared/ledgerMemory';
import { isOver } from '../../../shared/domain/remediation/remediationRow';
import type { RemediationRules } from '../../../shared/domain/remediation/remediationRules';
import type { LogLine } from '../../support/simulatedAzure';
import type { BoundaryParts, Crossing } from '../boundaries';
import type { SimulatedClock } from '../clock';
import type { Plan } from '../plan';
import type { Stage } from '../stage';
import { createStrikes } from '../strikes';
import type { Circumstances, Violation } from '../oracle/judge';
import { minute } from '../units';
import { judgeNight } from './oracle/judgeNight';
import { messageOf } from './errands';
import type { NightErrand, NightPlan } from './nightPlan';
import { nightGroup, nightVmId } from './recipes';
import { standingOf } from './standings';
import { type NightWatch, watchNight } from './watch';
import { NightWorker } from './workers';

type Parts = {
  readonly plan: Plan;
  readonly night: NightPlan;
  readonly clock: SimulatedClock;
  readonly azure: LocalAzure;
  readonly isCalm: () => boolean;
  readonly took: BoundaryParts['took'];
  readonly spins: (crossing: Crossing) => void;
  readonly told: (what: string) => void;
};

/** What faults may do to the night. */
export type NightStage = Pick<Night, 'strike' | 'kill' | 'freeze' | 'setClock' | 'second'>;

/** The longest that a night may take once nothing goes wrong any more. */
const restMs = 110 * minute;

/** The remediator app of a run: its workers, what they are asked for, and what they are judged by. */
export class Night {
  readonly watch: NightWatch;
  readonly logs: LogLine[] = [];
  private readonly ledger = createNightMemory();
  private readonly strikes;
  private readonly workers: NightWorker[] = [];

  constructor(private readonly parts: Parts) {
    const { plan, clock, azure } = parts;
    this.watch = watchNight(azure);
    this.strikes = createStrikes(plan.startMs, () => clock.now());
  }

  /** The first worker starts; people and timers follow the plan. */
  begin(): void {
    const { night, plan, clock } = this.parts;
    const first = this.add('one');
    void this.leaveStandings(first);
    for (const errand of night.errands) {
      for (const againMs of errand.isTwice ? [0, 700] : [0]) {
        clock.at(plan.startMs + errand.atMs + againMs, () => this.send(errand));
      }
    }
  }

  /** What earlier nights know of some machines stands in the ledger before anything is asked for. */
  private async leaveStandings(worker: NightWorker): Promise<void> {
    const { night, plan } = this.parts;
    for (const machine of night.machines) {
      if (machine.standing === 'none') continue;
      const row = standingOf(machine, await worker.fingerprint(nightVmId(machine)), plan.startMs);
      if (row === null) continue;
      await this.ledger.standings.insert(row);
      this.watch.onStored('standings', 'insert', [row], null);
    }
  }

  readonly strike: Stage['strike'] = (...strike) => this.strikes.add(...strike);

  /** Every worker dies: a deployment, or the platform. */
  kill(downMs: number): void {
    for (const worker of this.workers) worker.restart(downMs);
  }

  /** The first worker stands still. */
  freeze(forMs: number): void {
    this.workers[0]?.freeze(forMs);
  }

  setClock(offsetMs: number): void {
    for (const worker of this.workers) worker.setClock(offsetMs);
  }

  /** One more worker beside those that run, for a while. */
  second(forMs: number): void {
    const worker = this.add(`extra-${this.workers.length}`);
    this.parts.clock.at(this.parts.clock.now() + forMs, () => worker.restart(Infinity));
  }

  async isIdle(): Promise<boolean> {
    return (await this.ledger.remediationsLive.list()).length === 0;
  }

  /** Lets time pass until nothing is left to be done, or too long. */
  async comeToRest(): Promise<void> {
    const { clock } = this.parts;
    this.setClock(0);
    const lastMs = clock.now() + restMs;
    while (clock.now() < lastMs && !(await this.isIdle())) {
      await clock.runUntil(clock.now() + minute);
    }
    const live = await this.ledger.remediationsLive.list();
    this.watch.rest(live.map(({ row }) => row.id));
  }

  /** How each VM of each run ended, and how many writes Azure took, counted. */
  figures(): Record<string, number> {
    const counts: Record<string, number> = {};
    const count = (name: string): void => {
      counts[name] = (counts[name] ?? 0) + 1;
    };
    const { batches, runs, writes } = this.watch.history();
    const last = new Map(batches.map(({ row }) => [row.id, row]));
    for (const { entries } of last.values()) {
      for (const { end } of entries) {
        if (end !== null) count(['VM', end.outcome, end.reason ?? ''].join(' ').trim());
      }
    }
    const lastRuns = new Map(runs.map(({ row }) => [row.id, row]));
    for (const row of lastRuns.values()) count(`run ${isOver(row) ? row.phase : 'not over'}`);
    for (const { kind, status } of writes) count(`${kind} ${status < 300 ? 'accepted' : status}`);
    return counts;
  }

  /** What the night did that it may not do. */
  faults(circumstances: Circumstances): Violation[] {
    return judgeNight(this.watch.history(), circumstances);
  }

  close(): void {
    for (const worker of this.workers) worker.close();
  }

  private add(name: string): NightWorker {
    const { azure, isCalm, took, spins, told } = this.parts;
    const worker = new NightWorker(name, {
      azure,
      ledger: this.ledger,
      rules: rulesOf(this.parts.night),
      watch: this.watch,
      decide: (crossing) => (isCalm() ? undefined : this.strikes.decide(crossing)),
      took,
      spins,
      told: (what) => told(`night ${what}`),
      onLine: (line) => this.logs.push(line),
    });
    this.workers.push(worker);
    return worker;
  }

  /** Comes to whoever runs, and again where nobody took it, as a queue does. */
  private send(errand: NightErrand, tries = 0): void {
    const { plan, clock, told } = this.parts;
    const worker = this.workers.find(({ isRunning }) => isRunning);
    const isTimer = errand.what === 'night' || errand.what === 'next night';
    const again = (): void => {
      if (tries < 8) clock.at(clock.now(), () => this.send(errand, tries + 1));
    };
    // What nobody is there to take waits, and no attempt at it is counted.
    if (worker === undefined) {
      clock.at(clock.now() + 15_000, () => this.send(errand, tries));
      return;
    }
    const message = isTimer ? errand.what : messageOf(plan, errand, clock.now());
    const taking = isTimer
      ? errand.what === 'night'
        ? worker.startNight()
        : worker.startNextNight()
      : worker.ask(message);
    let isTaken = false;
    taking.then(
      (taken) => {
        isTaken = true;
        told(`night takes ${errand.what}: ${taken}`);
        this.watch.onAsk(message, taken);
      },
      () => told(`night fails to take ${errand.what}`),
    );
    // Whoever died with it in hand never says so: then it comes again.
    clock.at(clock.now() + 45_000, () => {
      if (!isTaken) again();
    });
  }
}

function rulesOf({ scope, defaultOutbound, firstNight }: NightPlan): Partial<RemediationRules> {
  const subscription = `/subscriptions/${subscriptionId}`;
  const scopes =
    scope === 'group' ? [`${subscription}/resourcegroups/${nightGroup}`] : [subscription];
  return { scopes, defaultOutbound, firstNight };
}
