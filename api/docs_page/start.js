// Reads come before writes, and both are in the order of their paths.
const methods = ["get", "post", "put", "patch", "delete"];

function compareOperations(a, b) {
  const rank = (operation) => methods.indexOf(operation.get("method"));
  return rank(a) - rank(b) || a.get("path").localeCompare(b.get("path"));
}

// Headings shows the heading of a group of parameters above its first parameter.
const Headings = () => ({
  wrapComponents: {
    parameterRow: (Row, system) => (props) => {
      const create = system.React.createElement;
      const row = create(Row, props);
      const heading = props.rawParam.get("x-heading");
      if (!heading) return row;
      const cell = create("th", { colSpan: 2, scope: "rowgroup" }, heading);
      return create(system.React.Fragment, null, create("tr", { className: "heading" }, cell), row);
    },
  },
});

// maxHighlighted is the length from which the code of a response is not highlighted, because that
// would stop the page for seconds.
const maxHighlighted = 200000;

const PlainCode = () => ({
  wrapComponents: {
    SyntaxHighlighter: (Highlighter, system) => (props) =>
      system.React.createElement(props.children.length > maxHighlighted ? system.getComponent("PlainTextViewer") : Highlighter, props),
  },
});

window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#ui",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  validatorUrl: null,
  operationsSorter: compareOperations,
  plugins: [Headings, PlainCode],
});
