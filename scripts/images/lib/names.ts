/** What every image is made from: the argument NODE_IMAGE of the Dockerfile. */
export const NODE_IMAGE = 'node:26-bookworm-slim';

/** The images, by their targets in the Dockerfile. */
export const IMAGES = { orchestrator: 'particle-orchestrator', worker: 'particle-worker' } as const;
export type ImageTarget = keyof typeof IMAGES;
export const IMAGE_TARGETS = Object.keys(IMAGES) as ImageTarget[];
