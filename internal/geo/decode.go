package geo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
)

// Decode reads a gazetteer that Encode wrote.
func Decode(r io.Reader) (*Gazetteer, error) {
	z := flate.NewReader(r)
	raw, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("read gazetteer: %w", errors.Join(err, z.Close()))
	}
	d := decoder{rest: raw}
	g := &Gazetteer{}
	d.readRegions(g)
	d.readCities(g)
	d.readBlocks(g)
	if d.broken || len(g.rows) == 0 {
		return nil, errors.New("read gazetteer: the data is cut short or not a gazetteer; make it anew with internal/geo/gen")
	}
	g.cities.measure(g.rows)
	g.nameRegions()
	return g, nil
}

// decoder takes numbers and texts off the front of rest. After the first that is
// not there it is broken and gives zeros.
type decoder struct {
	rest   []byte
	broken bool
}

func (d *decoder) readRegions(g *Gazetteer) {
	for range d.count() {
		g.regions = append(g.regions, Region{Country: d.text(), Code: d.text(), Name: d.text()})
	}
}

func (d *decoder) readCities(g *Gazetteer) {
	n := d.count()
	c := &g.cities
	c.names.ends, c.keys.ends, c.region = make([]uint32, n), make([]uint32, n), make([]uint16, n)
	names, keys := make([]byte, 0, 11*n), make([]byte, 0, 11*n)
	for i := range n {
		name := d.bytes(d.count())
		names = append(names, name...)
		keys = appendKey(keys, string(name), true)
		c.names.ends[i], c.keys.ends[i] = uint32(len(names)), uint32(len(keys))
	}
	c.names.all, c.keys.all = string(names), string(keys)
	for i := range n {
		c.region[i] = uint16(d.below(len(g.regions)))
	}
}

func (d *decoder) readBlocks(g *Gazetteer) {
	for range d.count() {
		b := block{country: d.text(), width: d.count(), first: len(g.rows)}
		b.last = b.first + d.count()
		if d.broken {
			return
		}
		g.rows = append(g.rows, make([]row, b.last-b.first)...)
		rows, cities := g.rows[b.first:], int64(g.cities.names.len())
		d.column(rows, func(r *row, n int64) { r.code = uint32(n) })
		d.column(rows, func(r *row, n int64) {
			d.broken = d.broken || n < 0 || n >= cities
			r.city = uint32(n)
		})
		d.column(rows, func(r *row, n int64) { r.at.lat = int32(n * (perDegree / ticksPerDegree)) })
		d.column(rows, func(r *row, n int64) { r.at.lng = int32(n * (perDegree / ticksPerDegree)) })
		g.blocks = append(g.blocks, b)
	}
}

func (d *decoder) column(rows []row, set func(*row, int64)) {
	n := int64(0)
	for i := range rows {
		step, size := binary.Varint(d.rest)
		if size <= 0 {
			d.broken = true
			return
		}
		d.rest = d.rest[size:]
		n += step
		set(&rows[i], n)
	}
}

// count is a number of things that still follow, each a byte at least; more than
// could follow is a broken file, not a reason to take all memory.
func (d *decoder) count() int { return d.below(len(d.rest) + 1) }

func (d *decoder) below(limit int) int {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n >= uint64(limit) {
		d.broken = true
		return 0
	}
	d.rest = d.rest[size:]
	return int(n)
}

func (d *decoder) bytes(n int) []byte {
	if n > len(d.rest) {
		d.broken = true
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *decoder) text() string { return string(d.bytes(d.count())) }

// nameRegions makes the regions findable by code, by name, and by the few other
// names that people use.
func (g *Gazetteer) nameRegions() {
	also := map[string][]string{
		"DC": {"Washington DC"}, "NL": {"Newfoundland", "Labrador", "NF"}, "NT": {"NWT"},
		"PE": {"PEI"}, "QC": {"PQ", "Québec"}, "YT": {"Yukon Territory"},
	}
	g.regionKeys = map[string]int{}
	for i, r := range g.regions {
		for _, name := range append(also[r.Code], r.Code, r.Name) {
			g.regionKeys[typedKey(name)] = i
		}
	}
}
