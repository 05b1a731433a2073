/** A refusal as log fields. Its code stands under `refusal`: a field called `code` is masked as a key. */
export function refusalFields({
  code,
  rule,
  next,
}: {
  readonly code: string;
  readonly rule: string;
  readonly next: string;
}): { readonly refusal: string; readonly rule: string; readonly next: string } {
  return { refusal: code, rule, next };
}
