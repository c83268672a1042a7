import { type AttributeType, type AttributeValue, compareValues, typeOf } from './attribute-value.ts';
import type { Condition, FunctionCall, Operand, ParsedCondition, Path } from './dynalite.ts';
import { ExpressionTokens } from './expression-tokens.ts';

/** Names and values of a request, and which of them no expression has used yet: these are taken out as they are met. */
export interface ExpressionContext {
  readonly attrNames?: Readonly<Record<string, string>> | undefined;
  readonly attrVals?: Readonly<Record<string, AttributeValue>> | undefined;
  readonly unusedAttrNames: Record<string, true>;
  readonly unusedAttrVals: Record<string, true>;
  readonly isReserved: (name: string) => boolean;
}

const COMPARATORS = ['=', '<>', '<=', '<', '>=', '>'] as const;
const OPERANDS_OF_FUNCTIONS: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};
const TYPES: readonly string[] = ['S', 'N', 'B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'NS', 'M'];
/** Operands of IN after the first (Developer Guide, "Condition and filter expressions, operators, and functions in DynamoDB"). */
const MAX_IN_OPERANDS = 100;
/** Deeper than operators can be counted, a parenthesis stands directly in another one. */
const MAX_PARENTHESES = 301;

/**
 * Parses a condition, filter or key condition expression (Developer Guide, "Condition and filter expressions, operators, and
 * functions in DynamoDB", syntax). Throws an Error with the service's words; its name is SyntaxError where they are to follow
 * `Syntax error; `. Of several mistakes in the meaning one kind goes before another, as in dynalite, whose parser this stands
 * for: that one takes three times as long for each further parenthesis in another, and knows no NOT NOT.
 */
export function parseCondition(text: string, context: ExpressionContext): ParsedCondition {
  const parser = new ConditionParser(text, context);
  return parser.parse();
}

/** What was read: an operand that a comparison may follow (a call may be either), or a whole condition. */
interface Part {
  readonly node: Condition | Operand;
  readonly kind: 'operand' | 'call' | 'condition';
  readonly parenthesized?: true;
}

class ConditionParser {
  readonly #tokens: ExpressionTokens;
  readonly #context: ExpressionContext;
  readonly #mistakes = new Mistakes();
  readonly #nestedPaths: Record<string, true> = {};
  readonly #pathHeads: Record<string, true> = {};
  #open = 0;

  constructor(text: string, context: ExpressionContext) {
    this.#tokens = new ExpressionTokens(text, ['AND', 'OR', 'NOT', 'BETWEEN', 'IN']);
    this.#context = context;
  }

  parse(): ParsedCondition {
    const expression = this.#conditionOf(this.#or());
    this.#tokens.expectEnd();
    const mistake = this.#mistakes.first();
    if (mistake !== undefined) throw new Error(mistake);
    return { expression, nestedPaths: this.#nestedPaths, pathHeads: this.#pathHeads };
  }

  #or(): Part {
    return this.#chain('OR', () => this.#chain('AND', () => this.#not()));
  }

  #chain(operator: 'AND' | 'OR', next: () => Part): Part {
    let left = next();
    while (this.#tokens.is(operator)) {
      const first = this.#conditionOf(left);
      this.#tokens.take(operator);
      this.#tokens.countOperator();
      const second = this.#conditionOf(next());
      left = { kind: 'condition', node: { type: operator === 'AND' ? 'and' : 'or', args: [first, second] } };
    }
    return left;
  }

  #not(): Part {
    if (!this.#tokens.take('NOT')) return this.#comparison();
    this.#tokens.countOperator();
    return { kind: 'condition', node: { type: 'not', args: [this.#conditionOf(this.#not())] } };
  }

  #comparison(): Part {
    const left = this.#primary();
    if (left.kind === 'condition') return left;
    const operand = left.node as Operand;
    const comparator = this.#tokens.takeAny(COMPARATORS);
    if (comparator !== undefined) {
      this.#tokens.countOperator();
      const args = [operand, this.#operand()];
      return this.#compared(comparator, { type: comparator, args });
    }
    if (this.#tokens.take('BETWEEN')) {
      this.#tokens.countOperator();
      const low = this.#operand();
      this.#tokens.expect('AND');
      const high = this.#operand();
      this.#mistakes.checkBounds(low, high);
      return this.#compared('BETWEEN', { type: 'between', args: [operand, low, high] });
    }
    if (this.#tokens.take('IN')) {
      this.#tokens.countOperator();
      this.#tokens.expect('(');
      const candidates = this.#operands();
      this.#mistakes.checkCandidates(candidates.length);
      return this.#compared('IN', { type: 'in', args: [operand, ...candidates] });
    }
    return left;
  }

  #compared(operator: string, condition: Condition & { readonly args: readonly Operand[] }): Part {
    this.#mistakes.checkUse(condition.args);
    this.#mistakes.checkDistinct(operator, condition.args);
    this.#mistakes.endCondition();
    return { kind: 'condition', node: condition };
  }

  #primary(): Part {
    if (!this.#tokens.take('(')) {
      const node = this.#operand();
      return { kind: isCall(node) ? 'call' : 'operand', node };
    }
    this.#open += 1;
    if (this.#open > MAX_PARENTHESES) throw new Error(REDUNDANT);
    const inner = this.#or();
    this.#tokens.expect(')');
    this.#open -= 1;
    if (inner.parenthesized === true) this.#mistakes.note('parens', REDUNDANT);
    return { ...inner, parenthesized: true };
  }

  /** What was read as a condition. Throws where it is an operand that nothing was done with. */
  #conditionOf({ kind, node }: Part): Condition {
    if (kind === 'operand') throw this.#tokens.unexpected();
    if (kind === 'call') {
      const call = node as FunctionCall;
      if (call.name === 'size') this.#mistakes.noteMisused(call);
      this.#mistakes.endCondition();
      return call;
    }
    return node as Condition;
  }

  /** Operands up to the closing parenthesis. */
  #operands(): Operand[] {
    const operands = [this.#operand()];
    while (this.#tokens.take(',')) operands.push(this.#operand());
    this.#tokens.expect(')');
    return operands;
  }

  #operand(): Operand {
    if (this.#tokens.take('(')) {
      const inner = this.#operand();
      this.#tokens.expect(')');
      return inner;
    }
    const value = this.#tokens.takeValue();
    if (value !== undefined) return this.#literal(value);
    const name = this.#tokens.takeFunction();
    return name === undefined ? this.#path() : this.#call(name);
  }

  #call(name: string): FunctionCall {
    this.#tokens.countOperator();
    const args = this.#operands();
    this.#mistakes.checkUse(args);
    this.#mistakes.checkCall(name, args);
    return { type: 'function', name, args };
  }

  /** The value that a `:value` stands for. One that isn't defined is a mistake, and stands as if it were a path. */
  #literal(name: string): Operand {
    const { attrVals, unusedAttrVals } = this.#context;
    const value = attrVals !== undefined && Object.hasOwn(attrVals, name) ? attrVals[name] : undefined;
    if (value === undefined) {
      this.#mistakes.note('names', `An expression attribute value used in expression is not defined; attribute value: ${name}`);
      return [name];
    }
    delete unusedAttrVals[name];
    return value;
  }

  #path(): Path {
    const { attrNames, unusedAttrNames, isReserved } = this.#context;
    const path = this.#tokens.path().map((piece) => {
      if (typeof piece === 'number') return piece;
      if (!piece.startsWith('#')) {
        if (isReserved(piece)) {
          this.#mistakes.note('reserved', `Attribute name is a reserved keyword; reserved keyword: ${piece}`);
        }
        return piece;
      }
      const name = attrNames !== undefined && Object.hasOwn(attrNames, piece) ? attrNames[piece] : undefined;
      if (name === undefined) {
        this.#mistakes.note('names', `An expression attribute name used in the document path is not defined; attribute name: ${piece}`);
        return piece;
      }
      delete unusedAttrNames[piece];
      return name;
    });
    const head = String(path[0]);
    this.#pathHeads[head] = true;
    if (path.length > 1) this.#nestedPaths[head] = true;
    return path;
  }
}

const REDUNDANT = 'The expression has redundant parentheses;';

/** Kinds of mistakes in the order in which they are told, whatever their places; those of one condition come at last. */
const KINDS = ['parens', 'unknownFunction', 'misusedFunction', 'reserved', 'condition'] as const;
/** Kinds of mistakes within one comparison or call in their order. The first condition with any is told. */
const KINDS_OF_CONDITION = ['names', 'operands', 'distinct', 'types'] as const;

type Kind = (typeof KINDS)[number] | (typeof KINDS_OF_CONDITION)[number];

/** The first mistake of each kind. */
class Mistakes {
  readonly #noted = new Map<Kind, string>();

  note(kind: Kind, words: string): void {
    if (!this.#noted.has(kind)) this.#noted.set(kind, words);
  }

  first(): string | undefined {
    return this.#firstOf(KINDS);
  }

  /** Ends a comparison or call: what is wrong with it goes before what is wrong with the next one. */
  endCondition(): void {
    const words = this.#firstOf(KINDS_OF_CONDITION);
    if (words !== undefined) this.note('condition', words);
  }

  noteMisused({ name }: FunctionCall): void {
    this.note('misusedFunction', `The function is not allowed to be used this way in an expression; function: ${name}`);
  }

  /** `size` alone is an operand. */
  checkUse(args: readonly Operand[]): void {
    const misused = args.filter(isCall).find((call) => call.name !== 'size' && Object.hasOwn(OPERANDS_OF_FUNCTIONS, call.name));
    if (misused !== undefined) this.noteMisused(misused);
  }

  checkCandidates(count: number): void {
    if (count > MAX_IN_OPERANDS) {
      this.note('operands', `The IN operator is provided with too many operands; number of operands: ${count}`);
    }
  }

  checkDistinct(operator: string, [first, ...rest]: readonly Operand[]): void {
    if (!isPath(first) || !rest.some((other) => isPath(other) && samePath(first, other))) return;
    const shown = first.map((piece) => (typeof piece === 'number' ? `[${piece}]` : piece)).join(', ');
    this.note(
      'distinct',
      `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: [${shown}]`,
    );
  }

  checkBounds(low: Operand, high: Operand): void {
    if (!isLiteral(low) || !isLiteral(high)) return;
    const rule =
      typeOf(low) !== typeOf(high)
        ? 'same data type for lower and upper bounds'
        : (compareValues(low, high) ?? 0) > 0
          ? 'upper bound to be greater than or equal to lower bound'
          : undefined;
    if (rule === undefined) return;
    const shown = (value: AttributeValue) => `AttributeValue: {${typeOf(value)}:${String(value[typeOf(value)])}}`;
    this.note('types', `The BETWEEN operator requires ${rule}; lower bound operand: ${shown(low)}, upper bound operand: ${shown(high)}`);
  }

  checkCall(name: string, args: readonly Operand[]): void {
    const wanted = Object.hasOwn(OPERANDS_OF_FUNCTIONS, name) ? OPERANDS_OF_FUNCTIONS[name] : undefined;
    if (wanted === undefined) {
      this.note('unknownFunction', `Invalid function name; function: ${name}`);
      return;
    }
    if (args.length !== wanted) {
      this.note(
        'operands',
        `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`,
      );
      return;
    }
    this.checkDistinct(name, args);
    const words = wrongType(name, args);
    if (words !== undefined) this.note('types', words);
  }

  #firstOf(kinds: readonly Kind[]): string | undefined {
    return kinds.map((kind) => this.#noted.get(kind)).find((words) => words !== undefined);
  }
}

/** What is wrong with the types of a function's operands, as far as they are known without an item. */
function wrongType(name: string, args: readonly Operand[]): string | undefined {
  const types = args.map(knownType);
  const refuse = (type: string) => `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`;
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      return isPath(args[0]) ? undefined : `Operator or function requires a document path; operator or function: ${name}`;
    case 'begins_with': {
      const wrong = types.find((type) => type !== undefined && type !== 'S' && type !== 'B');
      return wrong === undefined ? undefined : refuse(wrong);
    }
    case 'attribute_type': {
      const type = types[1] ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}';
      if (type !== 'S') return refuse(type);
      const wanted = String((args[1] as AttributeValue).S);
      if (TYPES.includes(wanted)) return undefined;
      return `Invalid attribute type name found; type: ${wanted}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`;
    }
    case 'size': {
      const [type] = types;
      return type === 'N' || type === 'BOOL' || type === 'NULL' ? refuse(type) : undefined;
    }
    default:
      return undefined;
  }
}

function knownType(operand: Operand): AttributeType | undefined {
  if (isPath(operand)) return undefined;
  return isCall(operand) ? (operand.name === 'size' ? 'N' : 'BOOL') : typeOf(operand);
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((piece, index) => piece === b[index]);
}

function isPath(operand: Operand | undefined): operand is Path {
  return Array.isArray(operand);
}

function isCall(operand: Operand): operand is FunctionCall {
  return !isPath(operand) && 'type' in operand;
}

function isLiteral(operand: Operand): operand is AttributeValue {
  return !isPath(operand) && !isCall(operand);
}
