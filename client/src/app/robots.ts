import type { MetadataRoute } from 'next';

/** Everybody may find what is on sale; what is somebody's own is behind signing in anyway. */
const robots = (): MetadataRoute.Robots => ({
  rules: {
    userAgent: '*',
    allow: '/',
    disallow: ['/api/', '/orders', '/tickets/mine', '/tickets/new', '/people/me', '/community/report'],
  },
});

export default robots;
