import { App } from 'aws-cdk-lib';
import { expect, it } from 'vitest';
import { siteDomain } from './site-domain.ts';

const ARN = 'arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012';
const given = (context: Record<string, unknown>) => siteDomain(new App({ context }));

it('is both or neither', () => {
  expect(given({})).toBeUndefined();
  expect(given({ siteDomain: 'dashboard.example.com', siteCertificateArn: ARN })).toEqual({
    domainName: 'dashboard.example.com',
    certificateArn: ARN,
  });
  expect(() => given({ siteDomain: 'dashboard.example.com' })).toThrow('siteDomain needs siteCertificateArn');
  expect(() => given({ siteCertificateArn: ARN })).toThrow('siteCertificateArn needs siteDomain');
});

it.each([
  'https://dashboard.example.com',
  'dashboard.example.com/',
  'Dashboard.example.com',
  'dashboard',
  '',
  '-a.example.com',
  `${'a'.repeat(64)}.com`,
  5,
])('refuses %s as a domain', (name) => {
  expect(() => given({ siteDomain: name, siteCertificateArn: ARN })).toThrow('The context siteDomain is wrong');
});

it.each([ARN.replace('us-east-1', 'us-east-2'), ARN.replace('acm', 'iam'), '12345678', ''])('refuses %s as a certificate', (arn) => {
  expect(() => given({ siteDomain: 'dashboard.example.com', siteCertificateArn: arn })).toThrow('The context siteCertificateArn is wrong');
});
