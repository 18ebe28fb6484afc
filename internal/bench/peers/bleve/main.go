// Program bleve indexes cats with Bleve ("load FILE DIRECTORY") and answers list
// requests ("serve DIRECTORY").
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"

	"trailcat/internal/bench/peers/cats"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	if args[0] == "load" {
		return load(args[1], args[2])
	}
	index, err := bleve.OpenUsing(args[1], map[string]any{"read_only": true})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", listener.Addr())
	return http.Serve(listener, handler{index})
}

// load writes an index with Bleve's builder, which is its fastest way.
func load(file, directory string) error {
	builder, err := bleve.NewBuilder(directory, indexMapping(), map[string]any{"batchSize": 2000})
	if err != nil {
		return err
	}
	err = cats.Read(file, func(c *cats.Cat) error {
		document := map[string]any{
			"location":  map[string]any{"lat": c.Lat, "lon": c.Lng},
			"listed_at": float64(c.ListedAt), "text": c.Text, "card": c.Card,
		}
		for field, values := range c.Fields {
			document[field] = values
		}
		return builder.Index(c.ID, document)
	})
	if err != nil {
		return err
	}
	return builder.Close()
}

func indexMapping() mapping.IndexMapping {
	document := bleve.NewDocumentStaticMapping()
	add := func(name string, field *mapping.FieldMapping) {
		field.Store, field.IncludeInAll, field.IncludeTermVectors = name == "card", false, false
		document.AddFieldMappingsAt(name, field)
	}
	for _, name := range cats.Fields {
		add(name, bleve.NewKeywordFieldMapping())
	}
	add("location", bleve.NewGeoPointFieldMapping())
	add("listed_at", bleve.NewNumericFieldMapping())
	text := bleve.NewTextFieldMapping()
	text.Analyzer, text.DocValues = en.AnalyzerName, false
	add("text", text)
	card := bleve.NewTextFieldMapping()
	card.Index, card.DocValues = false, false
	add("card", card)
	index := bleve.NewIndexMapping()
	index.DefaultMapping = document
	return index
}

type handler struct{ index bleve.Index }

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parameters := r.URL.Query()
	limit, err := strconv.Atoi(parameters.Get("limit"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var all []query.Query
	for _, field := range cats.Fields {
		if !parameters.Has(field) {
			continue
		}
		var anyOf []query.Query
		for value := range strings.SplitSeq(parameters.Get(field), ",") {
			term := bleve.NewTermQuery(value)
			term.SetField(field)
			anyOf = append(anyOf, term)
		}
		all = append(all, bleve.NewDisjunctionQuery(anyOf...))
	}
	order := search.SortOrder{&search.SortField{Field: "listed_at", Desc: true, Type: search.SortFieldAsNumber}}
	if parameters.Has("near") {
		lat, lng, err := cats.ParsePoint(parameters.Get("near"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		near := bleve.NewGeoDistanceQuery(lng, lat, parameters.Get("radius_km")+"km")
		near.SetField("location")
		all = append(all, near)
		distance, err := search.NewSortGeoDistance("location", "km", lng, lat, false)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		order = search.SortOrder{distance}
	}
	if parameters.Has("q") {
		words := bleve.NewMatchQuery(parameters.Get("q"))
		words.SetField("text")
		words.SetOperator(query.MatchQueryOperatorAnd)
		all = append(all, words)
	}
	request := bleve.NewSearchRequestOptions(bleve.NewConjunctionQuery(all...), limit, 0, false)
	request.Fields, request.Score = []string{"card"}, "none"
	request.SortByCustom(order)
	if parameters.Has("facets") {
		for field := range strings.SplitSeq(parameters.Get("facets"), ",") {
			request.AddFacet(field, bleve.NewFacetRequest(field, 100))
		}
	}
	found, err := h.index.SearchInContext(r.Context(), request)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writePage(w, found)
}

func writePage(w http.ResponseWriter, found *bleve.SearchResult) {
	w.Header().Set("Content-Type", "application/json")
	out := bufio.NewWriterSize(w, 64<<10)
	_, _ = out.WriteString(`{"data":[`) // out.Flush reports errors
	for i, hit := range found.Hits {
		if i > 0 {
			_ = out.WriteByte(',')
		}
		card, _ := hit.Fields["card"].(string)
		_, _ = out.WriteString(card)
	}
	_, _ = fmt.Fprintf(out, `],"page":{"total":%d}`, found.Total)
	if len(found.Facets) > 0 {
		facets := map[string][]cats.Count{}
		for field, result := range found.Facets {
			for _, term := range result.Terms.Terms() {
				facets[field] = append(facets[field], cats.Count{Value: term.Term, Count: term.Count})
			}
		}
		encoded, _ := json.Marshal(facets) // strings and numbers only
		_, _ = out.WriteString(`,"facets":`)
		_, _ = out.Write(encoded)
	}
	_ = out.WriteByte('}')
	if err := out.Flush(); err != nil {
		log.Print(err)
	}
}
