import 'server-only';
import type { Metadata } from 'next';
import { ApiError } from '../../shared/api/api-error.ts';
import { texts } from '../../shared/texts/index.ts';
import { findProfile } from './find-people.ts';

/** What somebody's page is called, and what a link to it shows elsewhere. */
export const describePerson = async (handle: string): Promise<Metadata> => {
  try {
    const { name, handle: theirs, about } = await findProfile(handle);
    const title = `${name} (@${theirs})`;
    const description = about ?? texts.shop.description;
    return { title, description, openGraph: { title, description, siteName: texts.shop.name } };
  } catch (error) {
    // What the page makes of it, it decides itself.
    if (error instanceof ApiError)
      return { title: error.isTemporary ? texts.shop.error.title : texts.people.notFound.title };
    throw error;
  }
};
