import type { Metadata } from 'next';
import { EditPage } from '../../../../features/selling/edit-page.tsx';
import { texts } from '../../../../shared/texts/index.ts';

export const metadata: Metadata = { title: texts.selling.edit.title };

const Page = async ({ params }: { params: Promise<{ id: string }> }) => <EditPage id={(await params).id} />;

export default Page;
