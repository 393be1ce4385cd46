const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Letters, digits, dots, dashes and underscores, 64 at most, a letter or digit first: safe as a file name anywhere. */
export function isArtifactName(name: string): boolean {
  return NAME.test(name);
}
