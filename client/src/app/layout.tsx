import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { Shell } from '../features/session/shell.tsx';
import { fonts } from '../shared/fonts.ts';
import { texts } from '../shared/texts/index.ts';
import './globals.css';

export const metadata: Metadata = {
  title: { default: texts.shop.name, template: `%s · ${texts.shop.name}` },
  description: texts.shop.description,
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#dfe4e3' },
    { media: '(prefers-color-scheme: dark)', color: '#10161b' },
  ],
};

const Layout = async ({ children }: { children: ReactNode }) => {
  // Every page is rendered for its request: the policy's nonce is another one each time.
  await headers();
  return (
    <html lang="en" className={fonts}>
      <body>
        <Shell>{children}</Shell>
      </body>
    </html>
  );
};

export default Layout;
