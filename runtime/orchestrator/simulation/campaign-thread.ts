/** A part of a campaign, in a thread of its own: `workerData` says which; its outcome is the only message. */
import { parentPort, workerData } from 'node:worker_threads';
import { type CampaignPart, runCampaign } from './campaign.ts';

const { first, schedules } = workerData as CampaignPart;
parentPort!.postMessage(await runCampaign(first, schedules));
