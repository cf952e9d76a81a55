import type { Metadata } from 'next';
import { CredentialsPage } from '../../features/session/credentials-page.tsx';
import { texts } from '../../shared/texts/index.ts';

export const metadata: Metadata = { title: texts.session.signIn.title };

const Page = async ({ searchParams }: { searchParams: Promise<{ next?: unknown }> }) => (
  <CredentialsPage kind="signIn" next={(await searchParams).next} />
);

export default Page;
