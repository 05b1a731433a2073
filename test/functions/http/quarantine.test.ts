import { createAudit } from '../../../shared/audit/createAudit';
import { createChainStoreMemory } from '../../../shared/auditMemory';
import { parseRecord } from '../../../shared/domain/audit/auditRecord';
import { decodeFailure } from '../../../shared/domain/remediation/decodeFailure';
import { apiOf, type Call } from '../../support/callApi';
import { personOf } from '../../support/callers';
import { createIntakeWorld, faultOf } from '../../support/intakeWorld';
import { nightBegin, offerNight, standingOf, vmIdAt } from '../../support/nightWorld';
import { hostileTexts } from '../../support/reports';

const rhea = personOf('rhea').objectId;
const { id } = standingOf();
const reason = 'Its identity is on now';

/** A VM in quarantine, and one that has failed once. */
async function stage() {
  const world = createIntakeWorld();
  const night = offerNight(world);
  await night.ledger.standings.insert(standingOf());
  const once = standingOf({ vmId: vmIdAt(1), failures: 1, quarantinedAt: null });
  await night.ledger.standings.insert(once);
  const api = apiOf(world, world.starter);
  const call = (name: string, one: Call = {}) => api.call(name, { as: 'rhea', ...one });
  const release = (of: string = id, body: object = { reason }) =>
    call('releaseVm', { id: of, body });
  return { world, night, call, release, once };
}

describe('GET /api/quarantine', () => {
  it('lists VMs that are in it, with why, what to do, and the link that lets them out', async () => {
    const { call } = await stage();
    const { error } = standingOf();
    const { body } = await call('listQuarantine');
    const { cause, next } = decodeFailure(error!, { family: 'unknown', cloud: 'AzureCloud' });
    expect(body).toMatchObject({
      count: 1,
      next: null,
      vms: [
        {
          id,
          vm: vmIdAt(0),
          name: 'vm-0',
          failures: 3,
          quarantinedAt: new Date(nightBegin).toISOString(),
          reason: 'extensionFailed',
          error,
          cause,
          next,
          release: `/api/quarantine/${id}/release`,
        },
      ],
    });
  });

  it('comes in pages, each VM once', async () => {
    const { night, call } = await stage();
    for (let at = 2; at < 252; at += 1) {
      await night.ledger.standings.insert(standingOf({ vmId: vmIdAt(at) }));
    }
    const seen: string[] = [];
    let query = '?limit=100';
    for (let pages = 0; query !== ''; pages += 1) {
      const { body } = await call('listQuarantine', { query });
      const { vms, next } = body as { vms: { id: string }[]; next: string | null };
      seen.push(...vms.map((vm) => vm.id));
      query = (next ?? '').replace('/api/quarantine', '');
      expect(pages).toBeLessThan(4);
    }
    expect([seen.length, new Set(seen).size]).toEqual([251, 251]);
  });

  it.each(hostileTexts)(
    'is harmless text whatever a VM or an error is called: %j',
    async (text) => {
      const { night, call } = await stage();
      const error = { status: 400, code: text, message: text };
      await night.ledger.standings.insert(standingOf({ vmId: `/x/${text}`, error }));
      const { body } = await call('listQuarantine');
      expect(JSON.stringify(body)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    },
  );
});

describe('POST /api/quarantine/{id}/release', () => {
  it('asks the remediator by the id that stands in its own row', async () => {
    const { night, release } = await stage();
    expect(await release()).toMatchObject({ status: 202, body: { id, vm: vmIdAt(0) } });
    expect(night.asks).toEqual([{ kind: 'release', schema: 1, vmId: vmIdAt(0), askedBy: rhea }]);
  });

  it('knows no VM that is not in quarantine, and none by its own id', async () => {
    const { night, release, once } = await stage();
    for (const one of [once.id, vmIdAt(0), encodeURIComponent(vmIdAt(0)), '../x', 'a'.repeat(20)]) {
      expect(await release(one)).toMatchObject({ status: 404, body: { code: 'notFound' } });
    }
    expect(night.asks).toEqual([]);
  });

  it('takes a reason that says something, or none', async () => {
    const { night, release } = await stage();
    for (const body of [{ reason: 'x' }, { reason, force: true }]) {
      expect((await release(id, body)).status).toBe(400);
    }
    expect(night.asks).toEqual([]);
    expect((await release(id, {})).status).toBe(202);
  });

  it('is on record before it is asked for, once for each quarantine', async () => {
    const { world, night, release } = await stage();
    const append = async (): Promise<never> => {
      throw faultOf('unavailable');
    };
    const audit = createAudit(createChainStoreMemory(), 'dev001', () => world.at);
    Object.assign(world, { audit: { ...audit, append } });
    expect((await release()).status).toBe(503);
    expect(night.asks).toEqual([]);
    Object.assign(world, { audit });
    await release();
    await release();
    const steps: unknown[] = [];
    for await (const { line } of audit.list({ from: nightBegin, to: nightBegin })) {
      const record = parseRecord(line);
      steps.push([record?.step, record?.who.id, record?.why, record?.what['vmIds']]);
    }
    expect(steps).toEqual([['quarantineReleased', rhea, reason, [vmIdAt(0)]]]);
  });
});
