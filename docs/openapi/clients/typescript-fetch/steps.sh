generate() { openapi_generator typescript-fetch --additional-properties importFileExtension=.js; }
list_operations() { sed -n 's/^    async \([A-Za-z0-9]*\)Raw(.*/\1/p' build/client/apis/*.ts; }
list_schemas() { basename -a -s .ts build/client/models/*; }
compile() {
  install_node_modules
  node_modules/.bin/tsc
}
converse() { node build/js/conversation.js; }
