# One image for the gateway, every service and the migrations; docker-compose.yml says which of them a container runs.
# The steps are scripts in deploy/image, so that they can be run, and were, without Docker as well.

FROM node:20-bookworm-slim AS manifests
COPY . /source
RUN sh /source/deploy/image/manifests.sh /source /manifests

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY --from=manifests /manifests ./
RUN npm ci --ignore-scripts
COPY . .
RUN node scripts/build.mjs && node scripts/graphiql.mjs

FROM node:20-bookworm-slim AS production
COPY --from=manifests /manifests /app
COPY deploy/image/install-production.sh /opt/
RUN sh /opt/install-production.sh /app
COPY --from=build /app /source
RUN sh /source/deploy/image/collect.sh /source /app

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
# Owned by root and run by somebody else: what runs cannot change itself.
COPY --from=production /app ./
USER node
EXPOSE 4000 4001 4002 4003
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "healthcheck.js"]
CMD ["node", "--max-semi-space-size=64", "gateway/dist/main.js"]
