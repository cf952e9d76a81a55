'use client';
import { useRef, useState } from 'react';
import { request } from '../../shared/api/browser.ts';
import type { Like } from '../../shared/api/types.ts';
import { type LikeState, liking } from './liking.ts';

/** What the service has answered since, by what the server rendered: the way back shows that again. */
const answers = new WeakMap<Like, Like>();

/** Of a post or a comment, in the API. */
export const likePath = (what: 'posts' | 'comments', id: string): string =>
  `/api/${what}/${encodeURIComponent(id)}/like`;

/** @param rendered the post or comment: the server's own object, another one each time it renders */
export const useLike = (what: 'posts' | 'comments', rendered: Like & { readonly id: string }) => {
  const [{ state, from }, setState] = useState(() => begin(rendered));
  // The server has rendered it again: that is newer than what is here.
  if (from !== rendered) setState(begin(rendered));
  const button = useRef<{ readonly of: Like; press(): Promise<void> }>(undefined);

  const press = (): void => {
    if (button.current?.of !== rendered) {
      const { press: pressIt } = liking({
        known: answers.get(rendered) ?? rendered,
        ask: async (wanted) => {
          const method = wanted ? 'put' : 'delete';
          return (await request<Like>({ url: likePath(what, rendered.id), method })).data;
        },
        tell: (next) => setState((now) => (now.from === rendered ? { ...now, state: next } : now)),
        onAnswer: (answer) => answers.set(rendered, answer),
      });
      button.current = { of: rendered, press: pressIt };
    }
    void button.current.press();
  };
  return { ...state, press };
};

const begin = (rendered: Like): { readonly state: LikeState; readonly from: Like } => ({
  state: { shown: answers.get(rendered) ?? rendered },
  from: rendered,
});
