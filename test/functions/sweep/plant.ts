import { formatMarker, markerText } from '../../../shared/domain/marker';
import { foreignRule, signer, type TestWorld } from '../../support/windowWorld';

export const windowId = 'a'.repeat(20);

export type PlantChanges = {
  by?: typeof signer;
  slot?: number;
  deployment?: string;
  windowId?: string;
};

/** Puts a rule of ours with a marker of its own into an NSG, with no row. Answers its name. */
export function plant(
  world: TestWorld,
  nsg: string,
  untilMs: number,
  changes: PlantChanges = {},
): string {
  const { by = signer, slot = 0, deployment = 'abc123', windowId: id = windowId } = changes;
  const ruleName = `postern-${deployment}-${id}-${slot}`;
  const untilSeconds = Math.floor(untilMs / 1000);
  const text = markerText({ deployment, nsgId: nsg, ruleName, untilSeconds, keyVersion: 1 });
  const description = formatMarker({ untilSeconds, keyVersion: 1, signature: by.sign(text) });
  world.network
    .nsg(nsg)
    .rules.push(foreignRule({ name: ruleName, description, priority: 200 + slot }));
  return ruleName;
}
