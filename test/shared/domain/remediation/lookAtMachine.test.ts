import type { Entry } from '../../../../shared/domain/remediation/entry';
import { lookAtMachine } from '../../../../shared/domain/remediation/lookAtMachine';
import type { MachineReading } from '../../../../shared/domain/remediation/machineReading';
import { extensionOf, linuxCandidate, sshExtension } from '../../../support/candidates';
import { nightRules } from '../../../support/nightApp';
import {
  at,
  entryOf,
  identityWrite,
  installWrite,
  readingOf,
  sentOf,
} from '../../../support/nightEntries';

const minute = 60_000;
const look = (entry: Entry, reading: MachineReading | null, isDry = false, now = at) =>
  lookAtMachine(entry, reading, nightRules(), isDry, now);
const endOf = (entry: Entry, reading: MachineReading | null, isDry = false, now = at) => {
  const move = look(entry, reading, isDry, now);
  expect(move.kind).toBe('keep');
  return move.entry.end;
};
const withExtension = (state: string) => ({ extensions: [extensionOf({ state })] });
const { osType, image, osName, osVersion } = linuxCandidate();
const linux = { osType, image, osName, osVersion };
const linuxWrite = {
  ...installWrite,
  name: 'AADSSHLoginForLinux',
  type: 'AADSSHLoginForLinux',
  version: '1.0',
  mdmId: null,
} as const;
const installing = entryOf({ stage: 'extensionSent', plan: [installWrite], sent: [sentOf()] });

describe('a first look at a VM', () => {
  it('leads to the write that it lacks, under the condition of what was read', () => {
    expect(look(entryOf(), readingOf())).toMatchObject({
      kind: 'write',
      write: installWrite,
      etag: '"7"',
      entry: { plan: [installWrite], stage: 'waiting', attempts: 0 },
    });
  });

  it('leads to the identity before the extension', () => {
    const reading = readingOf({ identity: { system: false, userAssigned: [] } });
    expect(look(entryOf(), reading)).toMatchObject({
      write: identityWrite,
      entry: { plan: [identityWrite, installWrite] },
    });
  });

  it('changes no identity where nobody knows which state was read', () => {
    const reading = readingOf({ identity: { system: false, userAssigned: [] } }, { etag: '' });
    expect(endOf(entryOf(), reading)).toMatchObject({ outcome: 'skipped', reason: 'noEtag' });
    // An extension is written under no condition: it takes nothing away.
    expect(look(entryOf(), readingOf({}, { etag: '' })).kind).toBe('write');
  });

  it('writes nothing in a dry run, and tells every write that it would make', () => {
    const reading = readingOf({ identity: { system: false, userAssigned: [] } });
    expect(endOf(entryOf(), reading, true)).toMatchObject({
      outcome: 'wouldFix',
      writes: [identityWrite, installWrite],
    });
    const unknownWay = entryOf({ outbound: 'unknown' });
    const { entry } = look(unknownWay, reading, true);
    expect(entry).toMatchObject({
      vmId: unknownWay.vmId,
      notes: ['joinUnknown', 'outboundUnknown'],
    });
  });

  it('counts writes by their kind: identities that others undo leave the extension its own', () => {
    const sent = [1, 2, 3].map(() => sentOf({ what: 'identity', over: true }));
    expect(look(entryOf({ sent }), readingOf())).toMatchObject({
      kind: 'write',
      write: installWrite,
    });
    const reading = readingOf({ identity: { system: false, userAssigned: [] } });
    expect(endOf(entryOf({ sent }), reading)?.reason).toBe('changedByOthers');
  });

  it('waits for no install that is not its own', () => {
    const sent = [sentOf({ what: 'identity' })];
    const half = entryOf({ stage: 'identitySent', plan: [installWrite], sent });
    expect(endOf(half, readingOf(withExtension('Creating')))?.reason).toBe('extensionBusy');
  });

  it.each<[string, MachineReading | null, object]>([
    ['gone', null, { outcome: 'skipped', reason: 'vanished' }],
    ['another of its name', readingOf({ vmGuid: 'other' }), { reason: 'replaced' }],
    ['stopped by now', readingOf({ power: 'deallocated' }), { reason: 'stoppedMeanwhile' }],
    [
      'without an agent that answers',
      readingOf({ agent: 'notReady' }),
      { reason: 'agentNotReady' },
    ],
    ['ready by now', readingOf(withExtension('Succeeded')), { outcome: 'ready', reason: null }],
    [
      'written to by somebody else',
      readingOf(withExtension('Creating')),
      { reason: 'extensionBusy' },
    ],
  ])('ends one that is %s', (_, reading, end) => {
    expect(endOf(entryOf(), reading)).toMatchObject({ at, ...end });
  });

  it('keeps what the index alone knows: ways out, and names that exist twice', () => {
    expect(endOf(entryOf({ outbound: 'none' }), readingOf())?.reason).toBe('noOutboundPath');
    expect(endOf(entryOf({ duplicateName: true }), readingOf())?.reason).toBe('duplicateName');
  });
});

describe('a look at an install of ours', () => {
  it('ends it as fixed where it has landed', () => {
    expect(endOf(installing, readingOf(withExtension('Succeeded')))).toMatchObject({
      outcome: 'fixed',
      reason: null,
    });
  });

  it('ends it as ready where that was refused, and somebody else has made it so', () => {
    const refused = entryOf({ sent: [sentOf({ status: 409, over: true })] });
    expect(endOf(refused, readingOf(withExtension('Succeeded')))?.outcome).toBe('ready');
    const redirected = entryOf({ sent: [sentOf({ status: 300, over: true })] });
    expect(endOf(redirected, readingOf(withExtension('Succeeded')))?.outcome).toBe('ready');
  });

  it.each(['Creating', 'Updating', 'Deleting', 'Strange'])('goes on while it is %s', (state) => {
    const { kind, entry } = look(installing, readingOf(withExtension(state)));
    expect(kind).toBe('keep');
    expect(entry).toMatchObject({ stage: 'extensionSent', end: null, nextAt: at + 15 * minute });
  });

  it('gives it up 95 minutes after it was sent, not a moment before', () => {
    const reading = readingOf(withExtension('Creating'));
    const sent = at - minute;
    expect(look(installing, reading, false, sent + 95 * minute - 1).entry.nextAt).toBe(
      sent + 95 * minute,
    );
    expect(endOf(installing, reading, false, sent + 95 * minute)?.reason).toBe('neverEnded');
  });

  it('tells what the handler said of a failure, else what the VM says', () => {
    const own = { status: 0, code: '51', message: 'Not supported.' };
    const ofVm = { status: 0, code: 'VMExtensionProvisioningTimeout', message: 'Too long.' };
    const failed = withExtension('Failed');
    const provisioning = { state: 'Failed', error: ofVm };
    const statuses = [{ name: 'aadloginforwindows', at: '', error: own }];
    expect(endOf(installing, readingOf(failed, { provisioning, statuses }))).toMatchObject({
      outcome: 'failed',
      error: own,
    });
    expect(endOf(installing, readingOf(failed, { provisioning }))?.error).toEqual(ofVm);
    const other = { name: 'antimalware', at: '', error: ofVm };
    const both = readingOf(failed, { statuses: [other, ...statuses] });
    expect(endOf(installing, both)?.error).toEqual(own);
    expect(endOf(installing, readingOf(failed))?.error).toEqual({
      status: 0,
      code: '',
      message: '',
    });
  });

  it.each([
    ['of the kind that was planned', [identityWrite, linuxWrite], 'write'],
    ['of either kind where no plan says which', [], 'keep'],
  ] as const)('looks for an extension %s', (_, plan, kind) => {
    const entry = entryOf({ stage: 'extensionSent', plan, sent: [sentOf()] });
    // Somebody has put the one for Windows onto a Linux VM: it is none that was waited for.
    expect(look(entry, readingOf({ ...linux, ...withExtension('Creating') })).kind).toBe(kind);
    const own = readingOf({ ...linux, extensions: [sshExtension({ state: 'Creating' })] });
    expect(look(entry, own).entry.stage).toBe('extensionSent');
  });

  it('takes a failure for its own once the write was answered, whatever the stage', () => {
    const answered = { ...installing, stage: 'announced' as const };
    expect(endOf(answered, readingOf(withExtension('Failed')))?.outcome).toBe('failed');
  });

  it('tries once more what passes by itself, and writes it for a cause', () => {
    const error = { status: 0, code: '1007', message: 'exit code -2145648574' };
    const statuses = [{ name: 'aadloginforwindows', at: '', error }];
    const reading = readingOf(withExtension('Failed'), { statuses });
    const identity = sentOf({ what: 'identity', at: at - 2 * minute });
    const early = { ...installing, sent: [identity, sentOf()] };
    const first = look(early, reading);
    expect(first.entry).toMatchObject({
      stage: 'waiting',
      nextAt: at + 5 * minute,
      end: null,
      sent: [{ over: true }, { over: true }],
    });
    expect(look(first.entry, reading, false, at + 5 * minute)).toMatchObject({ kind: 'write' });
    const third = { ...early, sent: [identity, sentOf(), sentOf(), sentOf()] };
    expect(endOf(third, reading)).toMatchObject({ outcome: 'failed', error });
    // An identity that was there before and is not seen does not come by waiting.
    expect(endOf(installing, reading)).toMatchObject({ outcome: 'failed', error });
  });

  describe('that failed by something that passes', () => {
    const error = { status: 0, code: 'VMAgentStatusCommunicationError', message: '' };
    const provisioning = { state: 'Failed', error };
    const waits = { stage: 'waiting', nextAt: at + 5 * minute, sent: [{ over: true }] };

    it('is tried again in the same night, also where the identity stands in its plan', () => {
      const reading = readingOf(withExtension('Failed'), { provisioning });
      expect(look(installing, reading).entry).toMatchObject(waits);
      const both = { ...installing, plan: [identityWrite, installWrite] };
      expect(look(both, reading).entry).toMatchObject(waits);
    });

    it('is tried again by the count of installs alone', () => {
      const identities = [1, 2].map(() => sentOf({ what: 'identity', over: true }));
      const sent = [...identities, sentOf()];
      const reading = readingOf(withExtension('Failed'), { provisioning });
      expect(look({ ...installing, sent }, reading).entry).toMatchObject({ stage: 'waiting' });
    });

    it('is told on Linux, where somebody has to remove it first', () => {
      const extensions = [sshExtension({ state: 'Failed' })];
      const reading = readingOf({ ...linux, extensions }, { provisioning });
      for (const plan of [[linuxWrite], [identityWrite, linuxWrite]]) {
        expect(endOf({ ...installing, plan }, reading)).toMatchObject({
          outcome: 'failed',
          reason: 'agentNotReady',
          error,
        });
      }
    });

    it('is told where it is something else, also after an identity of ours', () => {
      const own = { status: 0, code: '51', message: 'Not supported.' };
      const statuses = [{ name: 'aadloginforwindows', at: '', error: own }];
      const reading = readingOf(withExtension('Failed'), { statuses });
      const sent = [sentOf({ what: 'identity', over: true }), sentOf()];
      expect(endOf({ ...installing, sent }, reading)).toMatchObject({
        outcome: 'failed',
        error: own,
      });
    });
  });

  it('writes anew what somebody has removed, three times and no more', () => {
    expect(look(installing, readingOf())).toMatchObject({
      kind: 'write',
      entry: { sent: [{ over: true }] },
    });
    const often = { ...installing, sent: [sentOf(), sentOf(), sentOf()] };
    expect(endOf(often, readingOf())?.reason).toBe('changedByOthers');
  });
});

describe('a look after an answer that was lost', () => {
  const lost = {
    ...installing,
    stage: 'announced' as const,
    mends: 'unknown',
    sent: [sentOf({ status: null })],
  };

  it('waits for it where it has begun', () => {
    expect(look(lost, readingOf(withExtension('Creating'))).entry.stage).toBe('extensionSent');
  });

  it('writes again where nothing has come of it', () => {
    expect(look(lost, readingOf())).toMatchObject({ kind: 'write' });
  });

  it('writes again over a failure that may be an older one', () => {
    expect(look(lost, readingOf(withExtension('Failed')))).toMatchObject({ kind: 'write' });
  });

  it('takes a failure for its own where none had been before', () => {
    const { entry } = look(entryOf(), readingOf());
    const sent = [sentOf({ status: null })];
    const unheard: Entry = { ...entry, stage: 'announced', sent };
    expect(endOf(unheard, readingOf(withExtension('Failed')))?.outcome).toBe('failed');
  });

  it('tells a failure of its own from the one that it was to mend by when each was', () => {
    const failedAt = (time: string) => {
      const statuses = [{ name: 'aadloginforwindows', at: time, error: null }];
      return readingOf(withExtension('Failed'), { statuses });
    };
    const { entry } = look(entryOf(), failedAt('2026-11-29T02:30:00.000Z'));
    expect(entry.mends).toBe('2026-11-29T02:30:00.000Z');
    const sent = [sentOf({ status: null })];
    const unheard: Entry = { ...entry, stage: 'announced', sent };
    expect(look(unheard, failedAt('2026-11-29T02:30:00.000Z')).kind).toBe('write');
    expect(endOf(unheard, failedAt('2026-11-30T02:29:00.000Z'))?.outcome).toBe('failed');
    // Whatever is written next mends this one.
    const again = look(entry, failedAt(''));
    expect(again).toMatchObject({ kind: 'write', entry: { mends: 'unknown' } });
  });

  it('takes the failure for its own where it was seen to install meanwhile', () => {
    const seen = look(lost, readingOf(withExtension('Creating'))).entry;
    expect(endOf(seen, readingOf(withExtension('Failed')))).toMatchObject({ outcome: 'failed' });
  });

  it('tells the failure where it has been written three times', () => {
    const often = { ...lost, sent: [sentOf(), sentOf(), sentOf({ status: null })] };
    expect(endOf(often, readingOf(withExtension('Failed')))?.outcome).toBe('failed');
  });

  it('has fixed it where it has landed', () => {
    expect(endOf(lost, readingOf(withExtension('Succeeded')))?.outcome).toBe('fixed');
  });
});
