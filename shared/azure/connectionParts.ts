/** The parts of a storage connection string, by their names in lower case. Never throws. */
export function connectionParts(connectionString: string): ReadonlyMap<string, string> {
  return new Map(
    connectionString.split(';').map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()] as const;
    }),
  );
}
