import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demonstrationEstate, subscriptionId, vmId } from '../../../local/estate';
import { demonstrationAzure } from '../../../local/supervisor/demonstrationAzure';
import { savePim } from '../../../local/supervisor/pimState';
import { portsAt } from '../../../local/supervisor/ports';
import { administratorLogin, people } from '../../../local/tenant';

const groupScope = `/subscriptions/${subscriptionId}/resourceGroups/rg-app`;
/** The first start also draws ids for what the tenant holds; from the second on starts are alike. */
const visits = [
  { person: people.ada.objectId, scope: vmId('vm-app-01') },
  { person: people.ben.objectId, scope: vmId('vm-app-01') },
  { person: people.ada.objectId, scope: groupScope },
];

describe('a start on the state of earlier ones', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-demonstration-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts, has somebody activate a role, ends; answers the names of all that PIM remembers. */
  function start({ person, scope }: (typeof visits)[number]): string[] {
    const azure = demonstrationAzure({
      estate: demonstrationEstate(),
      fault: 'no-events',
      ports: portsAt(0),
      folder,
      writeLogPath: join(folder, 'writes.jsonl'),
      systemKey: 'none',
    });
    const end = savePim(azure, join(folder, 'pim.json'));
    azure.pim.activate({
      person,
      role: administratorLogin,
      scope,
      durationMs: 600_000,
      justification: 'Patch it',
    });
    end();
    const names = azure.pim.snapshot().requests.map(({ name }) => name);
    azure.close();
    return names;
  }

  it('gives no id again that an earlier start has given', () => {
    const all = visits.map(start).at(-1) ?? [];
    expect(all).toHaveLength(3);
    expect(new Set(all).size).toBe(3);
  });
});
