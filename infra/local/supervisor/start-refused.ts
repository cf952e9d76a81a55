/** Something that the person who ran the command can put right. The message says what is wrong and what to do. */
export class StartRefused extends Error {
  override name = 'StartRefused';
}
