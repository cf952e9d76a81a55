# The image of the shop:
#
#   docker build -f infra/docker/client.Dockerfile -t ticketing/client .
#
# Targets: `production` (the last one: what Next.js has traced as needed, and nothing else) and `development`
# (`next dev`, which renders changed sources at the next request).
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
ENV NEXT_TELEMETRY_DISABLED=1
COPY package.json package-lock.json .npmrc ./
COPY common/package.json common/
COPY client/package.json client/
# With the root's: Next.js looks for TypeScript.
RUN npm ci --workspace=client --include-workspace-root --include=dev --loglevel=error --cache=/tmp/npm && rm -r /tmp/npm
COPY tsconfig.base.json ./

# `--chown`: Next.js writes its cache here, and Skaffold changed files.
FROM dependencies AS development
ENV NODE_ENV=development HOSTNAME=0.0.0.0 PORT=3000
COPY --chown=node:node common/src common/src
COPY --chown=node:node client client
RUN chown node:node client
USER 1000:1000
WORKDIR /app/client
EXPOSE 3000
ENTRYPOINT ["node", "/app/node_modules/next/dist/bin/next", "dev"]

# A shop without public files has no folder for them in a clone.
FROM dependencies AS build
COPY common common
COPY client client
WORKDIR /app/client
RUN node /app/node_modules/next/dist/bin/next build && mkdir -p public

FROM ${NODE_IMAGE} AS production
# Longer than a proxy keeps an idle upstream connection (ingress-nginx 60 s, Traefik 90 s), so it is never we who close it
# under a request.
ENV NODE_ENV=production HOSTNAME=0.0.0.0 PORT=3000 KEEP_ALIVE_TIMEOUT=95000 NEXT_TELEMETRY_DISABLED=1
WORKDIR /app
COPY --from=build /app/client/.next/standalone ./
COPY --from=build /app/client/public client/public
COPY --from=build /app/client/.next/static client/.next/static
USER 1000:1000
WORKDIR /app/client
EXPOSE 3000
ENTRYPOINT ["node", "server.js"]
ARG REVISION=unknown
ARG VERSION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="ticketing.dev client" \
      org.opencontainers.image.description="The shop of ticketing.dev, a ticket marketplace" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.url="https://ticketing.dev" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.version="${VERSION}"
