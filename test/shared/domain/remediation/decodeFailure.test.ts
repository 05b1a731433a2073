import { errorIn } from '../../../../shared/azure/errorIn';
import { armFailures } from '../../../../shared/domain/remediation/armFailures';
import {
  type DecodedFailure,
  decodeFailure,
  type FailedOn,
} from '../../../../shared/domain/remediation/decodeFailure';
import { handlerFailures } from '../../../../shared/domain/remediation/handlerFailures';
import { reasons } from '../../../../shared/domain/remediation/reasons';
import recorded from '../../../fixtures/arm/errors/errors.json';

const global = { cloud: 'AzureCloud' } as const;
const unknown: FailedOn = { family: 'unknown', ...global };
const windows: FailedOn = { family: 'windows', ...global };
const linux: FailedOn = { family: 'linux', ...global };

const errorOf = (code: string, message = '', status = 0) => ({ status, code, message });
const brief = ({ name, retry, reason, exitCode }: DecodedFailure) =>
  [name, retry, reason, exitCode ?? ''].join(' ').trim();

describe('errors as Azure gives them', () => {
  /** By a piece of the message: what the error is decoded to. Its source is in the fixture. */
  const expected: [string, string, string][] = [
    [
      'arm',
      "'Microsoft.Network/networkSecurityGroups/nsg1' under",
      'ResourceNotFound never vanished',
    ],
    ['arm', "Resource group 'rg1' could not", 'ResourceNotFound never vanished'],
    ['arm', 'The subscription ', 'ResourceNotFound never vanished'],
    ['arm', 'does not have authorization to', 'AuthorizationFailed afterFix forbidden'],
    ['arm', 'on the linked scope(s)', 'AuthorizationFailed afterFix forbidden'],
    ['arm', 'The access token expiry', 'unauthenticated soon unreachable'],
    ['arm', 'scope(s) are locked', 'ScopeLocked afterFix locked'],
    ['arm', 'was disallowed by policy', 'RequestDisallowedByPolicy afterFix refusedByPolicy'],
    ['arm', "Number of 'read' requests", 'throttled soon unreachable'],
    ['arm', "for action 'Microsoft.Network", 'throttled soon unreachable'],
    ['compute', 'too many requests', 'throttled soon unreachable'],
    ['compute', 'when the VM is not running', 'vmNotRunning nextNight stoppedMeanwhile'],
    ['compute', 'are disallowed', 'extensionsDisallowed afterFix extensionsDisallowed'],
    ['compute', "has extension 'X' in failed state", 'otherExtensionFailed afterFix refused'],
    ['compute', 'conflict with a concurrent', 'anotherOperation soon extensionBusy'],
    ['compute', 'Multiple VMExtensions', 'secondNameOfHandler nextNight refused'],
    ['compute', 'Cannot update handlerVersion', 'otherHandlerVersion nextNight refused'],
    ['compute', 'could not be found in location', 'ArtifactNotFound afterFix refused'],
    ['compute', 'No version found in', 'ArtifactVersionNotFound afterFix refused'],
    [
      'compute',
      'Exit code: -2145648574',
      'DSREG_E_MSI_TENANTID_UNAVAILABLE nextNight extensionFailed -2145648574',
    ],
    [
      'compute',
      'Exit code: -2145648607',
      'DSREG_AUTOJOIN_DISC_FAILED afterFix extensionFailed -2145648607',
    ],
    ['compute', 'has exited with Exit code: 51', 'unsupportedWindows never osUnsupported 51'],
    ['compute', 'The hostname is already', 'hostNameTaken afterFix duplicateName'],
    ['compute', "'mdmId' setting was not found", 'mdmIdMissing nextNight extensionFailed'],
    ['compute', 'Non-zero exit code: 51', 'packageManagerBusy afterFix extensionFailed 51'],
    ['compute', 'has not reported status', 'VMAgentStatusCommunicationError soon agentNotReady'],
    ['compute', 'has timed out', 'VMExtensionProvisioningTimeout nextNight neverEnded'],
  ];
  const ofVms = recorded.errors.filter(({ area }) => area === 'arm' || area === 'compute');

  it.each(expected)('%s: %s', (area, piece, decoded) => {
    const found = ofVms.filter(
      (one) =>
        one.area === area && JSON.stringify(one.body).includes(JSON.stringify(piece).slice(1, -1)),
    );
    expect(found).toHaveLength(1);
    const [one] = found;
    expect(one?.source).not.toBe('');
    const said = errorIn(JSON.stringify(one?.body));
    expect(brief(decodeFailure({ status: one?.http_status ?? 0, ...said }, unknown))).toBe(decoded);
  });

  it('are all decoded, and none is left out', () => {
    expect(expected).toHaveLength(ofVms.length);
    for (const { http_status, body } of recorded.errors) {
      const decoded = decodeFailure(
        { status: http_status, ...errorIn(JSON.stringify(body)) },
        unknown,
      );
      expect(Object.keys(reasons)).toContain(decoded.reason);
      expect(decoded.name).not.toBe('');
    }
  });
});

describe('exit codes of handlers', () => {
  const windowsPage = 'howto-vm-sign-in-azure-ad-windows';
  const linuxPage = 'howto-vm-sign-in-azure-ad-linux';
  const hresults = 'the same number, unsigned and in hexadecimal: two’s complement';
  it.each<[string, FailedOn, string, string, string]>([
    // source, machine, code, message, decoded
    [windowsPage, windows, '1007', 'Exit code: -2145648574', 'DSREG_E_MSI_TENANTID_UNAVAILABLE'],
    [hresults, windows, '', 'with exit code 2149318722', 'DSREG_E_MSI_TENANTID_UNAVAILABLE'],
    [hresults, windows, '', 'failed: 0x801C0042', 'DSREG_E_MSI_TENANTID_UNAVAILABLE'],
    [windowsPage, windows, '-2145648607', '', 'DSREG_AUTOJOIN_DISC_FAILED'],
    [hresults, windows, '', '0x801c0021 at discovery', 'DSREG_AUTOJOIN_DISC_FAILED'],
    [hresults, windows, '', 'hr=2149318689', 'DSREG_AUTOJOIN_DISC_FAILED'],
    ['troubleshoot-hybrid-join', windows, '', '0x801c001f', 'DSREG_AUTOJOIN_DISC_WAIT_TIMEOUT'],
    [
      'troubleshoot-hybrid-join',
      windows,
      '',
      '0x801c003d',
      'DSREG_AUTOJOIN_USERREALM_DISCOVERY_FAILED',
    ],
    [windowsPage, windows, '51', '', 'unsupportedWindows'],
    [windowsPage, windows, '', 'exited with exit code 51.', 'unsupportedWindows'],
    ['azure-docs#60658', windows, '', 'Exit code: 50', 'unsupportedWindows'],
    [
      windowsPage,
      windows,
      '',
      "This extension is not supported on the VM's operating system.",
      'unsupportedWindows',
    ],
    [windowsPage, windows, '', 'not supported on the VM’s operating system', 'unsupportedWindows'],
    ['public reports', windows, '', 'exit code: -2145648509', 'hostNameTaken'],
    [
      'public reports',
      windows,
      '1',
      'The host name is already used by another device',
      'hostNameTaken',
    ],
    ['azure-docs#54844', windows, '', 'Exit code: -2145648639', 'joinRefused'],
    ['azure-docs#55263', windows, '', 'InvalidParameter (0x801c0001)', 'joinRefused'],
    ['bicep-registry-modules#6109', windows, '1', "'mdmId' setting was not found.", 'mdmIdMissing'],
    ['bicep-registry-modules#6109', windows, '1', 'mdmId setting was not found', 'mdmIdMissing'],
    [windowsPage, windows, '', 'The machine is already domain joined.', 'unsupportedJoinState'],
    [windowsPage, windows, '', 'Unsupported join state: 3', 'unsupportedJoinState'],
    [windowsPage, windows, '1', 'Domain-Joined device', 'unsupportedJoinState'],
    [windowsPage, windows, '1007', '', 'terminalError1007'],
    [windowsPage, windows, '', 'terminal error code 1007', 'terminalError1007'],
    [windowsPage, windows, '', 'terminal error code 10071', 'unknown'],
    [
      windowsPage,
      windows,
      '',
      "terminal error code '1007' and error message: 'x'",
      'terminalError1007',
    ],
    [linuxPage, linux, '22', '', 'systemIdentityMissing'],
    [linuxPage, linux, '', 'Non-zero exit code: 22, /var/lib/waagent/x', 'systemIdentityMissing'],
    [linuxPage, linux, '', 'Non-zero exit code: 23', 'oldExtensionPresent'],
    ['public reports', linux, '', 'exit status 51', 'packageManagerBusy'],
    ['public reports', linux, '20', '', 'unknownExitCode20'],
    ['public reports', linux, '', 'exit code=20', 'unknownExitCode20'],
    // The machine is not known; the message tells, or the number does.
    [linuxPage, unknown, '', 'AADSSHLoginForLinux ended with exit code: 51', 'packageManagerBusy'],
    [linuxPage, unknown, '', '/var/lib/waagent/x exit code: 51', 'packageManagerBusy'],
    [windowsPage, unknown, '', 'AADLoginForWindows: exit code: 51', 'unsupportedWindows'],
    [windowsPage, unknown, '', 'C:\\Packages\\Plugins\\x exit code: 51', 'unsupportedWindows'],
    [linuxPage, unknown, '', 'exit code: 23', 'oldExtensionPresent'],
    [windowsPage, unknown, '', 'exit code: -2145648607', 'DSREG_AUTOJOIN_DISC_FAILED'],
    ['both pages', unknown, '', 'exit code: 51', 'exitCode51'],
    // What is known of the machine counts more than what a message claims.
    ['the rules', linux, '', 'AADLoginForWindows: exit code: 51', 'packageManagerBusy'],
    ['the rules', windows, '', 'exit code: 22', 'unknownExitCode'],
    // Nobody knows it.
    ['the rules', windows, '', 'exit code: 99', 'unknownExitCode'],
    ['the rules', windows, '', '0x801c9999', 'unknownExitCode'],
    ['the rules', windows, '', 'it just broke', 'unknown'],
    [
      'the rules',
      windows,
      'VMExtensionProvisioningError',
      '22 of 23 steps',
      'VMExtensionProvisioningError',
    ],
    [
      'the rules',
      linux,
      'VMExtensionHandlerNonTransientError',
      'x',
      'VMExtensionHandlerNonTransientError',
    ],
    // Several: the first that a table has.
    [
      'the rules',
      windows,
      '1007',
      'exit code: 99, exit code: -2145648607',
      'DSREG_AUTOJOIN_DISC_FAILED',
    ],
    [
      'the rules',
      windows,
      '',
      'exit code: 99 because the domain joined first',
      'unsupportedJoinState',
    ],
  ])('%s: %j %s %s', (_, on, code, message, name) => {
    expect(decodeFailure(errorOf(code, message), on).name).toBe(name);
    // The report of an operation says the same as the VM itself.
    expect(decodeFailure(errorOf(code, message, 200), on).name).toBe(name);
  });

  it('are told as they are, also where nobody knows them', () => {
    const decoded = decodeFailure(errorOf('', 'Exit code: 99 of \u001b[31mX\r\nrest'), windows);
    expect(decoded).toMatchObject({
      exitCode: 99,
      cause: 'The extension ended with exit code 99, which no page explains.',
      retry: 'nextNight',
      reason: 'extensionFailed',
      source: '',
      said: 'Exit code: 99 of [31mX rest',
    });
    expect(decodeFailure(errorOf('', 'x'), windows).cause).toContain('its message is all there is');
  });

  it('says both meanings where the OS is not known', () => {
    const { cause, look, exitCode, source } = decodeFailure(errorOf('51'), unknown);
    expect(source).toMatch(/howto-vm-sign-in-azure-ad-windows and Public reports/);
    expect(cause).toMatch(/^With windows: .* version of Windows\. With linux: .*package manager/);
    expect([look, exitCode]).toEqual([null, 51]);
  });
});

describe('a write that was refused', () => {
  const linked = "action 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on";
  it.each<[string, number, string, string, string]>([
    // source, status, code, message, decoded
    ['error-messages', 409, 'OperationNotAllowed', '', 'OperationNotAllowed nextNight refused'],
    ['throttling', 429, 'OperationNotAllowed', 'not running', 'throttled soon unreachable'],
    ['throttling', 429, '', '', 'throttled soon unreachable'],
    [
      'error-messages',
      409,
      'operationnotallowed',
      'since another operation is in progress',
      'anotherOperation soon extensionBusy',
    ],
    ['azure-cli', 409, 'AnotherOperationInProgress', '', 'anotherOperation soon extensionBusy'],
    [
      'common errors',
      403,
      'LinkedAuthorizationFailed',
      linked,
      'LinkedAuthorizationFailed afterFix identityForbidden',
    ],
    ['rest/api/compute', 412, 'ConditionNotMet', '', 'PreconditionFailed soon changedByOthers'],
    ['rest/api/compute', 412, 'PreconditionFailed', '', 'PreconditionFailed soon changedByOthers'],
    [
      'subscription-states',
      409,
      'ReadOnlyDisabledSubscription',
      '',
      'ReadOnlyDisabledSubscription afterFix refused',
    ],
    ['lock-resources', 409, 'ScopeLocked', '', 'ScopeLocked afterFix locked'],
    ['common errors', 401, 'InvalidAuthenticationToken', '', 'unauthenticated soon unreachable'],
    ['common errors', 403, 'Denied', '', 'forbidden afterFix forbidden'],
    ['http', 500, 'InternalServerError', '', 'InternalServerError soon unreachable'],
    ['http', 503, '', '', 'status 503 soon unreachable'],
    ['http', 408, '', '', 'status 408 soon unreachable'],
    ['http', 400, 'BadRequest', 'what', 'BadRequest nextNight refused'],
    ['http', 409, 'Strange', '', 'Strange nextNight refused'],
    ['http', 400, '', '', 'status 400 nextNight refused'],
    ['Node.js', 0, 'ECONNRESET', '', 'ECONNRESET soon unreachable'],
    ['Node.js', 400, 'ECONNRESET', '', 'ECONNRESET nextNight refused'],
    ['Node.js', 0, 'XECONNRESET', '', 'XECONNRESET nextNight refused'],
    ['Node.js', 0, 'ECONNx', '', 'ECONNx nextNight refused'],
    ['http', 0, 'Elsewhere', '', 'Elsewhere nextNight refused'],
    ['http', 300, '51', '', '51 nextNight refused'],
    // Numbers in what Resource Manager says are nobody's exit codes.
    ['http', 409, '', 'policy text: exit code: 51', 'status 409 nextNight refused'],
    ['http', 500, '51', '', '51 soon unreachable'],
  ])('%s: %s %s %s', (_, status, code, message, decoded) => {
    const found = decodeFailure(errorOf(code, message, status), windows);
    expect(brief(found)).toBe(decoded);
    expect(found.look).toBeNull();
  });

  it('says what Azure said, in one harmless line of 600 characters', () => {
    const { said } = decodeFailure(errorOf('A\n', `x\u202E${'y'.repeat(9_000)}`, 400), unknown);
    expect(said).toMatch(/^A x y{596}$/);
  });
});

describe('where to look', () => {
  it.each(['exit code: 99', 'it just broke', 'domain joined', 'exit code: 51'])(
    'is told whenever a handler failed: %s',
    (message) => {
      expect(decodeFailure(errorOf('', message), windows).look).not.toBeNull();
    },
  );

  it('is told with the version of the handler, whatever its length', () => {
    const of = (message: string) => decodeFailure(errorOf('', message), windows).look?.files[0];
    expect(of('x (version 0.41.10.12)')).toContain('\\0.41.10.12\\');
    expect(of('x (Version 12.3)')).toContain('\\12.3\\');
    expect(of('x (subversion 12.3), version 7')).toContain('\\<version>\\');
  });

  it('is told for the machine that failed, in its cloud', () => {
    const on: FailedOn = { family: 'windows', cloud: 'AzureUSGovernment' };
    const message = '(name: X, version 1.0.0.1) with exception: exit code: -2145648607';
    const { look } = decodeFailure(errorOf('1007', message), on);
    expect(look?.files[0]).toBe(
      'C:\\WindowsAzure\\Logs\\Plugins\\Microsoft.Azure.ActiveDirectory.AADLoginForWindows' +
        '\\1.0.0.1\\CommandExecution.log',
    );
    expect(look?.commands.join()).toContain('dsregcmd /status');
    expect(look?.eventLogs.join()).toMatch(/User Device Registration\\Admin.*AAD\\Operational/);
    expect(look?.endpoints.map(({ url }) => url)).toContain(
      'https://enterpriseregistration.microsoftonline.us/',
    );
    expect(look?.metadata).toHaveLength(3);
  });

  it('is told for Linux, with the version left open where nobody said it', () => {
    const { look } = decodeFailure(errorOf('22'), unknown);
    expect(look?.files).toEqual([
      '/var/log/azure/Microsoft.Azure.ActiveDirectory.AADSSHLoginForLinux/CommandExecution.log',
      '/var/lib/waagent/Microsoft.Azure.ActiveDirectory.AADSSHLoginForLinux-<version>/',
      '/var/log/waagent.log',
    ]);
    expect(look?.commands.join()).toContain('proxy');
    expect(look?.eventLogs).toEqual([]);
    const windowsLook = decodeFailure(errorOf('50'), windows).look;
    expect(windowsLook?.files[0]).toContain('\\<version>\\CommandExecution.log');
    expect(windowsLook?.files[1]).toContain('\\<version>\\CommandExecution_YYYYMMDDHHMMSSSSS.log');
  });

  it.each(['VMAgentStatusCommunicationError', 'VMExtensionProvisioningTimeout'])(
    'is told after %s, whose reason only the VM knows',
    (code) => {
      expect(decodeFailure(errorOf(code), linux).look?.files).toContain('/var/log/waagent.log');
      expect(decodeFailure(errorOf(code, 'AADLoginForWindows'), unknown).look?.files).toContain(
        'C:\\WindowsAzure\\Logs\\WaAppAgent.log',
      );
      expect(decodeFailure(errorOf(code), unknown).look).toBeNull();
    },
  );
});

describe('the tables', () => {
  it.each([handlerFailures, armFailures])('are dated, and each row names a source: %#', (table) => {
    expect(table.asOf).toMatch(/^\d{4}-\d{2}$/);
    for (const { name, cause, next, source } of table.rows) {
      expect({ name, source: source.length > 20 }).toEqual({ name, source: true });
      expect(cause).toMatch(/^[A-Z][^\n]{20,110}\.$/);
      expect(next).toMatch(/^[A-Z][^\n]{5,110}\.$/);
    }
  });

  it.each(handlerFailures.rows.filter((row) => row.family === 'linux'))(
    'say of $name on Linux that the extension has to be removed first',
    ({ next, retry }) => {
      expect(next.toLowerCase()).toMatch(/remove (?:both|the) extensions?|remove it/);
      expect(retry).toBe('afterFix');
    },
  );
});
