/** True when `version` is `minimum` or newer, comparing major, minor and patch as numbers. */
export const isAtLeast = (version: string, minimum: string): boolean => {
  const [have, want] = [version, minimum].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i += 1) {
    const [a, b] = [have?.[i] ?? 0, want?.[i] ?? 0];
    if (a !== b) return a > b;
  }
  return true;
};
