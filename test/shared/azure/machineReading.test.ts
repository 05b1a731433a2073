import { machineReading } from '../../../shared/azure/machineReading';

const failed = 'ProvisioningState/failed/51';
const readingOf = (statuses: unknown[]) =>
  machineReading.parse({
    id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm',
    properties: {
      instanceView: {
        statuses: [{ code: 'PowerState/running' }],
        extensions: [{ name: 'AADLoginForWindows', statuses }],
      },
    },
  });

describe('a VM as its GET shows it', () => {
  it.each<[string, unknown, string]>([
    ['in UTC', '2026-11-30T02:30:00.1234567+00:00', '2026-11-30T02:30:00.123Z'],
    ['with another offset', '2026-11-30T04:30:00+02:00', '2026-11-30T02:30:00.000Z'],
    ['that is none', 'yesterday', ''],
    ['that is no text', 17, ''],
    ['that is null', null, ''],
  ])('tells when a handler spoke, in one form: a time %s', (_, time, at) => {
    const { statuses } = readingOf([{ code: failed, message: 'Not supported.', time }]);
    expect(statuses).toMatchObject([{ name: 'aadloginforwindows', at, error: { code: '51' } }]);
  });

  it('keeps a status that tells no time', () => {
    const { statuses, candidate } = readingOf([{ code: failed }]);
    expect(statuses).toMatchObject([{ at: '', error: { code: '51' } }]);
    expect(candidate.power).toBe('running');
  });
});
