import { XMLParser } from 'fast-xml-parser';
import { toXml } from '../../kernel/xml.ts';
import { malformedXml } from './s3-error.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
});

/**
 * Elements that repeat without a wrapper, by parent and name, and the member that the SDK gives the list
 * (the models of the AWS SDK call them flattened).
 */
const REPEATED: Readonly<Record<string, string>> = {
  'ServerSideEncryptionConfiguration.Rule': 'Rules',
  'OwnershipControls.Rule': 'Rules',
  'LifecycleConfiguration.Rule': 'Rules',
  'Rule.Transition': 'Transitions',
  'Rule.NoncurrentVersionTransition': 'NoncurrentVersionTransitions',
  'And.Tag': 'Tags',
  'Delete.Object': 'Objects',
  'CompleteMultipartUpload.Part': 'Parts',
};
/** Elements that only wrap a list of the named ones. */
const WRAPPERS: Readonly<Record<string, string>> = { TagSet: 'Tag', Tags: 'Tag' };

/** Reads an XML document with this root into the SDK's shape; every leaf is text. Throws MalformedXML. */
export function readXml(body: Buffer, root: string): unknown {
  let document: unknown;
  try {
    document = parser.parse(body.toString('utf8'), true);
  } catch {
    throw malformedXml();
  }
  const content = (document as Record<string, unknown>)[root];
  if (content === undefined) throw malformedXml();
  const shaped = shape(root, content);
  return shaped === '' ? {} : shaped;
}

function shape(name: string, value: unknown): unknown {
  if (Array.isArray(value)) throw malformedXml();
  if (typeof value !== 'object' || value === null) return WRAPPERS[name] === undefined ? String(value ?? '') : [];
  const elements = Object.entries(value).filter(([child]) => child !== '#text');
  const wrapped = WRAPPERS[name];
  if (wrapped !== undefined) {
    if (elements.some(([child]) => child !== wrapped)) throw malformedXml();
    return elements.flatMap(([child, item]) => asList(item).map((one) => shape(child, one)));
  }
  return Object.fromEntries(
    elements.map(([child, item]) => {
      const list = REPEATED[`${name}.${child}`];
      return list === undefined ? [child, shape(child, item)] : [list, asList(item).map((one) => shape(child, one))];
    }),
  );
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** Writes a document in S3's namespace. */
export function writeXml(root: string, content: object): string {
  const xml = toXml(root, content);
  const open = `<${root}`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${open} xmlns="${NAMESPACE}"${xml.slice(open.length)}`;
}
