/**
 * An answer of PIM or of the authorization provider that is an error in Azure too: HTTP status,
 * code and text as a client would see them. Thrown by the control functions, turned into an error
 * envelope by the provider.
 */
export class PimError extends Error {
  override readonly name = 'PimError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Policy rules that a request failed, worded as PIM words them. */
export function policyFailed(...rules: string[]): PimError {
  return new PimError(
    400,
    'RoleAssignmentRequestPolicyValidationFailed',
    `The following policy rules failed: ${JSON.stringify(rules)}`,
  );
}
