import type { ArmPath } from './armPath';
import { isRecord } from './http';

/** True for paths of the Compute provider, whose writes are logged with what was sent. */
export function isOfMachines({ namespace }: ArmPath): boolean {
  return namespace?.toLowerCase() === 'microsoft.compute';
}

/** A body as the write log keeps it: protected settings are kept nowhere. */
export function loggedBody(json: unknown): unknown {
  if (!isRecord(json) || !isRecord(json['properties'])) return json;
  const { protectedSettings, ...properties } = json['properties'];
  return protectedSettings === undefined ? json : { ...json, properties };
}
