generate() {
  install_node_modules
  node_modules/.bin/openapi-typescript "$document" --output build/client.ts
}
list_operations() { sed -n '/^export interface operations /,$s/^    \([A-Za-z0-9]*\): {$/\1/p' build/client.ts; }
list_schemas() { sed -n '/^    schemas: {$/,/^    };$/s/^        \([A-Za-z0-9]*\): .*/\1/p' build/client.ts; }
compile() { node_modules/.bin/tsc; }
converse() { node build/js/conversation.js; }
