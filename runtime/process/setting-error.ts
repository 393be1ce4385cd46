/** Something that whoever started this process got wrong: a file, a combination of options. Told without a stack. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** Why a file cannot be read, in words. */
export function whyUnreadable(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'EACCES') return 'this user may not read it';
  if (code === 'ERR_ACCESS_DENIED') return 'this process was started without --allow-fs-read for it';
  return message;
}
