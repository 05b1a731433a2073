import fc from 'fast-check';
import { classify, retryAfterMaxMs } from '../../../shared/domain/classify';
import type { FaultKind } from '../../../shared/domain/fault';
import recorded from '../../fixtures/answers/errors.json';

/** What each recorded refusal must be taken for, by its most telling code and its status. */
const expected: Record<string, FaultKind> = {
  '400 SecurityRuleConflict': 'conflict',
  '400 SecurityRuleCountLimitReached': 'invalid',
  '400 SecurityRuleInvalidPortRange': 'invalid',
  '400 SecurityRuleInvalidAddressPrefix': 'invalid',
  '400 SecurityRuleParameterContainsUnsupportedValue': 'invalid',
  '400 NumberOfApplicationSecurityGroupsReferencedInSecurityRuleLimitReached': 'invalid',
  '429 RetryableErrorDueToAnotherOperation': 'busy',
  '429 ReferencedResourceNotProvisioned': 'busy',
  '409 AnotherOperationInProgress': 'busy',
  '200 CanceledAndSupersededDueToAnotherOperation': 'busy',
  '412 PreconditionFailedEtagMismatch': 'changed',
  '400 InUseNetworkSecurityGroupCannotBeDeleted': 'invalid',
  '400 InvalidRequestFormat': 'invalid',
  '400 NetworkSecurityGroupNotCompliantForAzureBastionSubnet': 'invalid',
  '404 NotFound': 'missing',
  '404 ResourceNotFound': 'missing',
  '404 ResourceGroupNotFound': 'missing',
  '404 SubscriptionNotFound': 'missing',
  '403 AuthorizationFailed': 'denied',
  '403 LinkedAuthorizationFailed': 'denied',
  '401 ExpiredAuthenticationToken': 'unauthenticated',
  '409 ScopeLocked': 'locked',
  '403 RequestDisallowedByPolicy': 'denied',
  '429 SubscriptionRequestsThrottled': 'throttled',
  '429 ResourceRequestsThrottled': 'throttled',
  '429 RateLimiting': 'throttled',
  '429 TooManyRequests': 'throttled',
  '409 OperationNotAllowed': 'invalid',
  '409 Conflict': 'busy',
  '400 BadRequest': 'invalid',
  '404 ArtifactNotFound': 'missing',
  '404 ArtifactVersionNotFound': 'missing',
  '200 VMExtensionHandlerNonTransientError': 'unavailable',
  '200 VMExtensionProvisioningError': 'unavailable',
  '200 VMAgentStatusCommunicationError': 'unavailable',
  '200 VMExtensionProvisioningTimeout': 'unavailable',
};

const answers = recorded.map(({ status, headers, body }) => ({
  status,
  headers: lowerCase(headers),
  body: JSON.stringify(body),
}));

describe('errors as Azure gives them', () => {
  it.each(answers)('$status $body', (answer) => {
    const facts = classify(answer);
    const name = `${facts.status} ${facts.code}`;
    expect({ name, kind: facts.kind }).toEqual({ name, kind: expected[name] });
  });

  it('are all in the table, and the table names nothing else', () => {
    const seen = answers.map(classify).map(({ status, code }) => `${status} ${code}`);
    expect([...new Set(seen)].sort()).toEqual(Object.keys(expected).sort());
  });

  it.each<[string, number, FaultKind]>([
    ['SecurityRuleConflict', 409, 'conflict'],
    ['AadPremiumLicenseRequired', 400, 'licence'],
    ['AadPremiumLicenseRequired', 403, 'licence'],
    ['RetryableError', 429, 'busy'],
    ['OperationNotAllowed', 429, 'throttled'],
    ['ScopeLocked', 403, 'locked'],
    ['RequestDisallowedByPolicy', 409, 'denied'],
    ['ReadOnlyDisabledSubscription', 409, 'denied'],
    ['RetryableErrorDueToAnotherOperation', 429, 'busy'],
    ['AnotherOperationInProgress', 429, 'busy'],
    ['CanceledAndSupersededDueToAnotherOperation', 202, 'busy'],
    ['Canceled', 202, 'unavailable'],
    ['__proto__', 400, 'invalid'],
    ['constructor', 429, 'throttled'],
    ['NotFound', 404, 'missing'],
    ['', 401, 'unauthenticated'],
    ['', 403, 'denied'],
    ['', 404, 'unavailable'],
    ['', 407, 'unavailable'],
    ['', 412, 'changed'],
    ['', 421, 'unavailable'],
    ['', 423, 'busy'],
    ['', 429, 'throttled'],
    ['', 499, 'unavailable'],
    ['', 408, 'unavailable'],
    ['', 409, 'busy'],
    ['', 410, 'invalid'],
    ['', 500, 'unavailable'],
    ['', 502, 'unavailable'],
    ['', 503, 'unavailable'],
    ['', 504, 'unavailable'],
    ['', 200, 'unavailable'],
    ['', 0, 'unavailable'],
  ])('%s with %i is %s', (code, status, kind) => {
    expect(classify({ status, headers: {}, body: JSON.stringify({ error: { code } }) }).kind).toBe(
      kind,
    );
  });

  it('tell another operation apart from a state that forbids ours', () => {
    const message = 'Operation is not allowed since another operation is in progress.';
    const body = JSON.stringify({ error: { code: 'OperationNotAllowed', message } });
    expect(classify({ status: 409, headers: {}, body }).kind).toBe('busy');
  });
});

describe('calls without an answer', () => {
  it.each([
    'ECONNRESET',
    'EAI_AGAIN',
    'ENOTFOUND',
    'ETIMEDOUT',
    'ECONNREFUSED',
    'EPIPE',
    'AbortError',
    'CERT_HAS_EXPIRED',
    'REQUEST_SEND_ERROR',
  ])('%s may or may not have had an effect', (errorCode) => {
    expect(classify({ errorCode })).toEqual({
      kind: 'unavailable',
      code: errorCode,
      status: 0,
      retryAfterMs: null,
    });
  });
});

const anything = fc.record({
  status: fc.oneof(fc.integer({ min: 0, max: 599 }), fc.integer()),
  headers: fc.dictionary(
    fc.constantFrom('retry-after', 'retry-after-ms', 'x-ms-retry-after-ms', 'date', 'x'),
    fc.oneof(fc.string(), fc.integer().map(String), fc.date({ noInvalidDate: true }).map(String)),
  ),
  body: fc.oneof(fc.string(), fc.json()),
});

describe('whatever comes', () => {
  it('has a kind, a clean code and a wait that makes sense', () => {
    fc.assert(
      fc.property(anything, (answer) => {
        const facts = classify(answer);
        expect(facts.code).toMatch(/^[A-Za-z0-9_.-]{1,80}$/);
        const waitMs = facts.retryAfterMs ?? 0;
        expect(waitMs >= 0 && waitMs <= retryAfterMaxMs).toBe(true);
        expect(JSON.parse(JSON.stringify(facts))).toEqual(facts);
      }),
    );
  });
});

describe('bodies that are no errors', () => {
  it.each([
    '',
    '<html><body>Bad gateway</body></html>',
    '{"error":',
    'null',
    '7',
    '"text"',
    '[]',
    '{"error":[]}',
    '{"error":{"code":7,"message":[],"details":"x"}}',
    '{"error":{"details":[null,7,"x",[]]}}',
    '{"error":{"code":""}}',
    '{"error":{"code":"\\u0000\\n "}}',
  ])('%j has no code', (body) => {
    expect(classify({ status: 500, headers: {}, body })).toEqual({
      kind: 'unavailable',
      code: 'NoCode',
      status: 500,
      retryAfterMs: null,
    });
  });

  it('leave nothing in the code but a code', () => {
    const code = `${'A'.repeat(100)}\u001b[31m\n<script>`;
    const body = JSON.stringify({ error: { code } });
    expect(classify({ status: 400, headers: {}, body }).code).toBe('A'.repeat(80));
    const short = JSON.stringify({ error: { code: 'a\n<b>\u202e/c' } });
    expect(classify({ status: 400, headers: {}, body: short }).code).toBe('abc');
  });
});

describe('how long to wait', () => {
  const date = 'Sat, 21 Nov 2026 12:00:00 GMT';
  it.each<[Record<string, string>, number | null]>([
    [{}, null],
    [{ 'retry-after': '17' }, 17_000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '-1' }, null],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '' }, null],
    [{ 'retry-after': '1.5' }, null],
    [{ 'retry-after': '1e9' }, null],
    [{ 'retry-after': 'NaN' }, null],
    [{ 'retry-after': '3600' }, retryAfterMaxMs],
    [{ 'retry-after': '999999999999' }, retryAfterMaxMs],
    [{ 'retry-after': '99999999999999999999' }, null],
    [{ 'retry-after': ' 17 ' }, 17_000],
    [{ 'retry-after': '17 s' }, null],
    [{ 'retry-after': 's17' }, null],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT', date }, 30_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT', date }, 0],
    [{ 'retry-after': 'Sat, 21 Nov 2099 11:00:00 GMT', date }, retryAfterMaxMs],
    [{ 'retry-after': 'Saturday, 21-Nov-26 12:00:30 GMT', date }, 30_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }, null],
    [{ 'retry-after': 'Sat, 99 Xyz 2026 12:00:30 GMT', date }, null],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT', date: 'today' }, null],
    [{ 'retry-after': 'not Sat, 21 Nov 2026 12:00:30 GMT', date }, null],
    [{ 'retry-after': `Sat, 21 Nov 2026 12:00:30 GMT (${'x'.repeat(20)})`, date }, null],
    [{ 'retry-after-ms': '250', 'retry-after': '17' }, 250],
    [{ 'x-ms-retry-after-ms': '400' }, 400],
    [{ 'x-ms-user-quota-resets-after': '00:00:05' }, 5_000],
    [{ 'x-ms-user-quota-resets-after': '00:02:05' }, 125_000],
    [{ 'x-ms-user-quota-resets-after': '01:00:00' }, retryAfterMaxMs],
    [{ 'x-ms-user-quota-resets-after': '1.00:00:05' }, null],
    [{ 'x-ms-user-quota-resets-after': '00:00:05.5' }, null],
    [{ 'x-ms-user-quota-resets-after': 'later' }, null],
  ])('%j', (headers, wait) => {
    expect(classify({ status: 429, headers, body: '' }).retryAfterMs).toBe(wait);
  });

  it('is not what the quota of Resource Graph says on an answer that is no throttle', () => {
    const headers = { 'x-ms-user-quota-resets-after': '00:00:05' };
    expect(classify({ status: 403, headers, body: '' }).retryAfterMs).toBeNull();
    expect(classify({ status: 503, headers, body: '' }).retryAfterMs).toBeNull();
  });

  it.each([
    ['The call can be retried in 14 seconds.', 14_000],
    ["Please try again after '372' seconds.", 372_000],
    ["Please try again after '7' seconds.", 7_000],
    ['The call can be retried in 7 seconds.', 7_000],
    ['Try again whenever you like.', null],
  ])('is read out of %j where no header says it', (message, wait) => {
    const body = JSON.stringify({ error: { code: 'RetryableError', details: [{ message }] } });
    expect(classify({ status: 429, headers: {}, body }).retryAfterMs).toBe(wait);
    const headers = { 'retry-after': '3' };
    expect(classify({ status: 429, headers, body }).retryAfterMs).toBe(3_000);
  });
});

function lowerCase(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
