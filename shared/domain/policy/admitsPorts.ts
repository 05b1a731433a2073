import type { PortSet } from '../grant';
import { parsePortRange } from '../portRange';

/** Does each port that is asked for lie within one that is allowed, for the same protocol or for any? */
export function admitsPorts(allowed: readonly PortSet[], asked: readonly PortSet[]): boolean {
  return asked.every(({ protocol, ports }) => {
    const outer = allowed
      .filter((set) => set.protocol === protocol || set.protocol === '*')
      .flatMap((set) => set.ports.map(parsePortRange));
    return ports
      .map(parsePortRange)
      .every((range) =>
        outer.some(
          (one) => range !== null && one !== null && one.from <= range.from && range.to <= one.to,
        ),
      );
  });
}
