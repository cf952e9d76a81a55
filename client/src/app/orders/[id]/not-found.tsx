import type { Metadata } from 'next';
import { texts } from '../../../shared/texts/index.ts';
import { Notice } from '../../../shared/ui/notice.tsx';

const { title, text, verb } = texts.orders.notFound;

export const metadata: Metadata = { title };

const NotFound = () => <Notice title={title} text={text} verb={{ href: '/orders', label: verb }} />;

export default NotFound;
