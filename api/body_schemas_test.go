package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"trailcat/internal/apitest"
)

// bodySchemas validates bodies of responses. It compiles each schema of the document
// once; kin-openapi would compile it for every response. It is safe for concurrent use.
type bodySchemas struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
}

const specURL = "https://example.org/openapi.json"

// newBodySchemas returns the schemas of a copy of an OpenAPI document.
func newBodySchemas(doc *openapi3.T) (*bodySchemas, error) {
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	content, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	return &bodySchemas{compiler: compiler}, compiler.AddResource(specURL, content)
}

// validate returns an error unless the document describes a body of a media type for a
// status, and the body matches its schema.
func (b *bodySchemas) validate(route *routers.Route, status int, mediaType string, body []byte) error {
	schema, err := b.find(route, status, mediaType)
	if err != nil || schema == nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("decode body: %w", err)
	}
	return schema.Validate(value)
}

// find returns the schema of a response, or nil if its body is not described.
func (b *bodySchemas) find(route *routers.Route, status int, mediaType string) (*jsonschema.Schema, error) {
	key := strconv.Itoa(status)
	response := route.Operation.Responses.Value(key)
	if response == nil {
		key, response = "default", route.Operation.Responses.Default()
	}
	content := response.Value.Content
	if len(content) == 0 {
		return nil, nil
	}
	described := content.Get(mediaType)
	if described == nil {
		return nil, fmt.Errorf("media type %q is not described", mediaType)
	}
	if described.Schema == nil {
		return nil, nil
	}
	place := described.Schema.Ref
	if place == "" {
		base := response.Ref
		if base == "" {
			base = "#" + pointer("paths", route.Path, strings.ToLower(route.Method), "responses", key)
		}
		for name, media := range content {
			if media == described {
				place = base + pointer("content", name, "schema")
			}
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.compiler.Compile(specURL + place)
}

// pointer returns a JSON pointer for a URL fragment.
func pointer(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString("/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(name)))
	}
	return b.String()
}

func TestSpec_BodiesAreAsDescribed(t *testing.T) {
	t.Parallel()

	if apitest.Update() {
		t.Skip("the document is being written")
	}
	s := loadSpec(t)
	route, _, err := s.router.FindRoute(httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/changes", nil))
	if err != nil {
		t.Fatal(err)
	}
	const page, change = `{"data":[%s],"page":{"next_cursor":"x","has_more":false}}`, `{"seq":%s,"type":"cat.updated","id":"x","at":"%s","fields":[],"resource":"cat","shelter_id":"x","version":1%s}`
	for name, tt := range map[string]struct{ mediaType, seq, at, more, says string }{
		"as described":            {"application/json", "1", "2026-05-01T12:00:00Z", "", ""},
		"a wrong type":            {"application/json", `"1"`, "2026-05-01T12:00:00Z", "", "/data/0/seq"},
		"a wrong format":          {"application/json", "1", "yesterday", "", "/data/0/at"},
		"an undescribed property": {"application/json", "1", "2026-05-01T12:00:00Z", `,"mood":"calm"`, "mood"},
		"another media type":      {"text/json", "1", "2026-05-01T12:00:00Z", "", "text/json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			body := fmt.Sprintf(page, fmt.Sprintf(change, tt.seq, tt.at, tt.more))
			if err := s.bodies.validate(route, http.StatusOK, tt.mediaType, []byte(body)); (err != nil) != (tt.says != "") || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want an error about %q or none", err, tt.says)
			}
		})
	}
}
