import type { Differences } from './known-differences.ts';

/** The rule is the same, in words of its own. */
const words = (instead: string) => ({ instead, reason: 'DynamoDB Local says it in words of its own' });

/**
 * Where DynamoDB Local 3.3.1 does not do what the cited page says. In each of them the local cloud sides with the page or, where no page tells
 * the words, with those that dynalite's authors recorded from the service.
 */
export const DIFFERENCES_OF_DYNAMODB_LOCAL: Differences = {
  batches: {
    'BatchWriteItem with one invalid item writes none': words('One of the required keys was not give'),
    'BatchWriteItem needs a write for each table': words('The batch write request list for a ta'),
    'BatchWriteItem needs a table': words('BatchWriteItem cannot have a null or '),
    'BatchGetItem needs whole keys': words('The number of conditions on the keys is invalid'),
    'BatchGetItem needs a key for each table': words('The list of keys in RequestItems for '),
  },
  capacity: {
    'a query that finds nothing takes the least': {
      instead: '"CapacityUnits": 0,',
      reason: 'reading what is not there takes the least unit; DynamoDB Local takes none for an empty answer',
    },
    'BatchGetItem rounds each item': {
      instead: '"CapacityUnits": 1.5',
      reason: 'reading what is not there takes the least unit; DynamoDB Local takes none within a batch',
    },
    'a condition check of a transaction takes twice the units of the item': {
      instead: '"CapacityUnits": 2',
      reason: 'every item of a transaction is read or written twice; DynamoDB Local counts a check of 2 KB as if it were of 1 KB',
    },
    'a repeated transaction takes the units of reading its items': {
      instead: '"CapacityUnits": 4',
      reason: 'the page tells read units where a transaction is repeated, and units by kind; DynamoDB Local tells neither',
    },
  },
  conditions: {
    'attribute_type refuses an unknown type': words('{N,BS,L,B,NULL,M,S,SS,NS,BOOL}'),
  },
  expressions: {
    'a value of a number is a number': words(
      'ExpressionAttributeValues contains invalid value: A value provided cannot be converted into a number for key :v',
    ),
  },
  indexes: {
    'an index is queried by its own key': words('Query condition missed key schema element'),
  },
  items: {
    'PutItem returns nothing new': words('Return values set to invalid value'),
    'DeleteItem returns what it deleted': words('Return values set to invalid value'),
    'UpdateItem returns old and new, whole or what was updated': {
      instead: '"f": {',
      reason: 'the page says that only the updated attributes are returned; DynamoDB Local returns the whole map around a nested one',
    },
    'UPDATED_NEW tells elements of lists in a list': {
      instead: '"N": "0"',
      reason: 'the page says that only the updated attributes are returned; DynamoDB Local returns the whole list around an element',
    },
    'GetItem refuses a key without its sort key': words('The number of conditions on the keys is invalid'),
    'DeleteItem refuses a key without its sort key': words('The number of conditions on the keys is invalid'),
    'GetItem refuses a key with one attribute too many': words('The number of conditions on the keys is invalid'),
    'DeleteItem refuses a key with one attribute too many': words('The number of conditions on the keys is invalid'),
    'GetItem refuses a key with another attribute': words('One of the required keys was not given a value'),
    'DeleteItem refuses a key with another attribute': words('One of the required keys was not given a value'),
    'GetItem refuses a key of another type': words('One or more parameter values were invalid: Type mismatch for key'),
    'DeleteItem refuses a key of another type': words('One or more parameter values were invalid: Type mismatch for key'),
    'PutItem needs the key': words('One of the required keys was not given a value'),
    'PutItem needs the key in its type': words('One or more parameter values were invalid: Type mismatch for key'),
    'a missing table is told': words('Cannot do operations on a non-existent table'),
    'an index key may be left out, but not be of another type': words(
      'One or more parameter values were invalid: Type mismatch for Index Key',
    ),
    'an index key is not updated to another type': words('One or more parameter values were invalid: Type mismatch for Index Key'),
  },
  pagination: {
    '1 MB is what is read, not what the filter lets through': {
      instead: '"scanned": 4',
      reason: 'the page counts 1 MB before the filter, DynamoDB Local what the filter lets through',
    },
    'an index counts what it holds': {
      instead: '"scanned": 3',
      reason: 'an index is billed and paged by the attributes that it holds; DynamoDB Local counts the whole items',
    },
  },
  queries: {
    'the partition key must be there': words('Query condition missed key schema element'),
    'another attribute than the sort key is none': words('Query condition missed key schema element'),
    'Limit is above 0': words('Limit must be greater than or equal to 1'),
    'a start key is whole': words("Exclusive Start Key must have same size as table's key schema"),
    'a start key has nothing more': words("Exclusive Start Key must have same size as table's key schema"),
    'a start key has the keys’ types': words('Type mismatch for attribute to update'),
    'a start key is of the partition': words('The provided starting key does not match the range key predicate'),
  },
  scans: {
    'a segment needs their number': words('If segment is specified, total segment must also be specified'),
    'the number of segments needs a segment': words(
      'If total segments is specified, a particular segment must also be specified for this request',
    ),
    'a segment is below their number': words(
      "1 validation error detected: Value '2' at 'segment' failed to satisfy constraint: Member must have value less than or equal to 1",
    ),
    'a start key is the table’s': words('The provided starting key is invalid'),
    'Limit is above 0': words('Limit must be greater than or equal to 1'),
  },
  tables: {
    'a table is described as it was made': { instead: 'undefined', reason: 'the page has a TableId; DynamoDB Local gives none' },
    'a table is CREATING when CreateTable answers, and ACTIVE then': {
      instead: '"TableStatus": "ACTIVE"',
      reason: 'the page has CREATING in the answer; DynamoDB Local answers when it is done',
    },
    'a deleted table is gone': {
      instead: '"TableStatus": "ACTIVE"',
      reason: 'the page has DELETING in the answer; DynamoDB Local tells the table as it was',
    },
    'a table’s name has 3 to 255 characters': words('Invalid table/index name.  Table/inde'),
    'a table’s name has letters, digits, underscores, hyphens and dots': words('Invalid table/index name.  Table/inde'),
    'key attributes are defined': words('Hash Key not specified in Attribute Definitions.  Type unknown.'),
    'defined attributes are keys': words(
      'The number of attributes in key schema must match the number of attributes defined in attribute definitions.',
    ),
    'the first key is the partition key': words('No Hash Key specified in schema.  All Dynamo DB tables must have exactly one hash key'),
    'there is one partition key': words('Too many hash keys specified.  All Dynamo DB tables must have exactly one hash key'),
    'both keys are different attributes': words('Two keys can not have the same name'),
    'indexes have different names': words('Two global secondary indices have the same name'),
    'KEYS_ONLY names no attributes': words('No attributes should be specified to be projected unless projection type is INCLUDE'),
    'INCLUDE names attributes': words(
      'If Projection type INCLUDE is specified, some non-key attributes to include in the projection must be specified as well',
    ),
    'a table has 20 indexes at most': words('GlobalSecondaryIndex count exceeds the per-table limit'),
    'a list of indexes is not empty': words('GSI list is empty/invalid'),
  },
  'time to live': {
    'what has not expired, or has no time in seconds, stays': {
      instead: '"expired"',
      reason: 'AWS deletes within a few days, the local cloud within seconds; DynamoDB Local not while the test waits',
    },
  },
  transactions: {
    'nothing is done when one condition fails; reasons come in the actions’ order': words('The conditional request failed.'),
    'an update that its item does not allow is a ValidationError': {
      instead: 'An operand in the update expression has an incorrect data type',
      reason:
        'the page lists this message among the reasons of a TransactionCanceledException; DynamoDB Local throws a ValidationException',
    },
    'a key that is not the table’s is a ValidationError of its action': {
      instead: 'The number of conditions on the keys is invalid',
      reason: 'a wrong action is a reason of a TransactionCanceledException; DynamoDB Local throws a ValidationException',
    },
    'TransactGetItems with a wrong key gives it as a reason': {
      instead: 'The number of conditions on the keys is invalid',
      reason: 'a wrong action is a reason of a TransactionCanceledException; DynamoDB Local gives one without reasons',
    },
  },
  types: {
    'numbers of 39 digits are refused, not rounded': words('DynamoDB only supports precision up to 38 digits'),
    'fractions of 39 digits are refused': words('DynamoDB only supports precision up to 38 digits'),
    'an empty number is refused': words('A value provided cannot be converted into a number'),
    'text is no number': words('A value provided cannot be converted into a number'),
    'infinity is no number': words('A value provided cannot be converted into a number'),
    'hexadecimal is no number': words('A value provided cannot be converted into a number'),
    'numbers have no space around them': words('A value provided cannot be converted into a number'),
    'computed numbers are refused beyond 38 digits': words('DynamoDB only supports precision up to 38 digits'),
    'a set of strings has no duplicates': words(
      'One or more parameter values were invalid: Input collection [a, b, a] contains duplicates',
    ),
    'a set of binaries has no duplicates': words(
      'One or more parameter values were invalid: Input collection of type BS contains duplicates.',
    ),
    'a set of numbers holds numbers': words('A value provided cannot be converted into a number'),
    'a partition key has 2,048 bytes at most': words(
      'Hash primary key values must be under 2048 bytes, and range primary key values must be under 1024 bytes',
    ),
    'a sort key has 1,024 bytes at most': words(
      'Hash primary key values must be under 2048 bytes, and range primary key values must be under 1024 bytes',
    ),
    'an attribute’s name may be 64 KB long': {
      instead: 'InternalFailure',
      reason: 'the page allows names up to 64 KB; DynamoDB Local fails inside',
    },
  },
  validation: {
    'everything that is wrong with a request’s shape is told at once': {
      instead: 'Invalid table/index name.',
      reason: 'the service tells every violated constraint at once; DynamoDB Local the first that it meets',
    },
    'a request’s shape comes before its values': words('Return values set to invalid value'),
    'wrong values come before wrong ReturnValues': {
      instead: 'Return values set to invalid value',
      reason: 'DynamoDB Local looks at ReturnValues first',
    },
    'the key condition comes before the filter, the filter before the projection': {
      instead: 'Invalid FilterExpression: The expression can not be empty;',
      reason: 'DynamoDB Local looks at the filter first',
    },
    'expressions come before the table': { instead: 'ResourceNotFoundException', reason: 'DynamoDB Local looks for the table first' },
    'an update of the key comes before the condition': {
      instead: 'The conditional request failed',
      reason: 'DynamoDB Local looks at the condition first',
    },
    'an item twice in a transaction comes before its conditions': {
      instead: 'TransactionCanceledException',
      reason: 'DynamoDB Local looks at the conditions first',
    },
  },
};
