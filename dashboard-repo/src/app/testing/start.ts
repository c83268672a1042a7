// The built dashboard over a made-up fleet: `npm run dev -- [devices] [port]`, after `npm run build`.
import { join } from 'node:path';
import { FakeBackend, fakePassword, fakePeople } from './fake-backend.ts';

const [devices = '5000', port = '0'] = process.argv.slice(2);
const backend = await FakeBackend.start(join(import.meta.dirname, '..', '..', '..', 'dist'), Number(devices), Number(port));
console.log(
  `${backend.url}\n${fakePeople()
    .map(({ email, state }) => `${email}  ${fakePassword}  ${state}`)
    .join('\n')}`,
);

// The first device sends a sample every few seconds, as in live mode.
setInterval(() => {
  const { device_id, latest } = backend.api.find('solar');
  if (latest === null) return;
  const at = Date.now();
  const solar_w = Math.round((latest.solar_w ?? 5000) * (0.97 + Math.random() * 0.06));
  backend.api.receive(device_id, [{ ...latest, seq: Math.floor(at / 1000), time: new Date(at).toISOString(), solar_w }]);
}, 5_000).unref();
