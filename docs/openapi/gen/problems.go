package main

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

const problemText = "What went wrong, as a problem document (RFC 9457)."

// shareProblems writes every answer that is a problem as application/problem+json.
// For each status, what most operations answer is written once and referred to.
func shareProblems(doc object) {
	uses := map[string]int{}       // how often a component's answer is used, by its JSON
	best := map[string]string{}    // the most used answer of each component
	answers := map[string]object{} // each answer, by its JSON
	eachProblem(doc, func(_ object, code, schema string, answer object) {
		finishProblem(answer)
		text := mustText(answer)
		name := problemName(schema, code)
		uses[name+text]++
		answers[text] = answer
		if most, ok := best[name]; !ok || uses[name+text] > uses[name+most] {
			best[name] = text
		}
	})
	eachProblem(doc, func(responses object, code, schema string, answer object) {
		name := problemName(schema, code)
		text := mustText(answer)
		if best[name] != text {
			return
		}
		within(doc, "components", "responses")[name] = answers[text]
		responses[code] = object{"$ref": "#/components/responses/" + name}
	})
}

// eachProblem finds the answers whose schema is a problem.
func eachProblem(doc object, found func(responses object, code, schema string, answer object)) {
	for _, op := range operations(doc, "paths") {
		responses := within(op, "responses")
		for code, answer := range sorted(responses) {
			for _, body := range sorted(answer["content"]) {
				ref, _ := within(body, "schema")["$ref"].(string)
				if name := strings.TrimPrefix(ref, schemaPrefix); strings.HasSuffix(name, "Problem") {
					found(responses, code, name, answer)
					break
				}
			}
		}
	}
}

func finishProblem(answer object) {
	for _, body := range sorted(answer["content"]) {
		if schema := within(body, "schema"); schema["$ref"] != nil {
			answer["content"] = object{"application/problem+json": object{"schema": schema}}
			break
		}
	}
	if answer["description"] == nil || answer["description"] == "" {
		answer["description"] = problemText
	}
}

// problemName names the shared answer for a status: Problem by default, ProblemNotFound for 404.
func problemName(schema, code string) string {
	status, err := strconv.Atoi(code)
	if err != nil {
		return schema
	}
	return schema + strings.NewReplacer(" ", "", "-", "", "'", "").Replace(http.StatusText(status))
}

// mustText is the JSON of an object that came from JSON, which cannot fail.
func mustText(o object) string {
	text, _ := json.Marshal(o)
	return string(text)
}
