/** What people write: posts, and the comments beneath them. No I/O, no clock: `now` comes in. */
import { BadRequest, NotFound, NotYours } from '@ticketing/common/errors';
import { invalidTexts } from '@ticketing/common/texts';

export interface Post {
  readonly id: string;
  readonly author: string;
  readonly text: string;
  /** The ticket that it is about. Nobody is asked whether there is one. */
  readonly ticketId?: string | undefined;
  readonly createdAt: Date;
  readonly editedAt?: Date | undefined;
  /** As counted last; one of the people who liked it may be hidden from who asks. */
  readonly likes: number;
  readonly comments: number;
}

export interface Comment {
  readonly id: string;
  /** Of the post that it is beneath. */
  readonly of: string;
  readonly author: string;
  readonly text: string;
  readonly createdAt: Date;
  readonly likes: number;
}

const EDITABLE_MS = 15 * 60_000;

export class TooLateToEdit extends BadRequest {
  constructor() {
    super('too_late_to_edit', 'A post can be edited for 15 minutes after it was written');
  }
}

/** @throws {InvalidFields} for a text that cannot be read */
export const refuseUnreadable = (text: string, before?: string): void => {
  const invalid = invalidTexts({ text }, { text: before }, { text: { lines: true } });
  if (invalid !== undefined) throw invalid;
};

/**
 * The post with another text, marked as edited; the post itself where the text is the same.
 * @throws {NotYours} {TooLateToEdit} {InvalidFields}
 */
export const edit = (post: Post, user: string, text: string, now: Date): Post => {
  if (post.author !== user) throw new NotYours('This post is not yours');
  if (post.text === text) return post;
  if (now.getTime() - post.createdAt.getTime() > EDITABLE_MS) throw new TooLateToEdit();
  refuseUnreadable(text, post.text);
  return { ...post, text, editedAt: now };
};

/** @throws {NotYours} for all but the author of the comment and that of the post above it */
export const refuseToDelete = (comment: Comment, above: Post, user: string): void => {
  if (comment.author !== user && above.author !== user) throw new NotYours('This comment is not yours');
};

/** What is there for a viewer: not deleted, not hidden, and not by a person who is hidden from them. @throws {NotFound} */
export const shown = <T extends { readonly author: string }>(
  written: T | undefined,
  hidden: ReadonlySet<string>,
  what: 'Post' | 'Comment',
): T => {
  if (written === undefined || hidden.has(written.author)) throw new NotFound(`${what} not found`);
  return written;
};
