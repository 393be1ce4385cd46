# Two images from one base: `--target worker`, `--target orchestrator`. What they add to Node is one layer each, made by
# `npm run build` as build/images/*.tar: the same sources give the same bytes, and so the same layer, on every machine.
ARG NODE_IMAGE=node:26-bookworm-slim

FROM ${NODE_IMAGE} AS base
ARG MOTES_VERSION=dev
ARG MOTES_REVISION=unknown
LABEL org.opencontainers.image.version="${MOTES_VERSION}" \
      org.opencontainers.image.revision="${MOTES_REVISION}" \
      org.opencontainers.image.licenses="MIT"
# No WORKDIR: it would add a layer of its own with the time of the build in it.
ENV NODE_ENV=production \
    MOTES_HOST=0.0.0.0 \
    MOTES_LOG_FORMAT=text
STOPSIGNAL SIGTERM
USER node

FROM base AS worker
LABEL org.opencontainers.image.title="particle-worker" \
      org.opencontainers.image.description="Hosts the simulation functions of motes"
ENV MOTES_PORT=8001
EXPOSE 8001
ADD build/images/worker.tar /
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 CMD ["node", "/app/build/roles/health.js"]
# Node allows it the network, its threads, and to read its own program and secrets: nothing else.
CMD ["node", "--permission", "--allow-net", "--allow-worker", "--allow-fs-read=/app", "--allow-fs-read=/run/secrets", "--no-experimental-sqlite", "--disable-sigusr1", "--disable-warning=PERM0006", "--disable-warning=ExperimentalWarning", "/app/build/roles/worker.js"]

FROM base AS orchestrator
LABEL org.opencontainers.image.title="particle-orchestrator" \
      org.opencontainers.image.description="Takes the tasks of motes, sends them to workers, keeps every result"
ENV MOTES_PORT=5000 \
    MOTES_DATA=/app \
    MOTES_TASKS=/app/configs/tasks.yaml \
    MOTES_NETWORK=none
EXPOSE 5000
ADD build/images/orchestrator.tar /
HEALTHCHECK --interval=3s --timeout=3s --start-period=20s --retries=3 CMD ["node", "/app/build/roles/health.js"]
CMD ["node", "/app/build/roles/orchestrator.js"]
