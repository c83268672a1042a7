import { expectSite } from '@enstratus/platform/smoke';
import { z } from 'zod';

/** Opens the deployed dashboard from outside. */
const { SITE_URL } = z.object({ SITE_URL: z.url() }).parse(process.env);
await expectSite(SITE_URL);
