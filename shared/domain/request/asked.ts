import type { PortSet } from '../grant';

/** What somebody asks for over HTTP, read and normalised. Plain data. */
export type Asked = {
  /** Ids or names of machines, as they were typed. */
  readonly vms: readonly string[];
  /** `null`: all that policy lets in. */
  readonly portSets: readonly PortSet[] | null;
  readonly durationMs: number;
  /** A narrower source in CIDR notation; `null`: the address that the call came from, or policy's ranges. */
  readonly source: string | null;
  readonly reason: string;
  readonly ticket: string;
  /** Past roles and duty: a group that may break the glass is meant, and nothing else. */
  readonly breakGlass?: true;
};
