package main

import "strings"

// dropLeftovers removes what swag and the lift leave for each other.
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

// finishParameters gives parameters their examples back, and lists the default
// x-default=a|b that swag refuses to read for a list.
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

// finishServers takes the servers from @x-servers. Without any, the API is where its description is.
func finishServers(doc object) {
	doc["servers"] = []any{object{"url": "/"}}
	if servers, ok := doc["x-servers"]; ok {
		doc["servers"] = servers
		delete(doc, "x-servers")
	}
}

// finishSecurity turns a key in the Authorization header into bearer
// authentication, which Swagger 2.0 cannot say, and marks operations that ask
// for no key as public.
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

// writeTextAsString gives bodies that are not JSON, such as CSV, a text for a
// schema. Problems are JSON whatever the answer would have been; see shareProblems.
func writeTextAsString(doc object) {
	for _, op := range operations(doc, "paths") {
		for content := range media(op) {
			for mediaType, body := range sorted(content) {
				ref, _ := within(body, "schema")["$ref"].(string)
				switch {
				case strings.HasSuffix(ref, "Problem"), isJSON(mediaType), mediaType == "application/x-www-form-urlencoded", mediaType == "multipart/form-data":
				default:
					body["schema"] = object{"type": "string"}
				}
			}
		}
	}
}

// dropSchemaRoutes removes the routes that only carry schemas for x-one-of.
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

// moveWebhooks turns operations with @x-webhook "name" into webhooks of that name.
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
