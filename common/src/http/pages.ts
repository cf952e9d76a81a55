import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { encodeCursor, type Page } from '../pages/index.ts';

/** A weak ETag of a page: of what it lists and of whether there is more, which only its Link says. */
const etagOf = (items: readonly unknown[], link: string | undefined): string =>
  `W/"${createHash('sha256')
    .update(JSON.stringify([items, link]))
    .digest('base64url')
    .slice(0, 27)}"`;

/**
 * Answers a page as an array, with an ETag, and with `Link: <…>; rel="next"` (RFC 8288) where there is more.
 * The link is relative to the host, so it is right behind any proxy.
 */
export const answerPage = <T>(page: Page<T>, request: Request, response: Response): void => {
  let link: string | undefined;
  if (page.next !== undefined) {
    const url = new URL(request.originalUrl, 'http://host');
    url.searchParams.set('cursor', encodeCursor(page.next));
    link = `<${url.pathname}${url.search}>; rel="next"`;
    response.set('Link', link);
  }
  response.set('ETag', etagOf(page.items, link)).status(200).json(page.items);
};
