import { describe, expect, it } from 'vitest';
import { type ReportedDelivery, reportOf, summaryOf } from './firmware-report.ts';

const device = (id: string, firmware_version: number | null, online = true, development = false) => ({
  id,
  online,
  firmware_version,
  development,
});

const delivery: ReportedDelivery = {
  repo: 'device-firmware',
  stage: 'test',
  group: 'test',
  commit_id: '0123456789abcdef0123456789abcdef01234567',
  message: 'Sample twice | No change\n## Firmware\nmore',
  project: { version: 3, hash: 'abc' },
  versions: [
    { version: 3, product_default: false, groups: ['dev'] },
    { version: 2, product_default: false, groups: ['test', 'prod'] },
  ],
  devices: [device('a', 2), device('b', 2, false), device('c', 3), device('d', null, true, true)],
};

describe('what an approver is told of a firmware', () => {
  it('is the commit, the versions from and to, and how many devices get it, in one line', () => {
    expect(summaryOf(delivery)).toBe(
      'device-firmware to TEST: 0123456789ab Sample twice / No change | Firmware 2 to 3 | 2 devices of the group test get it, 1 of them online now',
    );
  });

  it('says what the devices run, and leaves headings to itself', () => {
    const report = reportOf(delivery);
    expect(report.match(/^#.*$/gm)).toEqual(['# device-firmware to TEST', '## Firmware', '## Devices']);
    expect(report).toContain('2 of the 4 devices of the group test get it, 1 of them online now.');
    expect(report).toContain('2 run firmware 2\n1 run firmware 3\n1 run no firmware of the product');
  });

  it("counts nobody who is locked to another version, and takes the product's default for what a group has that has no release", () => {
    const locked = { ...device('e', 2), desired_firmware_version: 2 };
    const versions = [{ version: 1, product_default: true, groups: [] }];
    expect(summaryOf({ ...delivery, versions, devices: [locked, device('a', 1)] })).toContain('| Firmware 1 to 3 | 1 device of');
  });

  it('says when nothing changes, and when there was nothing', () => {
    expect(summaryOf({ ...delivery, project: { version: 2, hash: 'x' } })).toContain('| Firmware stays 2 |');
    expect(summaryOf({ ...delivery, versions: [] })).toContain('| Firmware none to 3 |');
  });

  it('is no longer than a gate shows', () => {
    expect(summaryOf({ ...delivery, group: 'g'.repeat(2000) }).length).toBeLessThanOrEqual(1000);
  });
});
