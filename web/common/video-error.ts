/** A stream that cannot be shown. The message is a sentence for the user. */
export class VideoError extends Error {
  override readonly name = 'VideoError';
}
