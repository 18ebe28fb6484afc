package ingest_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
	"trailcat/internal/vocab"
)

func TestXML_AdoptableSearch(t *testing.T) {
	t.Parallel()

	m, report := loadSystem(t, "petpoint-search.xml")
	if diff := cmp.Diff(map[string]int{"not_a_cat": 1}, report.SkippedByReason); diff != "" || report.Format != "petpoint" || report.Rejected != 0 {
		t.Errorf("got %+v, skipped (-want +got):\n%s", report, diff)
	}
	pixie, dot := m.cat(t, "41000001"), m.cat(t, "41000002")
	if pixie.Name != "Pixie & Co" || stateOf(pixie) != (state{"available", ""}) || pixie.Birth != (catalog.Birth{On: day(2024, 3, 20), Precision: catalog.ToTheMonth}) {
		t.Errorf("got %+v, want an available cat of 26 months", pixie.Facts)
	}
	if diff := cmp.Diff(catalog.GoodWith{Dogs: new(false)}, pixie.GoodWith); diff != "" {
		t.Errorf("good with (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"41000002"}, pixie.BondedWith); diff != "" || len(dot.BondedWith) != 0 || pixie.MicrochipHash == "" || len(pixie.Photos) != 1 || len(dot.Photos) != 0 {
		t.Errorf("got %+v and %+v, want one bonded with the other, with a chip and a photo", pixie.Facts, dot.Facts)
	}
	if stateOf(dot) != (state{"on_hold", "hold"}) || dot.SpecialNeeds == nil || !*dot.SpecialNeeds {
		t.Errorf("got %+v, want a cat on hold with special needs", dot.Facts)
	}
}

func TestXML_AdoptableDetails(t *testing.T) {
	t.Parallel()

	m, report := loadSystem(t, "petpoint-details.xml")
	if report.Created != 2 {
		t.Errorf("got %+v, want two cats of two responses", report)
	}
	pixie, ned := m.cat(t, "41000001"), m.cat(t, "41000004")
	want := withFacts(minimalFacts("Pixie", "female", "available"), func(f *catalog.Facts) {
		f.ListedAt = day(2026, 4, 12).Add(17*time.Hour + 4*time.Minute)
		f.Description = "Loves laps.\nHates rain."
		f.Altered, f.Declawed = new(true), new(false)
		f.Breed = vocab.Breed{Primary: "Domestic Short Hair", Mixed: new(true)}
		f.Colors = vocab.Colors{Primary: "Black & White / Tuxedo", Pattern: "bicolor"}
		f.Birth = catalog.Birth{On: day(2024, 3, 20), Precision: catalog.ToTheDay}
		f.Size, f.WeightKg = "medium", new(3.856)
		f.GoodWith = catalog.GoodWith{Dogs: new(false)}
		f.Fee = catalog.Fee{Minor: new(int64(7500)), Currency: "USD"}
		f.Microchipped, f.MicrochipHash = new(true), catalog.HashMicrochip("985112000000009")
		f.Photos = []catalog.Photo{{URL: "http://photos.example.org/sms/photos/1/pixie-1.jpg"}, {URL: "http://photos.example.org/sms/photos/1/pixie-2.jpg"}}
	})
	if diff := cmp.Diff(want, pixie.Facts); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	if stateOf(ned) != (state{"on_hold", "Behavior Observation"}) || ned.Fee != (catalog.Fee{}) {
		t.Errorf("got %+v, want a cat on hold without a fee", ned.Facts)
	}
}

const (
	xmlFormat = "name: xml\nid: Id\ncolumns: [Id]\nfields:\n  name: Name\n  description: About.Text\n  traits.tags: Tags.Tag\n  photos: Photo\n"
	xmlRow    = "<animal><Id>1</Id><Name>Zoë</Name><About><Text>Kind.</Text></About><Tags><Tag>calm</Tag><Tag>lap cat</Tag></Tags>" +
		"<Photo>https://example.org/1.jpg</Photo><Photo>https://example.org/2.jpg</Photo></animal>"
)

func TestXML_NestedAndRepeatedElements(t *testing.T) {
	t.Parallel()

	cats, memory := newCatalog()
	load(t, cats, read(t, xmlFormat, "\n <animals>\n"+xmlRow+"</animals>"))
	zoe := memory.cat(t, "1")
	if zoe.Description != "Kind." || len(zoe.Photos) != 2 || !cmp.Equal(zoe.Traits.Tags, []string{"calm", "lap cat"}) {
		t.Errorf("got %+v, want a text, two photos and two tags", zoe.Facts)
	}
}

func TestXML_ListWithoutAnimals(t *testing.T) {
	t.Parallel()

	for text, want := range map[string]string{
		"<ArrayOfXmlNode/>": "",
		`<ArrayOfXmlNode xmlns:xsi="x"><XmlNode xsi:nil="true"/></ArrayOfXmlNode>`: "",
		"<Error>Invalid key</Error>": "not_a_table",
		"<div>Not found</div>":       "not_a_table",
	} {
		_, err := ingest.Read(strings.NewReader(text), format(t, "petpoint"), ingest.Options{Now: now, AllowEmpty: true})
		if got := codeOf(err); got != want {
			t.Errorf("%s: got error %v, want code %q", text, err, want)
		}
	}
}

func TestXML_BrokenAndHostileFiles(t *testing.T) {
	t.Parallel()

	for name, text := range map[string]string{
		"truncated":         "<animals>" + xmlRow + "<animal><Id>2",
		"mismatched":        "<animals>" + xmlRow + "</cats>",
		"unknown entity":    "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"xx\"><!ENTITY c \"&b;&b;\">]><animals><animal><Id>&c;</Id></animal></animals>",
		"nested":            strings.Repeat("<a>", 200_000),
		"nested in a row":   "<animals><animal>" + strings.Repeat("<a>", 200_000),
		"a large element":   "<animals><animal><Id>" + strings.Repeat("x", 8<<20) + "</Id></animal></animals>",
		"a large name":      "<" + strings.Repeat("x", 8<<20),
		"a large attribute": "<animals a=\"" + strings.Repeat("x", 8<<20),
		"a large comment":   "<animals><!--" + strings.Repeat("x", 8<<20),
	} {
		began := time.Now()
		_, err := ingest.Read(strings.NewReader(text), parse(t, xmlFormat), ingest.Options{Now: now})
		if codeOf(err) != "bad_xml" {
			t.Errorf("%s: got error %.200v, want bad_xml", name, err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: took %v, want a fraction of a second", name, took)
		}
	}
}

// codeOf returns the code of an error of the catalog, or "".
func codeOf(err error) string {
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		return string(e.Code)
	}
	return ""
}
