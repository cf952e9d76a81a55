import { ApiError } from './api-error.ts';

/** What a page can do without: nothing where it is refused, or nobody answers. */
export const unlessRefused = async <T>(answer: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
};
