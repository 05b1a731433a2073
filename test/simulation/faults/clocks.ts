import type { FaultKind } from '../stage';

function offset(
  name: string,
  offsets: readonly number[],
  forMs: readonly [number, number],
): FaultKind {
  return {
    name,
    group: 'clock',
    aim: 'anywhere',
    forMs,
    install: (stage, fault) => {
      stage.at(fault.atMs, () => {
        const offsetMs = stage.dice(fault).pick(offsets);
        stage.took(fault, fault.forMs);
        stage.skew.set(offsetMs);
        stage.clock.at(stage.clock.now() + fault.forMs, () => {
          if (stage.skew.offsetMs() === offsetMs) stage.skew.set(0);
        });
      });
    },
  };
}

/** The host's clock against everybody else's. */
export const clockFaults: readonly FaultKind[] = [
  offset('skew of 5 min', [-300_000, 300_000], [60_000, 900_000]),
  offset('host clock leaps', [-45_000, -20_000, 20_000, 50_000], [5_000, 400_000]),
];
