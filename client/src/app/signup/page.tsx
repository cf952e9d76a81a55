import type { Metadata } from 'next';
import { CredentialsPage } from '../../features/session/credentials-page.tsx';
import { texts } from '../../shared/texts/index.ts';

export const metadata: Metadata = { title: texts.session.signUp.title };

const Page = async ({ searchParams }: { searchParams: Promise<{ next?: unknown }> }) => (
  <CredentialsPage kind="signUp" next={(await searchParams).next} />
);

export default Page;
