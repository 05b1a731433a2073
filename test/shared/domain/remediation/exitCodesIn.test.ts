import * as fc from 'fast-check';
import { exitCodesIn } from '../../../../shared/domain/remediation/exitCodesIn';

describe('exit codes in a message', () => {
  it.each<[string, string, number[]]>([
    // source, message, codes
    ['azure-docs#43471', 'has exited with Exit code: -2145648574', [-2145648574]],
    ['waagent', '[ExtensionOperationError] Non-zero exit code: 51, /var/lib/x', [51]],
    ['azure-docs#60658', 'Exit code 50', [50]],
    ['systemd', 'exit status 22', [22]],
    ['systemd', 'code=exited, ExitCode=23', [23]],
    ['PowerShell', "exit code: '51'", [51]],
    ['PowerShell', 'exit code (51)', [51]],
    ['PowerShell', 'exit code is 51.', [51]],
    ['PowerShell', 'exit code of 51;', [51]],
    ['PowerShell', 'exited with 51', [51]],
    ['PowerShell', 'exited with status 51', [51]],
    ['PowerShell', 'exit_code="51"', [51]],
    ['PowerShell', 'EXIT-CODE:51', [51]],
    ['line breaks', 'exit code:\n51', [51]],
    ['HRESULT', 'failed with 0x801c0021', [-2145648607]],
    ['HRESULT', 'failed with 0X801C0021!', [-2145648607]],
    ['HRESULT', 'hr 2149318689', [-2145648607]],
    ['HRESULT', 'hr=-2145648607', [-2145648607]],
    ['HRESULT', 'exit code: 0x33', [51]],
    ['a page that was copied', 'exit code: \u22122145648574', [-2145648574]],
    ['a page that was copied', 'exit code \u20132145648574', [-2145648574]],
    ['several', 'exit code: 1, then 0x801c0042, exit code: 1', [1, -2145648574]],
    // Numbers that are none.
    ['versions', 'version 0.4.1.0, build 51', []],
    ['versions', 'exit code of version 1.0.0.1', []],
    ['versions', 'exit code: 10.0.20348', []],
    ['counts', '22 of 23 machines, 51 %', []],
    ['names', 'vm-51 exit code: abc51', []],
    ['names', 'exit code: 51abc', []],
    ['terminal errors', "terminal error code '1007'", []],
    ['other HRESULTs', '0x80070005', []],
    ['other HRESULTs', 'nix0x801c0021', []],
    ['too large', 'exit code: 99999999999', []],
    ['too large', 'exit code: 9999999999', []],
    ['too large', 'exit code: -4294967295', []],
    ['too large', 'exit code: 4294967296', []],
    ['32 bits', 'exit code: 4294967295', [-1]],
    ['32 bits', 'exit code: -0x33', [-51]],
    ['32 bits', 'exit code: -2147483649', []],
    ['32 bits', 'exit code: -2147483648', [-2147483648]],
    ['nothing', '', []],
    ['nothing', 'exit code:', []],
  ])('%s: %s', (_, message, codes) => {
    expect(exitCodesIn(message)).toEqual(codes);
  });

  it('are the same in each way of writing them', () => {
    const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(int32, (code) => {
        const ways = [`${code}`, `${code >>> 0}`, `0x${(code >>> 0).toString(16)}`];
        for (const way of ways) expect(exitCodesIn(`it said: Exit code: ${way}.`)).toEqual([code]);
      }),
    );
  });

  it('are found in whatever a machine writes, without throwing', () => {
    const parts = fc.constantFrom(
      'exit',
      ' code',
      ': ',
      '51',
      '0x',
      '-',
      'exited with ',
      '801c0042',
    );
    const text = fc.array(fc.oneof(parts, fc.string({ unit: 'binary' })), { maxLength: 20 });
    fc.assert(
      fc.property(text, (pieces) => {
        for (const code of exitCodesIn(pieces.join(''))) expect(code).toBe(code | 0);
      }),
      { numRuns: 200 },
    );
  });

  it('are looked for in the first 20,000 characters of a text that goes on and on', () => {
    const long = 'exit code '.repeat(100_000);
    expect(exitCodesIn(`exit code: 51 ${long}`)).toEqual([51]);
    expect(exitCodesIn(`${long} exit code: 51`)).toEqual([]);
    expect(exitCodesIn('9'.repeat(1_000_000))).toEqual([]);
  });
});
