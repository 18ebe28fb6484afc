generate() { openapi_generator go --additional-properties packageName=trailcat,withGoMod=false,disallowAdditionalPropertiesIfNotPresent=false,enumUnknownDefaultCase=true; }
list_operations() { sed -n 's/^func (a \*[A-Za-z0-9]*Service) \([A-Za-z0-9]*\)Execute(.*/\1/p' build/client/api_*.go; }
list_schemas() { basename -a -s .go build/client/model_* | sed 's/^model_//'; }
compile() { go build -o build/conversation . && go vet ./...; }
converse() { build/conversation; }
