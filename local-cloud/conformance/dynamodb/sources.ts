/*
 * The pages of AWS that behaviours are cited from. Titles are those of the pages' English form. No page tells the words of a
 * ValidationException, nor which one comes first when several things are wrong: where a behaviour names words, the page
 * states the rule, and the words are those that public suites recorded from the service.
 */

const DEVELOPER_GUIDE = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/';
const API_REFERENCE = 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/';

/** The title of each page with its address. */
export const SOURCES = {
  'Condition and filter expressions, operators, and functions in DynamoDB': `${DEVELOPER_GUIDE}Expressions.OperatorsAndFunctions.html`,
  'DynamoDB condition expression CLI example': `${DEVELOPER_GUIDE}Expressions.ConditionExpressions.html`,
  'Using update expressions in DynamoDB': `${DEVELOPER_GUIDE}Expressions.UpdateExpressions.html`,
  'Using projection expressions in DynamoDB': `${DEVELOPER_GUIDE}Expressions.ProjectionExpressions.html`,
  'Referring to item attributes when using expressions in DynamoDB': `${DEVELOPER_GUIDE}Expressions.Attributes.html`,
  'Expression attribute names (aliases) in DynamoDB': `${DEVELOPER_GUIDE}Expressions.ExpressionAttributeNames.html`,
  'Using expression attribute values in DynamoDB': `${DEVELOPER_GUIDE}Expressions.ExpressionAttributeValues.html`,
  'Reserved words in DynamoDB': `${DEVELOPER_GUIDE}ReservedWords.html`,
  'Supported data types and naming rules in Amazon DynamoDB': `${DEVELOPER_GUIDE}HowItWorks.NamingRulesDataTypes.html`,
  'Constraints in Amazon DynamoDB': `${DEVELOPER_GUIDE}Constraints.html`,
  'Quotas in Amazon DynamoDB': `${DEVELOPER_GUIDE}ServiceQuotas.html`,
  'DynamoDB item sizes and formats': `${DEVELOPER_GUIDE}CapacityUnitCalculations.html`,
  'DynamoDB read and write operations': `${DEVELOPER_GUIDE}read-write-operations.html`,
  'Key condition expressions for the Query operation in DynamoDB': `${DEVELOPER_GUIDE}Query.KeyConditionExpressions.html`,
  'Filter expressions for the Query operation in DynamoDB': `${DEVELOPER_GUIDE}Query.FilterExpression.html`,
  'Paginating table query results in DynamoDB': `${DEVELOPER_GUIDE}Query.Pagination.html`,
  'Other aspects of working with the Query operation in DynamoDB': `${DEVELOPER_GUIDE}Query.Other.html`,
  'Scanning tables in DynamoDB': `${DEVELOPER_GUIDE}Scan.html`,
  'Using Global Secondary Indexes in DynamoDB': `${DEVELOPER_GUIDE}GSI.html`,
  'Amazon DynamoDB Transactions: How it works': `${DEVELOPER_GUIDE}transaction-apis.html`,
  'Using time to live (TTL) in DynamoDB': `${DEVELOPER_GUIDE}TTL.html`,
  'Working with expired items and time to live (TTL)': `${DEVELOPER_GUIDE}ttl-expired-items.html`,
  'Error handling with DynamoDB': `${DEVELOPER_GUIDE}Programming.Errors.html`,
  AttributeValue: `${API_REFERENCE}API_AttributeValue.html`,
  BatchGetItem: `${API_REFERENCE}API_BatchGetItem.html`,
  BatchWriteItem: `${API_REFERENCE}API_BatchWriteItem.html`,
  CancellationReason: `${API_REFERENCE}API_CancellationReason.html`,
  ConsumedCapacity: `${API_REFERENCE}API_ConsumedCapacity.html`,
  CreateTable: `${API_REFERENCE}API_CreateTable.html`,
  DeleteItem: `${API_REFERENCE}API_DeleteItem.html`,
  DeleteTable: `${API_REFERENCE}API_DeleteTable.html`,
  DescribeTable: `${API_REFERENCE}API_DescribeTable.html`,
  DescribeTimeToLive: `${API_REFERENCE}API_DescribeTimeToLive.html`,
  GetItem: `${API_REFERENCE}API_GetItem.html`,
  KeySchemaElement: `${API_REFERENCE}API_KeySchemaElement.html`,
  ListTables: `${API_REFERENCE}API_ListTables.html`,
  PutItem: `${API_REFERENCE}API_PutItem.html`,
  Query: `${API_REFERENCE}API_Query.html`,
  Scan: `${API_REFERENCE}API_Scan.html`,
  TransactGetItems: `${API_REFERENCE}API_TransactGetItems.html`,
  TransactWriteItems: `${API_REFERENCE}API_TransactWriteItems.html`,
  UpdateItem: `${API_REFERENCE}API_UpdateItem.html`,
  UpdateTable: `${API_REFERENCE}API_UpdateTable.html`,
  UpdateTimeToLive: `${API_REFERENCE}API_UpdateTimeToLive.html`,
} as const;

/** The title of a page, of the Developer Guide or, where it is an operation's or a type's name, of the API Reference. */
export type Source = keyof typeof SOURCES;
