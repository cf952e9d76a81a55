/** A like that answers at once, and is taken back if it fails. Pure: what it asks comes in. */
import { ApiError } from '../../shared/api/api-error.ts';
import type { Like } from '../../shared/api/types.ts';

export interface LikeState {
  readonly shown: Like;
  /** Why the last press was taken back. */
  readonly error?: ApiError;
}

export interface LikingOptions {
  /** As the service knows it. */
  readonly known: Like;
  /** Likes it, or takes that back; rejects where it could not. */
  ask(wanted: boolean): Promise<Like>;
  tell(state: LikeState): void;
  /** What the service said last. */
  onAnswer(answer: Like): void;
}

/** As it will be, once the service has heard of it. */
export const withLike = ({ likes, likedByMe }: Like, wanted: boolean): Like => {
  if (wanted === likedByMe) return { likes, likedByMe };
  return { likes: Math.max(0, likes + (wanted ? 1 : -1)), likedByMe: wanted };
};

/**
 * The presses of one button. Each is shown at once; the service is asked for one thing at a time, and what was pressed
 * meanwhile is asked for afterwards, if it is still something else.
 */
export const liking = ({ known, ask, tell, onAnswer }: LikingOptions): { press(): Promise<void> } => {
  let answered = known;
  let wanted = known.likedByMe;
  let isAsking = false;

  const settle = async (): Promise<void> => {
    let asked: boolean;
    do {
      asked = wanted;
      answered = await ask(asked);
      onAnswer(answered);
    } while (wanted !== asked);
  };

  return {
    async press() {
      wanted = !wanted;
      tell({ shown: withLike(answered, wanted) });
      if (isAsking) return;
      isAsking = true;
      try {
        await settle();
        tell({ shown: answered });
      } catch (error) {
        wanted = answered.likedByMe;
        tell(error instanceof ApiError ? { shown: answered, error } : { shown: answered });
        if (!(error instanceof ApiError)) throw error;
      } finally {
        isAsking = false;
      }
    },
  };
};
