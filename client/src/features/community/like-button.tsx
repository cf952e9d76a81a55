'use client';
import { type FormEvent, useActionState } from 'react';
import type { Like, Person } from '../../shared/api/types.ts';
import { texts } from '../../shared/texts/index.ts';
import { FormMessage } from '../../shared/ui/form-message.tsx';
import { like } from './actions.ts';
import styles from './like-button.module.css';
import { useLike } from './use-like.ts';
import { anchorOf } from './which.ts';
import { sayNot } from './writing.ts';

const words = texts.community.post;

interface LikeButtonProps {
  readonly what: 'posts' | 'comments';
  /** A post or comment, as the server rendered it. */
  readonly liked: Like & { readonly id: string; readonly author: Person };
  readonly visitorId: string | undefined;
  /** Of the page that it is on. */
  readonly path: string;
}

/**
 * Likes a post or comment, and takes it back. Before the page is alive, and for who is not signed in, it is a form like
 * any other.
 */
export const LikeButton = ({ what, liked, visitorId, path }: LikeButtonProps) => {
  const { shown, error, press } = useLike(what, liked);
  const [refused, action] = useActionState(like, {});
  const message = error === undefined ? refused.message : sayNot('like', error);

  const send = (event: FormEvent): void => {
    if (visitorId === undefined) return;
    event.preventDefault();
    press();
  };

  return (
    <>
      <form action={action} onSubmit={send} className="flex items-center gap-2.5">
        <input type="hidden" name="what" value={what} />
        <input type="hidden" name="id" value={liked.id} />
        <input type="hidden" name="wanted" value={shown.likedByMe ? 'no' : 'yes'} />
        <input type="hidden" name="back" value={`${path}#${anchorOf(liked.id)}`} />
        <button type="submit" aria-pressed={shown.likedByMe} className={styles.like}>
          <span aria-hidden="true" className={styles.ring} />
          {shown.likedByMe ? words.liked : words.like}
          <span className="sr-only">
            : {(what === 'posts' ? words.ofPost : words.ofComment)(liked.author.name)}
          </span>
        </button>
        <span className="font-mono text-[0.875rem] font-semibold">
          {shown.likes.toLocaleString('en-US')}
          <span className="sr-only"> {words.likes(shown.likes)}</span>
        </span>
      </form>
      {message !== undefined && (
        <div className="order-last basis-full pb-2">
          <FormMessage surface="stock">{message}</FormMessage>
        </div>
      )}
    </>
  );
};
