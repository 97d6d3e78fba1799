/**
 * The repository's one dialect (CONTRIBUTING.md), as rules of the linter. Plain JavaScript: oxlint loads it on Node 20.
 */

function isModuleLevel(node) {
  return node.parent.type === 'Program' || node.parent.type === 'ExportNamedDeclaration';
}

/** A number, string or bigint that is written down, or arithmetic of such. */
function isLiteral(node) {
  switch (node?.type) {
    case 'Literal':
      return ['number', 'string', 'bigint'].includes(typeof node.value);
    case 'UnaryExpression':
      return isLiteral(node.argument);
    case 'BinaryExpression':
      return isLiteral(node.left) && isLiteral(node.right);
    default:
      return false;
  }
}

function rule(message, visitor) {
  return {
    meta: { type: 'suggestion', messages: { dialect: message } },
    create: (context) => visitor((node) => context.report({ node, messageId: 'dialect' })),
  };
}

/** `new Promise((resolve) => setTimeout(resolve, …))`, in whatever braces; without a time it is the next turn. */
function isTimedPromise({ callee, arguments: [executor] }) {
  if (callee.type !== 'Identifier' || callee.name !== 'Promise') return false;
  const [resolve] = executor?.params ?? [];
  if (resolve?.type !== 'Identifier') return false;
  const { body } = executor;
  const statements = body.type === 'BlockStatement' ? body.body : [{ expression: body }];
  return statements.some(({ expression, argument }) => {
    const call = expression ?? argument;
    if (call?.type !== 'CallExpression' || call.callee.name !== 'setTimeout') return false;
    const [wakes, time] = call.arguments;
    return wakes?.name === resolve.name && time !== undefined && time.value !== 0;
  });
}

export default {
  meta: { name: 'dialect' },
  rules: {
    'function-declaration': rule('A function of a module is declared: function name() {}', (report) => ({
      VariableDeclaration(node) {
        if (!isModuleLevel(node)) return;
        for (const { id, init } of node.declarations) {
          const isFunction = init?.type === 'ArrowFunctionExpression' || init?.type === 'FunctionExpression';
          // One that has to be of a named type stays a constant.
          if (isFunction && !id.typeAnnotation) report(node);
        }
      },
    })),
    'constant-case': rule(
      'A written-down number or string of a module is named in UPPER_SNAKE_CASE',
      (report) => ({
        VariableDeclaration(node) {
          if (!isModuleLevel(node) || node.kind !== 'const') return;
          for (const { id, init } of node.declarations) {
            if (isLiteral(init) && !/^[A-Z][A-Z0-9_]*$/.test(id.name)) report(id);
          }
        },
      }),
    ),
    'hash-private': rule(
      "A private member is a #member (constructors and Lit's declared properties excepted)",
      (report) => {
        const check = (node) => {
          if (node.accessibility === 'private' && node.kind !== 'constructor' && !node.declare) report(node);
        };
        return { PropertyDefinition: check, MethodDefinition: check, AccessorProperty: check };
      },
    ),
    increment: rule('One more is ++, one less is --', (report) => ({
      AssignmentExpression({ operator, right, parent }) {
        if ((operator === '+=' || operator === '-=') && right.type === 'Literal' && right.value === 1)
          report(parent);
      },
    })),
    'no-sleep': rule(
      'A test waits for a marker, not for time (until, expect.poll; fences in tests/e2e/lib)',
      (report) => ({
        CallExpression(node) {
          const { callee } = node;
          const name = callee.type === 'MemberExpression' ? callee.property.name : callee.name;
          if (name === 'waitForTimeout' || name === 'sleep') report(node);
        },
        NewExpression(node) {
          if (isTimedPromise(node)) report(node);
        },
        ImportDeclaration(node) {
          if (/^(node:)?timers\/promises$/.test(node.source.value)) report(node);
        },
      }),
    ),
    'no-index-bang': rule('array[i]! claims what the compiler does not ask: leave the ! out', (report) => ({
      TSNonNullExpression(node) {
        if (node.expression.type === 'MemberExpression' && node.expression.computed) report(node);
      },
    })),
  },
};
