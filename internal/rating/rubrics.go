package rating

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed rubrics/*.json
var published embed.FS

// Rubrics are all published versions. A version once published stays, so that
// any rating can be made again.
type Rubrics struct {
	rubrics []*Rubric // oldest first
}

// Open reads the embedded rubrics. An error means that this build carries a
// rubric that contradicts itself.
func Open() (*Rubrics, error) {
	files, err := published.ReadDir("rubrics")
	if err != nil {
		return nil, fmt.Errorf("list rubrics: %w", err)
	}
	all := &Rubrics{}
	for _, file := range files {
		raw, err := published.ReadFile(path.Join("rubrics", file.Name()))
		if err != nil {
			return nil, fmt.Errorf("read rubric %s: %w", file.Name(), err)
		}
		rubric, err := Parse(raw)
		if err != nil {
			return nil, fmt.Errorf("read rubric %s: %w", file.Name(), err)
		}
		if file.Name() != rubric.doc.Version+".json" {
			return nil, fmt.Errorf("read rubric %s: it calls itself version %s", file.Name(), rubric.doc.Version)
		}
		all.rubrics = append(all.rubrics, rubric)
	}
	if len(all.rubrics) == 0 {
		return nil, errors.New("list rubrics: there are none")
	}
	slices.SortFunc(all.rubrics, func(a, b *Rubric) int { return compareVersions(a.doc.Version, b.doc.Version) })
	return all, nil
}

// Version returns the rubric published as v, such as 1.0.0.
func (rs *Rubrics) Version(v string) (*Rubric, error) {
	for _, r := range rs.rubrics {
		if r.doc.Version == v {
			return r, nil
		}
	}
	return nil, fmt.Errorf("there is no rubric %q; published are %s", v, strings.Join(rs.Versions(), ", "))
}

// Latest returns the newest rubric.
func (rs *Rubrics) Latest() *Rubric { return rs.rubrics[len(rs.rubrics)-1] }

// Versions lists what is published, oldest first.
func (rs *Rubrics) Versions() []string {
	versions := make([]string, len(rs.rubrics))
	for i, r := range rs.rubrics {
		versions[i] = r.doc.Version
	}
	return versions
}

// compareVersions orders 1.9.0 before 1.10.0.
func compareVersions(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	return slices.CompareFunc(as, bs, func(x, y string) int {
		m, errX := strconv.Atoi(x)
		n, errY := strconv.Atoi(y)
		if errX != nil || errY != nil {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(m, n)
	})
}

// Parse reads a rubric that is not published: a draft, or one that a
// simulation bends. Its digest tells it from any published one.
func Parse(raw []byte) (*Rubric, error) {
	var doc document
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	sum := sha256.Sum256(raw)
	r := &Rubric{
		doc: doc, raw: raw,
		identity: Identity{ID: doc.ID, Version: doc.Version, Digest: "sha256:" + hex.EncodeToString(sum[:])},
	}
	if err := r.compile(); err != nil {
		return nil, err
	}
	return r, nil
}
