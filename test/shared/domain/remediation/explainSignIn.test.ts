import * as fc from 'fast-check';
import { explainSignIn } from '../../../../shared/domain/remediation/explainSignIn';
import { signInIssues } from '../../../../shared/domain/remediation/signInIssues';

const page = 'howto-vm-sign-in-azure-ad-windows: sign-in problems';
const linuxPage = 'howto-vm-sign-in-azure-ad-linux: sign-in problems';
const bastion = 'bastion/connect-vm-native-client-windows, and reports of its users';
const rdp = 'connect-to-remote-aadj-pc, and reports of its users';
const prevent = 'Your account is configured to prevent you from using this device';
const method = "The sign-in method you're trying to use isn't allowed";

describe('a message that somebody saw', () => {
  it.each<[string, string, string | null]>([
    // source, message, issue
    [page, `${prevent}. For more info, contact your system administrator.`, 'roleNotAssigned'],
    [page, `${prevent.toUpperCase()}!`, 'roleNotAssigned'],
    [page, `"${prevent}"`, 'roleNotAssigned'],
    [page, `  ${prevent.replaceAll(' ', '\r\n')}  `, 'roleNotAssigned'],
    [linuxPage, 'Access denied:  Azure role not assigned', 'roleNotAssigned'],
    [page, 'Your credentials did not work.', 'credentialsDidNotWork'],
    [page, "Your credentials didn't work", 'credentialsDidNotWork'],
    [page, 'your credentials didn’t work', 'credentialsDidNotWork'],
    [page, 'Your credentials didn‘t work', 'credentialsDidNotWork'],
    [page, 'Your credentials didnt work', 'credentialsDidNotWork'],
    [page, 'Windows: Your credentials did not work (0x0)', 'credentialsDidNotWork'],
    [page, `${method}. Try a different sign-in method.`, 'signInMethodNotAllowed'],
    [page, method.replaceAll("'", '’'), 'signInMethodNotAllowed'],
    [page, method.replaceAll("'", '´').replace('-', '‑'), 'signInMethodNotAllowed'],
    [page, 'the sign in method you are trying to use is not allowed', 'signInMethodNotAllowed'],
    [bastion, 'The login attempt failed', 'loginAttemptFailed'],
    [bastion, 'The logon attempt failed.', 'loginAttemptFailed'],
    [bastion, 'Unable to Change Entra User', 'sameUserAgain'],
    [bastion, 'I am unable to login as a different user', 'sameUserAgain'],
    [rdp, 'AADSTS293004: The target-device identifier was not found', 'deviceNotFound'],
    [rdp, 'error=aadsts293004&x', 'deviceNotFound'],
    [page, 'Allow remote desktop connection?', 'allowConnectionPrompt'],
    [page, 'Azure Windows VM Sign-In is missing', 'signInAppMissing'],
    [linuxPage, "Couldn't retrieve token from local cache", 'tokenNotCached'],
    [page, 'Ｙour ｃredentials did not work', 'credentialsDidNotWork'],
    [page, 'Your credentials — did   not work', 'credentialsDidNotWork'],
    // Nobody explains these.
    ['nobody', '', null],
    ['nobody', 'Your credentials did work', null],
    ['nobody', 'your credentials did not worked', null],
    ['nobody', 'AADSTS2930041', null],
    ['nobody', 'xAADSTS293004', null],
    ['nobody', 'The computer is off', null],
    ['nobody', 'constructor', null],
    ['nobody', `${'x '.repeat(5_000)} The login attempt failed`, null],
  ])('%s: %j', (_, message, name) => {
    expect(explainSignIn(message)?.name ?? null).toBe(name);
  });

  it.each<[string, string, RegExp]>([
    [page, prevent, /Owner and Contributor.*Administrator Login or Virtual Machine User Login/],
    [page, prevent, /net localgroup/],
    [page, 'Your credentials did not work', /AzureAD\\name@domain/],
    [page, 'Your credentials did not work', /temporary.*set a new password/],
    [page, 'Your credentials did not work', /PKU2U/],
    [page, 'Your credentials did not work', /removed from the VM after it had joined/],
    [page, 'Your credentials did not work', /Multifactor.*by itself/],
    [page, method, /Windows Hello for Business/],
    [page, method, /Leave the app Azure Windows VM Sign-In out/],
    [bastion, 'the login attempt failed', /--enable-mfa.*Windows Server 2022, Windows 10 20H2/],
    [bastion, 'the login attempt failed', /Server 2019.*Leave --enable-mfa out/],
    [bastion, 'unable to change Entra user', /--configure/],
    [rdp, 'AADSTS293004', /host name, not by IP address/],
    [page, 'allow remote desktop connection', /15 of them for 30 days/],
    [page, 'azure windows vm sign-in', /372140e0-b3b7-4226-8ef9-d57986796201/],
    [linuxPage, 'could not retrieve token from local cache', /az login/],
  ])('%s: %j has %s behind it', (_, message, told) => {
    const causes = explainSignIn(message)?.causes ?? [];
    expect(causes.map(({ cause, fix }) => `${cause} ${fix}`).join(' ')).toMatch(told);
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const issue = explainSignIn(text);
        expect(issue === null || issue.causes.length > 0).toBe(true);
      }),
    );
  });

  it('is known by its words, whatever stands around them', () => {
    const words = fc.constantFrom(...signInIssues.rows.flatMap(({ says }) => says));
    const around = fc.constantFrom('', ' ', '"', '…', '\r\n', '. ', '(', '\u001b[1m ');
    fc.assert(
      fc.property(words, around, around, (said, before, after) => {
        const name = explainSignIn(`${before}${said.toUpperCase()}${after}`)?.name;
        expect(signInIssues.rows.find((row) => row.name === name)?.says).toContain(said);
      }),
    );
  });
});

describe('the table', () => {
  it('is dated, and each row names a source and a way out', () => {
    expect(signInIssues.asOf).toMatch(/^\d{4}-\d{2}$/);
    for (const { causes, source } of signInIssues.rows) {
      expect(source).toMatch(/^https:\/\/learn\.microsoft\.com\//);
      for (const { cause, fix } of causes)
        expect(`${cause} ${fix}`).toMatch(/^[A-Z].*\. [A-Z].*\.$/);
    }
  });

  it('does not say which trust Windows Hello for Business needs, as the page says both', () => {
    expect(JSON.stringify(signInIssues)).not.toMatch(/certificate trust|key trust/i);
  });
});
