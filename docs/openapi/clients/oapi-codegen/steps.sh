generate() {
  mkdir build/client
  go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -generate types,client -package trailcat -o build/client/client.go "$document"
}
list_operations() { sed -n 's/^func (c \*ClientWithResponses) \([A-Za-z0-9]*\)WithResponse(.*/\1/p' build/client/client.go | sed 's/WithBody$//'; }
list_schemas() { sed -n 's/^type \([A-Za-z0-9]*\) .*/\1/p' build/client/client.go; }
compile() { go build -o build/conversation . && go vet ./...; }
converse() { build/conversation; }
