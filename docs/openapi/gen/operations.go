package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// dropLeftovers removes internal keys of swag and of the conversion.
func dropLeftovers(doc object) {
	if docs, ok := doc["externalDocs"].(object); ok && (docs["url"] == nil || docs["url"] == "") {
		delete(doc, "externalDocs")
	}
	for s := range schemas(doc) {
		for _, key := range []string{"collectionFormat", "x-enum-varnames", "x-enum-comments", "x-enum-descriptions", "x-formData-name"} {
			delete(s, key)
		}
	}
	for _, op := range operations(doc, "paths") {
		if body, ok := op["requestBody"].(object); ok {
			delete(body, "x-originalParamName")
		}
	}
}

// finishParameters restores the examples of parameters, and turns x-default=a|b
// into the default of an array parameter, which swag cannot read.
func finishParameters(doc object) {
	for _, op := range operations(doc, "paths") {
		for param := range objects(op["parameters"]) {
			for _, key := range []string{"collectionFormat", "x-nullable"} {
				delete(param, key)
			}
			if example, ok := param["x-example"]; ok {
				param["example"] = example
				delete(param, "x-example")
			}
			if values, ok := param["x-default"].(string); ok {
				within(param, "schema")["default"] = strings.Split(values, "|")
				delete(param, "x-default")
			}
		}
	}
}

// addExclusions adds the counterparts of the parameters with the extension x-excludable: not_breed
// excludes the values of breed.
func addExclusions(doc object) {
	for _, op := range operations(doc, "paths") {
		params, _ := op["parameters"].([]any)
		var all []any
		for _, p := range params {
			all = append(all, p)
			param, _ := p.(object)
			if _, ok := param["x-excludable"]; !ok {
				continue
			}
			delete(param, "x-excludable")
			exclusion := maps.Clone(param)
			exclusion["schema"] = maps.Clone(within(param, "schema"))
			exclusion["name"] = fmt.Sprint("not_", param["name"])
			exclusion["description"] = fmt.Sprintf("Excludes the cats that match any of these values of `%s`. Cats of which it is unknown are not excluded, unless by the value `unknown`.", param["name"])
			all = append(all, exclusion)
		}
		if len(all) > len(params) {
			op["parameters"] = all
		}
	}
}

// finishServers sets the servers from @x-servers. The default is the server of the
// document.
func finishServers(doc object) {
	doc["servers"] = []any{object{"url": "/"}}
	if servers, ok := doc["x-servers"]; ok {
		doc["servers"] = servers
		delete(doc, "x-servers")
	}
}

// finishSecurity turns a key in the Authorization header into bearer
// authentication, which Swagger 2.0 lacks, and marks operations without a security
// requirement as public.
func finishSecurity(doc object) {
	schemes := within(doc, "components", "securitySchemes")
	for name, scheme := range sorted(schemes) {
		if scheme["type"] != "apiKey" || scheme["in"] != "header" || scheme["name"] != "Authorization" {
			continue
		}
		bearer := object{"type": "http", "scheme": "bearer"}
		if text, ok := scheme["description"]; ok {
			bearer["description"] = text
		}
		schemes[name] = bearer
	}
	if doc["security"] != nil {
		return
	}
	for _, op := range operations(doc, "paths") {
		if op["security"] == nil {
			op["security"] = []any{}
		}
	}
}

// writeTextAsString sets the schema of bodies that are not JSON, such as CSV, to
// string, which is binary unless the media type is that of a text. Problems are always
// JSON; see shareProblems.
func writeTextAsString(doc object) {
	for _, op := range operations(doc, "paths") {
		for content := range media(op) {
			for mediaType, body := range sorted(content) {
				ref, _ := within(body, "schema")["$ref"].(string)
				switch {
				case strings.HasSuffix(ref, "Problem"), isJSON(mediaType), isForm(mediaType):
				case slices.Contains([]string{"application/gzip", "application/octet-stream", "application/zip", "image/jpeg", "image/png"}, mediaType):
					body["schema"] = object{"type": "string", "format": "binary"}
				default:
					body["schema"] = object{"type": "string"}
				}
			}
		}
	}
}

// writeFileForms describes the multipart forms of operations whose body is a file: it is the part
// "file". The query parameters may be further parts, but are not described twice, because
// generated functions have one parameter for each. Operations with @x-photo-form accept several
// photos.
func writeFileForms(doc object) {
	for _, op := range operations(doc, "paths") {
		body, _ := op["requestBody"].(object)
		content, _ := body["content"].(object)
		if op["x-photo-form"] != nil {
			delete(op, "x-photo-form")
			within(content, "multipart/form-data")["schema"] = photoForm(content["application/json"] != nil)
			continue
		}
		if form, ok := content["multipart/form-data"].(object); ok && within(form, "schema")["type"] == "string" {
			form["schema"] = object{"type": "object", "required": []any{"file"}, "properties": object{
				"file": object{"type": "string", "format": "binary", "description": "The file. Query parameters may be further parts."},
			}}
		}
	}
}

// photoForm returns the schema of a form with photos. Beside a JSON body it has no named properties:
// OpenAPI Generator would import a class for them that it does not generate.
func photoForm(besideJSON bool) object {
	binary := object{"type": "string", "format": "binary"}
	if besideJSON {
		return object{"type": "object", "additionalProperties": binary, "description": "Files of photos, in fields of any name, and optionally the field `photos` with their order."}
	}
	return object{"type": "object", "properties": object{
		"file":   object{"type": "array", "items": binary, "description": "Files of photos. Fields with files may have any name."},
		"photos": object{"type": "string", "description": "Order of the photos: a JSON array of objects with `file`, the name of a field, or `url`, and optionally `alt`. If omitted, the files in their order."},
	}}
}

// dropSchemaRoutes removes the routes that only define schemas for x-one-of.
func dropSchemaRoutes(doc object) {
	paths := within(doc, "paths")
	for path, item := range sorted(paths) {
		for _, op := range sorted(item) {
			if op["x-schemas"] != nil {
				delete(paths, path)
			}
		}
	}
}

// moveWebhooks turns operations with @x-webhook "name" into webhooks.
func moveWebhooks(doc object) {
	paths := within(doc, "paths")
	for path, item := range sorted(paths) {
		for method, op := range sorted(item) {
			name, ok := op["x-webhook"].(string)
			if !ok {
				continue
			}
			delete(op, "x-webhook")
			op["security"] = []any{}
			within(doc, "webhooks", name)[method] = op
			delete(paths, path)
		}
	}
}

// writeCallbacks makes the webhooks callbacks of the operation with @x-callbacks, whose value is
// the expression for their URL. Of schemas that only webhooks use, oapi-codegen generates names
// but no types; and OpenAPI Generator makes webhooks operations of the client.
func writeCallbacks(doc object) {
	for _, op := range operations(doc, "paths") {
		url, ok := op["x-callbacks"].(string)
		if !ok {
			continue
		}
		delete(op, "x-callbacks")
		for name, item := range sorted(doc["webhooks"]) {
			within(op, "callbacks", name)[url] = item
		}
		delete(doc, "webhooks")
	}
}

// problemText is the default description of an error response.
const problemText = "The error, as a problem document (RFC 9457)."

// shareProblems gives every error response the media type application/problem+json.
// For each status, the most frequent response becomes a shared component.
func shareProblems(doc object) {
	uses := map[string]int{}               // uses of a response, by component and JSON
	best := map[string]string{}            // most used response of each component, as JSON
	responsesByJSON := map[string]object{} // all responses, by JSON
	eachProblem(doc, func(_ object, code, schema string, response object) {
		finishProblem(response)
		text := jsonOf(response)
		name := problemName(schema, code)
		uses[name+text]++
		responsesByJSON[text] = response
		if current, ok := best[name]; !ok || uses[name+text] > uses[name+current] {
			best[name] = text
		}
	})
	eachProblem(doc, func(responses object, code, schema string, response object) {
		name := problemName(schema, code)
		text := jsonOf(response)
		if best[name] != text {
			return
		}
		within(doc, "components", "responses")[name] = responsesByJSON[text]
		responses[code] = object{"$ref": "#/components/responses/" + name}
	})
}

// eachProblem calls found for each response whose schema is a problem.
func eachProblem(doc object, found func(responses object, code, schema string, response object)) {
	for _, op := range operations(doc, "paths") {
		responses := within(op, "responses")
		for code, response := range sorted(responses) {
			for _, body := range sorted(response["content"]) {
				ref, _ := within(body, "schema")["$ref"].(string)
				if name := strings.TrimPrefix(ref, schemaPrefix); strings.HasSuffix(name, "Problem") {
					found(responses, code, name, response)
					break
				}
			}
		}
	}
}

// finishProblem sets the media type of an error response, and a description if it
// has none.
func finishProblem(response object) {
	for _, body := range sorted(response["content"]) {
		if schema := within(body, "schema"); schema["$ref"] != nil {
			response["content"] = object{"application/problem+json": object{"schema": schema}}
			break
		}
	}
	if response["description"] == nil || response["description"] == "" {
		response["description"] = problemText
	}
}

// problemName returns the name of the shared response for a status, for example
// ProblemNotFound for 404.
func problemName(schema, code string) string {
	status, err := strconv.Atoi(code)
	if err != nil {
		return schema
	}
	return schema + strings.NewReplacer(" ", "", "-", "", "'", "").Replace(http.StatusText(status))
}

// jsonOf returns the JSON of an object that was decoded from JSON.
func jsonOf(o object) string {
	text, _ := json.Marshal(o)
	return string(text)
}
