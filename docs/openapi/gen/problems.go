package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/errcode"
)

// problemSchema is the schema of a problem, as comments refer to it.
const problemSchema = schemaPrefix + "Problem"

// problem describes the response for an error that many operations can have.
type problem struct {
	status  int
	text    string // description of the response
	headers object // by name
	code    errcode.Code
	detail  string
	errors  []any
	occurs  func(operationFacts) bool // reports whether an operation can have the error
}

// problems returns the errors that operations have because of what they are. Comments
// declare the others.
func problems() []problem {
	header := func(text string) object { return object{"description": text, "schema": object{"type": "string"}} }
	retryAfter := object{"Retry-After": header("Seconds after which to retry.")}
	return []problem{
		{
			http.StatusBadRequest, "A parameter, a header or the body cannot be read", nil, errcode.InvalidParameters, "The request has one error.",
			[]any{object{"parameter": "neer", "code": string(errcode.UnknownParameter), "message": `Unknown parameter "neer". Did you mean "near"?`}},
			func(f operationFacts) bool { return f.usesData },
		},
		{
			http.StatusUnauthorized, "The API key or access token is missing or not valid",
			object{"WWW-Authenticate": header("The scheme of authentication.")},
			errcode.Unauthorized, "This request requires an API key. Send Authorization: Bearer tc_live_….", nil,
			func(operationFacts) bool { return true },
		},
		{
			http.StatusForbidden, "The key lacks the scope, or the resource belongs to another partner", nil,
			errcode.MissingScope, "Your API key lacks the scope listings:write. Its scopes are: listings:read.", nil,
			func(f operationFacts) bool { return f.needsScope },
		},
		{
			http.StatusNotFound, "The resource does not exist, or you may not see it", nil, errcode.NotFound, `The cat "cat_01kabq4z8vf3ht2v0xw9r6m5ec" does not exist.`, nil,
			func(f operationFacts) bool { return f.names },
		},
		{
			http.StatusConflict, "The request conflicts with the current state, or a request with this Idempotency-Key is in progress", nil,
			errcode.IdempotencyKeyRunning, "A request with this Idempotency-Key is in progress. Repeat it in a moment to get its response.", nil,
			func(f operationFacts) bool { return f.idempotent || f.needsScope && f.writes && f.hasBody },
		},
		{
			http.StatusGone, "The cat or shelter was erased, or is no longer listed", nil, errcode.Erased, "The cat was erased at 2026-11-20T09:00:00Z. Delete your copy.", nil,
			func(f operationFacts) bool { return f.ofCatOrShelter },
		},
		{
			http.StatusPreconditionFailed, "The resource has another version than If-Match requires", nil,
			errcode.VersionMismatch, "The resource has another version. Read it again and repeat the change.", nil,
			func(f operationFacts) bool { return f.conditional },
		},
		{
			http.StatusRequestEntityTooLarge, "The body is too large", nil, errcode.BodyTooLarge, "The request body must have at most 8388608 bytes.", nil,
			func(f operationFacts) bool { return f.hasBody },
		},
		{
			http.StatusUnsupportedMediaType, "The body has another media type than those listed", nil,
			errcode.UnsupportedMediaType, "Send the body as JSON, with Content-Type: application/json.", nil,
			func(f operationFacts) bool { return f.readsJSON },
		},
		{
			http.StatusUnprocessableEntity, "The content of the body is not valid; errors lists each field", nil, errcode.Invalid, "The request has one error.",
			[]any{object{"pointer": "/birth/date", "code": string(errcode.InTheFuture), "message": "Must not be in the future."}},
			func(f operationFacts) bool { return f.readsJSON || f.idempotent },
		},
		{
			http.StatusTooManyRequests, "The rate limit is exceeded", retryAfter,
			errcode.TooManyRequests, "Rate limit exceeded for your IP address. Retry in 3 seconds; see the RateLimit headers.", nil,
			func(operationFacts) bool { return true },
		},
		{
			http.StatusServiceUnavailable, "The server cannot answer now, for example during a failover of the database", retryAfter,
			errcode.Unavailable, "The database is unavailable. The write may not have been applied; check and retry.", nil,
			func(f operationFacts) bool { return f.usesData },
		},
		{
			http.StatusInsufficientStorage, "The storage of the database is full", nil,
			errcode.StorageFull, "The storage of the database is full. The write was not applied. Retry when the operator of this server has freed space.", nil,
			func(f operationFacts) bool { return f.needsScope && f.writes },
		},
	}
}

// operationFacts is what the document says about an operation.
type operationFacts struct {
	usesData       bool // reads or writes the database, and not only a file of the server
	needsScope     bool // needs a key with a scope
	names          bool // names a resource in its path
	ofCatOrShelter bool // that resource is a cat or a shelter
	writes         bool
	idempotent     bool // has an idempotency key
	conditional    bool // has If-Match
	hasBody        bool
	readsJSON      bool
}

func factsOf(where string, op object) operationFacts {
	method, path, _ := strings.Cut(where, " ")
	body, _ := op["requestBody"].(object)
	facts := operationFacts{
		usesData:       op["x-static"] == nil,
		needsScope:     false,
		names:          strings.Contains(path, "{"),
		ofCatOrShelter: strings.Contains(path, "/cats/{") || strings.Contains(path, "/shelters/{"),
		writes:         method != "get",
		idempotent:     false,
		conditional:    false,
		hasBody:        body != nil,
		readsJSON:      false,
	}
	requirements, _ := op["security"].([]any)
	for _, requirement := range requirements {
		for _, scopes := range requirement.(object) {
			facts.needsScope = facts.needsScope || len(scopes.([]any)) > 0
		}
	}
	for param := range objects(op["parameters"]) {
		switch param["name"] {
		case "Idempotency-Key":
			facts.idempotent = true
		case "If-Match":
			facts.conditional = true
		}
	}
	for mediaType := range sorted(body["content"]) {
		facts.readsJSON = facts.readsJSON || isJSON(mediaType)
	}
	return facts
}

// addProblems declares the errors of problems that occur for operations and that their
// comments do not declare. Operations with @x-monitoring have none; those with @x-static
// do not use the database.
func addProblems(doc object) {
	for where, op := range operations(doc, "paths") {
		facts, monitoring := factsOf(where, op), op["x-monitoring"] != nil
		delete(op, "x-static")
		delete(op, "x-monitoring")
		if monitoring || op["x-webhook"] != nil || op["x-schemas"] != nil {
			continue
		}
		responses := within(op, "responses")
		for _, p := range problems() {
			if code := strconv.Itoa(p.status); responses[code] == nil && p.occurs(facts) {
				responses[code] = object{
					"description": p.text,
					"content":     object{"application/json": object{"schema": object{"$ref": problemSchema}}},
				}
			}
		}
	}
}

// showProblems adds examples and headers to the responses that operations share.
func showProblems(doc object) error {
	responses := within(doc, "components", "responses")
	table := errcode.Table()
	for _, p := range problems() {
		shared, ok := responses[problemName("Problem", strconv.Itoa(p.status))].(object)
		if !ok {
			continue
		}
		if !slices.ContainsFunc(table, func(g errcode.Group) bool {
			return slices.ContainsFunc(g.Entries, func(e errcode.Entry) bool { return e.Code == p.code && slices.Contains(e.Statuses, p.status) })
		}) {
			return fmt.Errorf("the example for %d has the code %s, which does not occur with this status", p.status, p.code)
		}
		example := object{
			"type": "/docs/errors#" + string(p.code), "title": http.StatusText(p.status), "status": p.status, "code": string(p.code), "detail": p.detail,
			"instance": "/v1/cats", "request_id": "req_7mq3ynzk5mvwc4ehqz2t",
		}
		if p.errors != nil {
			example["errors"] = p.errors
		}
		within(shared, "content", "application/problem+json")["example"] = example
		if p.headers != nil {
			shared["headers"] = p.headers
		}
	}
	return nil
}
