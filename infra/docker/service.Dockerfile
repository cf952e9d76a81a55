# The image of a service; one file for all of them:
#
#   docker build -f infra/docker/service.Dockerfile --build-arg SERVICE=orders -t ticketing/orders .
#
# The stand-in for Stripe is SERVICE=infra/local/stripe with ALSO=infra/local, the workspace it needs beside common. The job
# that compares the stores with each other and with Stripe is SERVICE=reconcile.
# Targets: `production` (the last one: compiled, nothing but what runs) and `development` (the sources, started again
# at each change). No shell starts node, so SIGTERM reaches it. Any builder will do, Docker's old one included.
ARG NODE_IMAGE=node:24-slim

# Production dependencies, which change seldom, apart from sources, which change all the time. The other workspaces'
# package.json are left out on purpose: npm then knows nothing of them, and installs for this one and for common.
FROM ${NODE_IMAGE} AS dependencies
ARG SERVICE
ARG ALSO=common
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY common/package.json common/
COPY ${ALSO}/package.json ${ALSO}/
COPY ${SERVICE}/package.json ${SERVICE}/
RUN npm ci --workspace=${SERVICE} --omit=dev --loglevel=error --cache=/tmp/npm && rm -r /tmp/npm

# Node reads types away by itself, so sources run as they are. `--chown`: Skaffold puts changed files in as this user.
FROM dependencies AS development
ARG SERVICE
ARG ALSO=common
# SERVICE: whose dead letters the operator's command line looks at, where a Redis has those of all.
ENV NODE_ENV=development HOST=0.0.0.0 PORT=3000 SERVICE=${SERVICE}
# Skaffold unpacks a changed file with tar, which would put a new one in its place; node watches the old one, and would
# hear of every second change only.
ENV TAR_OPTIONS=--overwrite
# What has not changed is not read again at the next start: half the time of a restart.
ENV NODE_COMPILE_CACHE=/tmp/node-compile-cache
COPY --chown=node:node common/src common/src
COPY --chown=node:node ${ALSO} ${ALSO}
COPY --chown=node:node ${SERVICE}/src ${SERVICE}/src
USER 1000:1000
WORKDIR /app/${SERVICE}
EXPOSE 3000
ENTRYPOINT ["node", "--watch", "--conditions=ticketing-source", "src/main.ts"]

# The compiler, of the version in the lock file. Without any ARG before it, all images share this stage.
FROM ${NODE_IMAGE} AS compiler
WORKDIR /compiler
COPY package.json package-lock.json .npmrc ./
RUN npm ci --workspaces=false --include=dev --ignore-scripts --loglevel=error --cache=/tmp/npm && rm -r /tmp/npm

# Types are checked by `npm run check`, once for all; here they are only taken away.
FROM compiler AS build
ARG SERVICE
ARG ALSO=common
WORKDIR /app
COPY tsconfig.base.json ./
COPY common common
COPY ${ALSO} ${ALSO}
COPY ${SERVICE} ${SERVICE}
RUN for workspace in common ${SERVICE}; do \
      node /compiler/node_modules/typescript/bin/tsc -p $workspace/tsconfig.build.json --noCheck \
        --declaration false --sourceMap false --typeRoots /compiler/node_modules/@types || exit 1; \
      rm -r $workspace/src; \
    done

FROM ${NODE_IMAGE} AS production
ARG SERVICE
ARG ALSO=common
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 SERVICE=${SERVICE}
WORKDIR /app
COPY --from=dependencies /app ./
COPY --from=build /app/common common
COPY --from=build /app/${ALSO} ${ALSO}
COPY --from=build /app/${SERVICE} ${SERVICE}
USER 1000:1000
WORKDIR /app/${SERVICE}
EXPOSE 3000
ENTRYPOINT ["node", "dist/main.js"]
ARG REVISION=unknown
ARG VERSION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="ticketing.dev ${SERVICE}" \
      org.opencontainers.image.description="A service of ticketing.dev, a ticket marketplace" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.url="https://ticketing.dev" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.version="${VERSION}"
