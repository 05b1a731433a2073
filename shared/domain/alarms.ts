/**
 * Every alarm there is: a named line of the log for which somebody is woken. Its runbook
 * is `docs/runbooks/<name>.md`. Names are stable: people build rules on them. `severity`: `high`
 * means that a rule of ours may let somebody in who should not get in, or that nobody would notice
 * if it did; `low` means that something which ought to open does not, or needs to be seen to.
 */
export const alarms = {
  closeRefused: { severity: 'high', means: 'a rule that has to go may not be deleted' },
  overrun: { severity: 'high', means: 'a rule may still stand after its deadline' },
  ruleAfterClose: { severity: 'high', means: 'a rule of a window that was closed stood again' },
  foreignRule: { severity: 'high', means: 'a rule has a name of ours and no valid marker' },
  copiedRule: { severity: 'high', means: 'a rule of another name carries a marker of ours' },
  changedByOthers: { severity: 'high', means: 'somebody changed a rule of ours' },
  removedByOthers: { severity: 'low', means: 'somebody deleted a rule of ours' },
  disarmed: { severity: 'high', means: 'a rule that may not be deleted was turned into a Deny' },
  skew: { severity: 'high', means: 'host and Resource Manager disagree about the time' },
  instanceFailed: { severity: 'low', means: 'a sleeper was lost and had to be started again' },
  sweeperSilent: { severity: 'high', means: 'the sweeper app has not been heard of' },
  budgetExhausted: { severity: 'low', means: 'requests left are fewer than closes may need' },
  closingDisabled: { severity: 'high', means: 'the settings do not let the app close anything' },
  openingsDisabled: { severity: 'low', means: 'policy or keys are faulty, so nothing opens' },
  intakeFault: { severity: 'low', means: 'an activation cannot be confirmed, and this lasts' },
  intakeGivenUp: { severity: 'low', means: 'a hint could not be judged for a day' },
  auditUnwritten: { severity: 'low', means: 'what was done cannot be recorded, so nothing opens' },
  noticeUndelivered: { severity: 'low', means: 'people are not told of windows' },
  breakGlassUsed: { severity: 'high', means: 'somebody has opened a window past everything else' },
  voucherInvalid: { severity: 'high', means: 'a row of the ledger is not what was signed' },
  licenceMissing: { severity: 'low', means: 'the tenant has no licence for PIM' },
} as const satisfies Readonly<Record<string, { severity: 'high' | 'low'; means: string }>>;

/** Name of an alarm, its event in the log, and the name of its runbook. */
export type AlarmName = keyof typeof alarms;
