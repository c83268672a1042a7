import { AwsError } from '../../kernel/aws-error.ts';
import type { Cloud } from '../../kernel/cloud.ts';
import { administratorOf } from '../../kernel/principal.ts';
import type { Service } from '../../kernel/service.ts';

export function createIam(cloud: Cloud): Service {
  cloud.authorizer = {
    identify(accessKeyId) {
      if (/^\d{12}$/.test(accessKeyId)) return administratorOf(accessKeyId);
      throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
    },
    authorize() {},
  };
  return { name: 'iam', protocol: { kind: 'query', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' }, operations: {} };
}
