import { expect } from 'vitest';
import { journey, type Walk } from './journey.ts';
import { minutes, post, thisMinute } from './particle.ts';
import { devicesListed, signIn } from './sign-in.ts';

/** The devices below each persona's organization, by the numbers of the demo tree. */
const below = {
  partner: [
    ...['0004', '0005', '0006', '0016', '0017', '0018', '0019', '0020', '0021', '0022', '0023', '0024', '0037', '0038', '0039', '0040'],
    ...['0041', '0042', '0043', '0044', '0045', '0046', '0047', '0048', '0049', '0050'],
  ],
  dealer: ['0001', '0002', '0007', '0008', '0009', '0010', '0011', '0025', '0026', '0027', '0028', '0029', '0030'],
  customer: ['0005', '0006', '0020', '0050'],
} as const;

/** Their charts are looked at there. */
const ofOtherJourneys = ['pump-0008', 'pump-0009', 'pump-0012', 'pump-0019'];

const signsInAs = async (walk: Walk, persona: string) => {
  await walk.startOver();
  const user = walk.user(persona);
  await signIn(walk.page, walk.endpoints.dashboard, user);
  await walk.page.getByText(user.name).first().waitFor();
  // The controller that another journey registers may be there or not.
  return (await devicesListed(walk.page)).filter((device) => !device.startsWith('spring-'));
};
const ids = (numbers: readonly string[]) => numbers.map((number) => `pump-${number}`);

journey('everybody-sees-their-own-fleet', {
  'The operator signs in with e-mail and password, and sees the devices of both partners.': async (walk) => {
    // A few have reported, so that there is something to see.
    for (const [index, { deviceId }] of walk.endpoints.devices.entries())
      if (index % 3 !== 0 && !ofOtherJourneys.includes(deviceId))
        await post(walk, deviceId, minutes(15, { until: thisMinute(), seq: 0, solar_w: 900 + index * 170 }));
    expect(await signsInAs(walk, 'admin')).toEqual(walk.endpoints.devices.map(({ deviceId }) => deviceId));
    await walk.show('fleet-admin');
  },
  'The partner signs in and sees what lies below Lone Star Drives, and no other device.': async (walk) => {
    expect(await signsInAs(walk, 'partner')).toEqual(ids(below.partner));
  },
  'The dealer signs in and sees the pumps of their four customers, and no other device.': async (walk) => {
    expect(await signsInAs(walk, 'dealer')).toEqual(ids(below.dealer));
  },
  'The customer signs in and sees the four devices of the farm, and no other.': async (walk) => {
    expect(await signsInAs(walk, 'customer')).toEqual(ids(below.customer));
    await walk.show('fleet-customer');
  },
  "The customer opens the address of a neighbour's device, and is told that there is no such device.": async ({ page, endpoints }) => {
    await page.goto(new URL('/devices/pump-0021', endpoints.dashboard).href);
    await page.getByRole('heading', { name: 'There is no device pump-0021' }).waitFor();
  },
});
