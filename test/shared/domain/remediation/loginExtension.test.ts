import {
  findExtension,
  loginExtensionFor,
  loginExtensionOf,
  stateOf,
} from '../../../../shared/domain/remediation/loginExtension';
import { extensionOf, windowsCandidate } from '../../../support/candidates';

describe('the login extension of an OS', () => {
  it.each<[string, string | undefined]>([
    ['Windows', 'AADLoginForWindows'],
    ['windows', 'AADLoginForWindows'],
    ['Linux', 'AADSSHLoginForLinux'],
    ['LINUX', 'AADSSHLoginForLinux'],
    ['Plan9', undefined],
    ['', undefined],
    ['unknown', undefined],
  ])('with a disk of %s', (osType, type) => {
    expect(loginExtensionOf({ osType })?.type).toBe(type);
  });

  it('is asked for with the handler version of its page', () => {
    expect(loginExtensionFor('windows')?.version).toBe('2.0');
    expect(loginExtensionFor('linux')?.version).toBe('1.0');
    expect(loginExtensionFor('unknown')).toBeNull();
  });
});

describe('of two entries for one handler', () => {
  const [failed, canceled, fine, busy] = ['Failed', 'Canceled', 'Succeeded', 'Updating'].map(
    (state) => extensionOf({ name: state, state }),
  );
  it.each([
    [[failed, fine], fine],
    [[fine, failed], fine],
    [[failed, fine, busy], busy],
    [[fine, busy], busy],
    [[failed, canceled], failed],
    [[canceled, failed], canceled],
    [[], null],
  ])('that says most is found: %#', (extensions, expected) => {
    const candidate = windowsCandidate({ extensions: extensions.flatMap((one) => one ?? []) });
    expect(findExtension(candidate, 'aadloginforWINDOWS')).toBe(expected);
    expect(findExtension(candidate, 'AADLoginForLinux')).toBeNull();
  });
});

describe('the state of an extension', () => {
  it.each([
    ['Succeeded', 'succeeded'],
    ['SUCCEEDED', 'succeeded'],
    ['Failed', 'failed'],
    ['canceled', 'failed'],
    ['Creating', 'busy'],
    ['Updating', 'busy'],
    ['Deleting', 'busy'],
    ['Transitioning', 'busy'],
    ['', 'busy'],
  ])('%s is %s', (state, expected) => {
    expect(stateOf({ state })).toBe(expected);
  });
});
