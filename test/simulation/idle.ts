import type { Simulation } from '../support/simulatedAzure';

const own = /^postern-/i;

/** True where no row is looked after any more, no instance sleeps and no rule of ours stands. */
export async function isIdle(simulation: Simulation): Promise<boolean> {
  if (!simulation.isRunning()) return false;
  const { azure } = simulation;
  if ((await simulation.ledger().live.list()).length > 0) return false;
  if ([...simulation.host().engine.instances.values()].some(({ isOver }) => !isOver)) return false;
  const nsgs = [...azure.resourceManager.estate.nsgs.values()];
  return nsgs.every(({ effective }) => ![...effective.keys()].some((name) => own.test(name)));
}
