'use server';
import { randomUUID } from 'node:crypto';
import { revalidatePath } from 'next/cache';
import { redirect } from 'next/navigation';
import { ApiError } from '../../shared/api/api-error.ts';
import { postOnce } from '../../shared/api/post-once.ts';
import { ask } from '../../shared/api/server.ts';
import type { Comment, Post } from '../../shared/api/types.ts';
import { textOf } from '../../shared/ui/form-state.ts';
import { returnPath, signInPath } from '../session/return-path.ts';
import { COMMUNITY, postPath, withNews } from './which.ts';
import { type Doing, refusedText, sayNot, type WriteState } from './writing.ts';

/** What a browser sends is not believed to be an id: it becomes a part of an address. */
const idOf = (form: FormData, name: string): string => encodeURIComponent(textOf(form, name));

/** Pages that this tab keeps were rendered before, and are asked for again. */
const forgetPages = (): void => revalidatePath(COMMUNITY, 'layout');

/** Posts what was written, once however often the form is sent, and leads to where everybody sees it. */
export const write = async (_before: WriteState, form: FormData): Promise<WriteState> => {
  const [text, ticketId] = [textOf(form, 'text'), textOf(form, 'ticketId')];
  const body = ticketId === '' ? { text } : { text, ticketId };
  const key = textOf(form, 'key') || randomUUID();
  let post: Post;
  try {
    post = await postOnce<Post>('community', '/api/posts', body, key);
  } catch (error) {
    return refused('post', error, text, key);
  }
  forgetPages();
  redirect(withNews(COMMUNITY, { said: 'posted', id: post.id }));
};

/** Puts a comment beneath a post. */
export const comment = async (_before: WriteState, form: FormData): Promise<WriteState> => {
  const [text, postId] = [textOf(form, 'text'), idOf(form, 'post')];
  const key = textOf(form, 'key') || randomUUID();
  let written: Comment;
  try {
    written = await postOnce<Comment>('community', `/api/posts/${postId}/comments`, { text }, key);
  } catch (error) {
    return refused('comment', error, text, key);
  }
  forgetPages();
  redirect(withNews(`${COMMUNITY}/${postId}`, { said: 'commented', id: written.id }));
};

/** Gives a post another text. */
export const edit = async (_before: WriteState, form: FormData): Promise<WriteState> => {
  const [text, postId] = [textOf(form, 'text'), idOf(form, 'post')];
  try {
    await ask('community', 'put', `/api/posts/${postId}`, { body: { text } });
  } catch (error) {
    return refused('edit', error, text, '');
  }
  forgetPages();
  redirect(withNews(`${COMMUNITY}/${postId}`, { said: 'saved', id: textOf(form, 'post') }));
};

const refused = (
  doing: 'post' | 'comment' | 'edit',
  error: unknown,
  text: string,
  key: string,
): WriteState => {
  if (!(error instanceof ApiError)) throw error;
  return {
    ...refusedText(doing, error),
    values: { text },
    key: error.isUnanswered ? key : randomUUID(),
  };
};

export interface DoneState {
  readonly message?: string;
}

/** Takes a post away, and leads to where everybody's are. What is gone already is gone. */
export const deletePost = async (_before: DoneState, form: FormData): Promise<DoneState> => {
  const postId = idOf(form, 'post');
  const message = await unlessDone('delete', `${COMMUNITY}/${postId}`, () =>
    ask('community', 'delete', `/api/posts/${postId}`),
  );
  if (message !== undefined) return { message };
  redirect(withNews(COMMUNITY, { said: 'deleted' }));
};

/** Takes a comment away, and leads to the post above it. */
export const deleteComment = async (_before: DoneState, form: FormData): Promise<DoneState> => {
  const path = postPath(textOf(form, 'post'));
  const message = await unlessDone('delete', path, () =>
    ask('community', 'delete', `/api/comments/${idOf(form, 'comment')}`),
  );
  if (message !== undefined) return { message };
  redirect(withNews(path, { said: 'deleted' }));
};

/**
 * Likes a post or comment, or takes that back, before the page is alive; and leads those who are not signed
 * in to do so. The page is shown again where it was.
 */
export const like = async (_before: DoneState, form: FormData): Promise<DoneState> => {
  const what = textOf(form, 'what') === 'comments' ? 'comments' : 'posts';
  const method = textOf(form, 'wanted') === 'yes' ? 'put' : 'delete';
  const path = returnPath(textOf(form, 'back'));
  const message = await unlessDone('like', path, () =>
    ask('community', method, `/api/${what}/${idOf(form, 'id')}/like`),
  );
  if (message !== undefined) return { message };
  redirect(path);
};

/** @returns why it was not done, in words */
const unlessDone = async (
  doing: Doing,
  path: string,
  change: () => Promise<unknown>,
): Promise<string | undefined> => {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.is('not_signed_in')) redirect(signInPath(path));
    if (doing !== 'delete' || error.status !== 404) return sayNot(doing, error);
  }
  forgetPages();
  return undefined;
};
