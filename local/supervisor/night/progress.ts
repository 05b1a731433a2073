import { Presets, SingleBar } from 'cli-progress';
import type { Printer } from '../printer';
import type { ShownRun } from './nightApi';

/** How far a run is, shown while it goes on. */
export type Progress = { show(run: ShownRun): void; end(): void };

/** A bar where somebody watches; elsewhere a line each time that a quarter more is done. */
export function createProgress(printer: Printer, isWatched: boolean): Progress {
  return isWatched ? bar() : lines(printer);
}

function bar(): Progress {
  const made = new SingleBar(
    { format: '  {bar} {value}/{total} VMs  {clock}  {told}', hideCursor: true },
    Presets.shades_classic,
  );
  let isBegun = false;
  return {
    show: (run) => {
      const { found, ended } = run.vms;
      const facts = { clock: timeOfDay(), told: toldOf(run) };
      if (isBegun) made.setTotal(found);
      else made.start(found, ended, facts);
      isBegun = true;
      made.update(ended, facts);
    },
    end: () => made.stop(),
  };
}

function lines(printer: Printer): Progress {
  let told = -1;
  return {
    show: (run) => {
      const { found, ended } = run.vms;
      const quarter = found === 0 ? 0 : Math.floor((4 * ended) / found);
      if (quarter === told || !run.vms.isWhole) return;
      told = quarter;
      printer.say('night', `${ended} of ${found} VMs are at their end: ${toldOf(run)}`);
    },
    end: () => undefined,
  };
}

function toldOf({ vms }: ShownRun): string {
  return [
    ...(vms.wouldFix > 0 ? [`${vms.wouldFix} would be made ready`] : []),
    ...(vms.fixed > 0 ? [`${vms.fixed} made ready`] : []),
    `${vms.ready} ready`,
    `${vms.skipped} left alone`,
    `${vms.failed} failed`,
  ].join(', ');
}

function timeOfDay(): string {
  return new Date().toISOString().slice(11, 16);
}
