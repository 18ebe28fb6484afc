generate() { openapi_generator go --additional-properties packageName=trailcat,withGoMod=false,disallowAdditionalPropertiesIfNotPresent=false,enumUnknownDefaultCase=true; }
list_operations() { sed -n 's/^func (a \*[A-Za-z]*Service) \([A-Za-z]*\)Execute(.*/\1/p' build/client/api_*.go; }
compile() { go build -o build/conversation . && go vet ./...; }
converse() { build/conversation; }
