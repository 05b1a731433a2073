import type { NightSize } from './boundMs';

/** A night that is played by everybody: the estate, what it lacks, and what goes wrong in it. */
export type NightLayout = NightSize & {
  readonly name: string;
  /** Things that go wrong, as shares of the VMs; absent: none does. */
  readonly trouble?: NightTrouble;
};

export type NightTrouble = {
  /** Installs end in an error of the handler's. */
  readonly fail: number;
  /** Installs that the platform gives up after 90 minutes. */
  readonly neverEnd: number;
  /** VMs that somebody deletes while the night goes on. */
  readonly vanish: number;
  /** VMs into which somebody else installs the same extension in the same moment. */
  readonly secondWriter: number;
  /** The process of our app dies this often; nobody kills the others. */
  readonly killEveryMs: number;
};

const trouble: NightTrouble = {
  fail: 0.02,
  neverEnd: 0.01,
  vanish: 0.01,
  secondWriter: 0.05,
  killEveryMs: 5 * 60_000,
};

/** The nights of the bench; with `vms`, each of them with so many machines. */
export function nightLayouts(vms?: number): NightLayout[] {
  const layouts: NightLayout[] = [
    { name: 'one write', vms: 10_000, subscriptions: 1, writesEach: 1 },
    { name: 'identity, then extension', vms: 10_000, subscriptions: 1, writesEach: 2 },
    { name: 'one write, 20 subscriptions', vms: 50_000, subscriptions: 20, writesEach: 1 },
    { name: 'one write, in trouble', vms: 10_000, subscriptions: 1, writesEach: 1, trouble },
  ];
  return vms === undefined ? layouts : layouts.map((layout) => ({ ...layout, vms }));
}
