import { XMLParser } from 'fast-xml-parser';
import { AwsError } from '../../kernel/aws-error.ts';
import { toXml, XmlList } from '../../kernel/xml.ts';

export const NAMESPACE = 'http://cloudfront.amazonaws.com/doc/2020-05-31/';

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
});

/** What `Items` of each list are called (the models of the AWS SDK). */
const ITEM_NAMES: Readonly<Record<string, string>> = {
  Aliases: 'CNAME',
  AllowedMethods: 'Method',
  CacheBehaviors: 'CacheBehavior',
  CachedMethods: 'Method',
  CustomHeadersConfig: 'ResponseHeadersPolicyCustomHeader',
  DistributionList: 'DistributionSummary',
  FunctionAssociations: 'FunctionAssociation',
  FunctionList: 'FunctionSummary',
  OriginAccessControlList: 'OriginAccessControlSummary',
  Origins: 'Origin',
  ResponseHeadersPolicyList: 'ResponseHeadersPolicySummary',
  Tags: 'Tag',
};

/** Reads a document with this root into the SDK's shape; every leaf is text. Throws MalformedInput. */
export function readXml(body: Buffer, root: string): unknown {
  let document: Record<string, unknown>;
  try {
    document = parser.parse(body.toString('utf8'), true) as Record<string, unknown>;
  } catch {
    throw malformed('The request is no XML document.');
  }
  const content = Object.hasOwn(document, root) ? document[root] : undefined;
  if (content === undefined) throw malformed(`The document has no ${root}.`);
  return shape(root, content);
}

function malformed(message: string): AwsError {
  return new AwsError('MalformedInput', message);
}

function shape(name: string, value: unknown): unknown {
  if (Array.isArray(value)) throw malformed(`${name} stands more than once.`);
  if (name === 'Items') return items(value);
  if (typeof value !== 'object' || value === null) return String(value ?? '');
  return Object.fromEntries(elements(value).map(([child, item]) => [child, shape(child, item)]));
}

function items(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return elements(value).flatMap(([child, item]) => (Array.isArray(item) ? item : [item]).map((one) => shape(child, one)));
}

function elements(value: object): [string, unknown][] {
  return Object.entries(value).filter(([child]) => child !== '#text');
}

/** Writes a document in CloudFront's namespace. */
export function writeXml(root: string, content: unknown): string {
  const open = `<${root}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${open} xmlns="${NAMESPACE}"${toXml(root, named(root, content)).slice(open.length)}`;
}

/** Lists under the names of their items. */
function named(name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, content]) => {
      if (!Array.isArray(content)) return [member, named(member, content)];
      const itemName = ITEM_NAMES[name];
      if (member !== 'Items' || itemName === undefined) throw new Error(`${name}.${member} is a list without a name for its items`);
      return [
        member,
        new XmlList(
          content.map((one: unknown) => named(itemName, one)),
          itemName,
        ),
      ];
    }),
  );
}
