import type { PortSet } from '../grant';
import { formatPortRange, parsePortRange, type PortRange, type Protocol } from '../portRange';

/** A port or range as people write it, read. */
export type PortEntry = { readonly protocol: Protocol; readonly range: PortRange };

const presets: ReadonlyMap<string, PortRange> = new Map([
  ['ssh', { from: 22, to: 22 }],
  ['rdp', { from: 3389, to: 3389 }],
  ['winrm', { from: 5985, to: 5986 }],
]);

const protocols: ReadonlyMap<string, Protocol> = new Map([
  ['tcp', 'Tcp'],
  ['udp', 'Udp'],
  ['any', '*'],
]);

/** What is no port, in a code and in words. */
export type PortFault = { readonly code: 'portSyntax'; readonly message: string };

/** Reads `ssh`, `rdp`, `winrm`, `8443`, `9000-9010` or `udp/3478`. */
export function readPort(entry: string | number): PortEntry | PortFault {
  const text = String(entry);
  const preset = presets.get(text);
  if (preset !== undefined) return { protocol: 'Tcp', range: preset };
  const parts = text.split('/');
  const protocol = parts.length === 2 ? protocols.get(parts[0] ?? '') : 'Tcp';
  const range = parsePortRange(parts.at(-1) ?? '');
  if (parts.length <= 2 && protocol !== undefined && range !== null) return { protocol, range };
  return {
    code: 'portSyntax',
    message: 'Write ssh, rdp, winrm, a port such as 8443, a range such as 9000-9010, or udp/3478.',
  };
}

/** Ports that share a protocol share a rule. Azure's notation, ascending. */
export function portSetsOf(entries: readonly PortEntry[]): PortSet[] {
  return [...protocols.values()].flatMap((protocol) => {
    const ranges = entries
      .filter((entry) => entry.protocol === protocol)
      .map(({ range }) => range)
      .sort((one, other) => one.from - other.from);
    return ranges.length === 0 ? [] : [{ protocol, ports: ranges.map(formatPortRange) }];
  });
}
