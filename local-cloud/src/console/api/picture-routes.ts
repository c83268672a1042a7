import type { Cloud } from '../../kernel/cloud.ts';
import { queueViews } from '../../services/sqs/queue-view.ts';
import { drawPicture } from '../picture/draw-picture.ts';
import { type Lists, readSystem, type System } from '../picture/read-system.ts';
import type { Traffic } from '../picture/traffic.ts';
import type { ParticleOverview } from '../shapes/particle.ts';
import type { Picture } from '../shapes/picture.ts';
import { ParticleCloud } from './particle-cloud.ts';
import { route } from './route.ts';

/** What is deployed is read anew after this long; the counts are those of the moment. */
const FRESH_MS = 20_000;

/** The running system, and Particle as its parameters name it. */
export function pictureRoutes(cloud: Cloud, traffic: Traffic, lists: Lists) {
  const viewIn = queueViews(cloud);
  const particle = new ParticleCloud();
  const systems = new Map<string, { at_ms: number; system: Promise<System> }>();
  return [
    route({
      pattern: '/picture',
      handle: async (look): Promise<Picture> => {
        const key = `${look.caller.account}/${look.caller.region}`;
        let known = systems.get(key);
        if (known === undefined || Date.now() - known.at_ms > FRESH_MS) {
          known = { at_ms: Date.now(), system: readSystem(look, lists, viewIn) };
          systems.set(key, known);
          // What failed is asked again.
          known.system.catch(() => systems.delete(key));
        }
        return drawPicture(look, await known.system, traffic, particle);
      },
    }),
    route({ pattern: '/particle', handle: (look): Promise<ParticleOverview> => particle.overview(look) }),
  ];
}
