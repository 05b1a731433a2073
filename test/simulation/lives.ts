import { MemoryStore } from '../../local/functions/index';
import type { LogLine, Simulation } from '../support/simulatedAzure';
import { startSweeper, type SweeperApp } from '../support/sweeperApp';
import type { SimulatedClock } from './clock';
import type { Narrowing } from './policies';
import type { Deployment, Outage } from './stage';

type Parts = {
  readonly clock: SimulatedClock;
  /** `undefined` until the first host runs. */
  readonly simulation: () => Simulation | undefined;
  /** Told that a process died, before anything else. */
  readonly died: () => void;
  readonly told: (what: string) => void;
  /** A line of the sweeper app's log. */
  readonly sweeperTold: (line: LogLine) => void;
};

/** The processes of a run: who dies, who comes back and as what, and who goes on beside them. */
export class Lives {
  readonly outages: Outage[] = [];
  readonly deployments: Deployment[] = [];
  /** Every task hub there has been, the first one first. */
  readonly stores = [new MemoryStore()];
  private sweeper: SweeperApp | undefined;
  private blindUntilMs = 0;
  private isOver = false;

  constructor(private readonly parts: Parts) {}

  /** The host or its worker dies by a strike. */
  die(who: 'host' | 'worker', downMs: number): void {
    if (who === 'host') this.restart(downMs);
    else this.killWorker();
  }

  killWorker(): void {
    this.parts.died();
    void this.parts.simulation()?.killWorker();
  }

  /** The host dies now and comes back after a while; `narrowing`: with a policy that allows less. */
  restart(
    downMs: number,
    changes: Parameters<Simulation['startHost']>[0] = {},
    narrowing: Narrowing | null = null,
  ): void {
    const { clock, simulation: current, died, told } = this.parts;
    const simulation = current();
    if (simulation === undefined || this.isOver) return;
    simulation.killHost();
    died();
    if (changes.store instanceof MemoryStore) this.stores.push(changes.store);
    const outage: Outage = { fromMs: clock.now(), toMs: Number.POSITIVE_INFINITY };
    this.outages.push(outage);
    told(`host down for ${downMs} ms`);
    clock.at(clock.now() + downMs, () => {
      outage.toMs = clock.now();
      if (simulation.isRunning() || this.isOver) return;
      told('host up');
      if (changes.policy !== undefined) this.deployments.push({ atMs: clock.now(), narrowing });
      void simulation.startHost(changes);
    });
  }

  /** The host dies now, and nobody starts it again. */
  end(): void {
    const { clock, simulation, died, told } = this.parts;
    this.isOver = true;
    simulation()?.killHost();
    died();
    const isSwept = this.sweeper !== undefined;
    this.outages.push({ fromMs: clock.now(), toMs: Number.POSITIVE_INFINITY, isSwept });
    told('host down for ever');
  }

  /** The sweeper app runs beside the main one from now on, whose settings it is given. */
  async startSweeper(blindUntilMs = 0): Promise<void> {
    const { clock, simulation: current } = this.parts;
    this.blindUntilMs = Math.max(this.blindUntilMs, blindUntilMs);
    const simulation = current();
    if (simulation === undefined || this.sweeper !== undefined || this.isOver) return;
    if (!simulation.isRunning()) {
      clock.at(clock.now() + 1_000, () => void this.startSweeper());
      return;
    }
    const onLine = (line: LogLine): void => {
      this.parts.told(`sweeper log ${line.event}`);
      this.parts.sweeperTold(line);
    };
    const isBlind = (): boolean => clock.now() < this.blindUntilMs;
    this.sweeper = await startSweeper(simulation, { onLine, isBlind });
  }

  close(): void {
    this.sweeper?.kill();
  }
}
