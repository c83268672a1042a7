import { createRequire } from 'node:module';
import { type ExpressionContext, parseCondition } from './condition-syntax.ts';
import { checkProjectionSyntax, readUpdate } from './update-syntax.ts';

/*
 * dynalite's checks of requests read expressions by three modules, whose `parse` is set anew here: conditions are read by a parser
 * of ours, updates and projections by dynalite's own after a look at their syntax. What `parse` throws, or gives as text, is told
 * behind `Invalid <the expression's member>: `.
 */

interface ExpressionParser {
  parse(text: string, options: { readonly context: ExpressionContext }): object | string;
}

const require = createRequire(import.meta.url);

const conditions = require('dynalite/db/conditionParser') as ExpressionParser;
conditions.parse = (text, { context }) => parseCondition(text, context);

const updates = require('dynalite/db/updateParser') as ExpressionParser;
const parseUpdate = updates.parse;
updates.parse = (text, options) => {
  const parsed = parseUpdate(readUpdate(text), options);
  return typeof parsed === 'string' ? updateWords(parsed) : parsed;
};

const projections = require('dynalite/db/projectionParser') as ExpressionParser;
const parseProjection = projections.parse;
projections.parse = (text, options) => {
  checkProjectionSyntax(text);
  return parseProjection(text, options);
};

const OF_CONDITIONS = /^Invalid function name; function: (attribute_exists|attribute_not_exists|attribute_type|begins_with|contains|size)$/;
const WRONG_OPERAND = /^Incorrect operand type for operator or function; operator: (ADD|DELETE), operand type: \w+$/;

/** What the service says today where dynalite has older words. */
function updateWords(message: string): string {
  const [, misused] = OF_CONDITIONS.exec(message) ?? [];
  if (misused !== undefined) return `The function is not allowed in an update expression; function: ${misused}`;
  const [, operator] = WRONG_OPERAND.exec(message) ?? [];
  return operator === undefined ? message : `${message}, typeSet: ALLOWED_FOR_${operator}_OPERAND`;
}
