import type { VirtualMachineSeed } from '../../estate';
import { systemOf } from './machineSoftware';

/** Windows Server 2019 and Windows 10 1809: the Entra page on exit code 51. */
const firstWindowsBuild = 17_763;

/**
 * Distributions that the Entra page on Linux names, 2025-03, by the name that agents give: the
 * first and the last version, compared number by number.
 */
const distributions = new Map<string, readonly [from: string, to: string]>([
  ['almalinux', ['8', '9']],
  ['azurelinux', ['3', '3']],
  ['debian', ['9', '12']],
  ['mariner', ['2', '2']],
  ['ol', ['8', '9']],
  ['opensuse-leap', ['15.1', '15.6']],
  ['oracle', ['8', '9']],
  ['redhat', ['7.4', '9']],
  ['rhel', ['7.4', '9']],
  ['rocky', ['8', '9']],
  ['sles', ['12', '15.6']],
  ['suse', ['12', '15.6']],
  ['ubuntu', ['16.04', '24.04']],
]);

/**
 * Whether a login extension runs on what the machine really runs, whether or not an agent says it.
 */
export function isSystemSupported(vm: VirtualMachineSeed): boolean {
  const { osName, osVersion } = systemOf(vm);
  if (vm.osType === 'Windows') {
    const build = Number(/\b10\.0\.(\d+)/.exec(osVersion)?.[1] ?? 0);
    return build >= firstWindowsBuild;
  }
  const range = distributions.get(osName.toLowerCase().split(/[\s/]/)[0] ?? '');
  if (range === undefined) return false;
  const [from, to] = range;
  return compare(osVersion, from) >= 0 && compare(osVersion, to) <= 0;
}

/** Compares as many numbers as the limit has: 9.4 is not beyond 9. */
function compare(version: string, limit: string): number {
  const have = version.split('.').map(Number);
  for (const [at, most] of limit.split('.').map(Number).entries()) {
    const own = have[at] ?? 0;
    if (own !== most) return own - most;
  }
  return 0;
}
