import type { Metadata } from 'next';
import { texts } from '../../../shared/texts/index.ts';
import { Notice } from '../../../shared/ui/notice.tsx';

const { title, text } = texts.reports.notFound;

export const metadata: Metadata = { title };

const NotFound = () => <Notice title={title} text={text} verb={{ href: '/', label: texts.shop.toTheShop }} />;

export default NotFound;
