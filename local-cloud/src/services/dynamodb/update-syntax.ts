import { ExpressionTokens } from './expression-tokens.ts';

/*
 * What is no update or projection expression, told in the words of the service: token and what is near it. Their meaning is
 * dynalite's; its grammars, which are met after this, take what is taken here.
 */

const SECTIONS = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;

/**
 * The update expression (Developer Guide, "Using update expressions in DynamoDB", syntax) without parentheses around operands and sums:
 * they change nothing, and dynalite's grammar doesn't take all of them. Throws an Error unless it is one, whose name is SyntaxError where
 * its words are to follow `Syntax error; `.
 */
export function readUpdate(text: string): string {
  const tokens = new ExpressionTokens(text, SECTIONS);
  do {
    const section = tokens.takeAny(SECTIONS);
    if (section === undefined) throw tokens.unexpected();
    do action(section, tokens);
    while (tokens.take(','));
  } while (SECTIONS.some((section) => tokens.is(section)));
  tokens.expectEnd();
  return tokens.withoutParentheses();
}

/** Throws as `readUpdate` does unless the text is a projection expression (Developer Guide, "Using projection expressions in DynamoDB"). */
export function checkProjectionSyntax(text: string): void {
  const tokens = new ExpressionTokens(text, []);
  do tokens.path();
  while (tokens.take(','));
  tokens.expectEnd();
}

function action(section: (typeof SECTIONS)[number], tokens: ExpressionTokens): void {
  tokens.path();
  if (section === 'REMOVE') return;
  if (section === 'SET') {
    tokens.expect('=');
    sum(tokens);
  } else if (tokens.takeValue() === undefined) throw tokens.unexpected();
}

/** What was read: a function's name, where it was a call. */
interface Part {
  readonly kind: 'operand' | 'sum';
  readonly parenthesized?: true;
  readonly call?: string;
}

const REDUNDANT = 'The expression has redundant parentheses;';

function sum(tokens: ExpressionTokens): Part {
  const left = tokens.open() ? closed(sum(tokens), tokens) : operand(tokens);
  if (left.kind === 'sum' || tokens.takeAny(['+', '-']) === undefined) return left;
  tokens.countOperator();
  const right = operand(tokens);
  const misused = [left.call, right.call].find((call) => call !== undefined && call !== 'if_not_exists');
  if (misused !== undefined) throw new Error(`The function is not allowed to be used this way in an expression; function: ${misused}`);
  return { kind: 'sum' };
}

function operand(tokens: ExpressionTokens): Part {
  if (tokens.open()) return closed(operand(tokens), tokens);
  if (tokens.takeValue() !== undefined) return { kind: 'operand' };
  const call = tokens.takeFunction();
  if (call === undefined) {
    tokens.path();
    return { kind: 'operand' };
  }
  tokens.countOperator();
  do operand(tokens);
  while (tokens.take(','));
  tokens.expect(')');
  return { kind: 'operand', call };
}

function closed(inner: Part, tokens: ExpressionTokens): Part {
  if (inner.parenthesized === true) throw new Error(REDUNDANT);
  tokens.close();
  return { ...inner, parenthesized: true };
}
