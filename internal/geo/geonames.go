package geo

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Source is the content of files of GeoNames.
type Source struct {
	Postal []Place
	Towns  []Town
}

// ReadFile adds the rows of a file: text, .gz, or .zip with text files. It is a postal
// code file (https://download.geonames.org/export/zip) or a file of places
// (https://download.geonames.org/export/dump), which the number of its columns tells.
// Errors name the line and the column.
func (s *Source) ReadFile(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		err = s.readZip(data)
	case bytes.HasPrefix(data, []byte("\x1f\x8b")):
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(data)); err == nil {
			err = s.read(z)
		}
	default:
		err = s.read(bytes.NewReader(data))
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}

// readZip reads each text file of an archive, except the readme that GeoNames adds.
func (s *Source) readZip(data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	for _, file := range archive.File {
		if name := path.Base(file.Name); !strings.HasSuffix(name, ".txt") || strings.EqualFold(name, "readme.txt") {
			continue
		}
		r, err := file.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", file.Name, err)
		}
		if err := errors.Join(s.read(r), r.Close()); err != nil {
			return fmt.Errorf("%s: %w", file.Name, err)
		}
	}
	return nil
}

// The columns of the files, of which the last may be missing.
const (
	postalColumns = "country, postal code, place name, admin name 1, admin code 1, admin name 2, admin code 2, admin name 3, admin code 3, latitude, longitude, accuracy"
	placeColumns  = "id, name, ASCII name, alternate names, latitude, longitude, feature class, feature code, country, cc2, admin code 1, admin code 2, admin code 3, admin code 4, population, elevation, dem, time zone, modification date"
	townColumns   = "country, admin code 1, name, latitude, longitude, population, feature code"
)

// read reads lines until the end. The first line decides which columns there are.
func (s *Source) read(r io.Reader) error {
	before := len(s.Postal) + len(s.Towns)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20) // the alternate names of a place may be long
	columns := 0
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimPrefix(strings.TrimSuffix(lines.Text(), "\r"), "\ufeff")
		if strings.TrimSpace(line) == "" {
			continue
		}
		cells := strings.Split(line, "\t")
		for i, cell := range cells {
			cells[i] = strings.TrimSpace(cell)
		}
		if columns == 0 {
			columns = len(cells)
		}
		if err := s.addRow(cells, columns); err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if len(s.Postal)+len(s.Towns) == before {
		return errors.New("no postal codes or populated places found")
	}
	return nil
}

// addRow adds a line with the columns of the first line of its file.
func (s *Source) addRow(cells []string, columns int) error {
	if len(cells) != columns && (columns != 12 || len(cells) != 11) {
		return fmt.Errorf("expected %d columns separated by tabs, got %d", columns, len(cells))
	}
	switch columns {
	case 11, 12:
		return s.addPostal(columnReader{cells: cells, names: postalColumns})
	case 19:
		return s.addTown(columnReader{cells: cells, names: placeColumns})
	case 7:
		return s.addTown(columnReader{cells: cells, names: townColumns})
	default:
		return fmt.Errorf("expected 12 columns separated by tabs (%s) or 19 (%s), got %d", postalColumns, placeColumns, columns)
	}
}

// columnReader reads the cells of a line by the names of their columns. It keeps the
// first error.
type columnReader struct {
	cells []string
	names string
	err   error
}

// text returns the cell of a column, or "" if the line is too short.
func (r *columnReader) text(column string) string {
	for i, name := range strings.Split(r.names, ", ") {
		if name == column && i < len(r.cells) {
			return r.cells[i]
		}
	}
	return ""
}

func (r *columnReader) fail(column, expected string) {
	if r.err == nil {
		r.err = fmt.Errorf("column %q: expected %s, got %q", column, expected, truncate(r.text(column)))
	}
}

func (r *columnReader) required(column string) string {
	text := r.text(column)
	if text == "" {
		r.fail(column, "a text")
	}
	return text
}

func (r *columnReader) country() string {
	s := r.required("country")
	if code, ok := CountryCode(s); !ok || code != s {
		r.fail("country", "a code of ISO 3166-1, such as FR")
	}
	return s
}

func (r *columnReader) point() Point {
	degrees := func(column string, limit float64) float64 {
		f, ok := parseNumber(r.text(column))
		if !ok || f < -limit || f > limit {
			r.fail(column, fmt.Sprintf("degrees from %g to %g", -limit, limit))
		}
		return f
	}
	return Point{Lat: degrees("latitude", 90), Lng: degrees("longitude", 180)}
}

// addTown adds a populated place. Other features, such as mountains, are skipped.
func (s *Source) addTown(r columnReader) error {
	if r.text("feature class") != "P" && r.names == placeColumns {
		return nil
	}
	t := Town{Country: r.country(), Admin: r.text("admin code 1"), Name: r.required("name"), Point: r.point()}
	if text := r.text("population"); text != "" {
		var err error
		if t.Population, err = strconv.Atoi(text); err != nil || t.Population < 0 {
			r.fail("population", "a whole number")
		}
	}
	if local := localNames[t.Country+" "+t.Name]; local != "" {
		t.Name = local
	}
	s.Towns = append(s.Towns, t)
	return r.err
}

// localNames replaces English names of towns by those in addresses.
var localNames = map[string]string{"AT Vienna": "Wien", "BE Brussels": "Bruxelles", "DE Munich": "München", "NL The Hague": "Den Haag"}

// addPostal adds a postal code.
func (s *Source) addPostal(r columnReader) error {
	p := Place{
		Country: r.country(), PostalCode: compactCode(r.required("postal code")), City: r.required("place name"),
		Region: r.text("admin code 1"), RegionName: r.text("admin name 1"), Point: r.point(),
	}
	if r.err != nil {
		return r.err
	}
	if _, ok := codeNumber(p.PostalCode, maxCodeWidth); !ok {
		r.fail("postal code", fmt.Sprintf("at most %d letters and digits", maxCodeWidth))
	}
	switch {
	case IsTerritory(p.Country): // admin 1 is a municipality or an island
		p.Region, p.RegionName = p.Country, territoryNames[p.Country]
	case p.Country == "US" && p.Region == "":
		p.City, p.Region, p.RegionName = splitMilitary(p.City)
	case p.Country == "CA":
		p.City = canadianCity(record{
			code: p.PostalCode, place: p.City, district: r.text("admin name 2"), municipality: r.text("admin name 3"),
		})
	}
	p.Region, p.RegionName = regionOf(p)
	s.Postal = append(s.Postal, p)
	return r.err
}

// isoRegions maps codes of GeoNames to those of ISO 3166-2 where they differ.
var isoRegions = map[string]map[string]string{
	"AT": {"01": "1", "02": "2", "03": "3", "04": "4", "05": "5", "06": "6", "07": "7", "08": "8", "09": "9"},
	"NL": {
		"01": "DR", "02": "FR", "03": "GE", "04": "GR", "05": "LI", "06": "NB", "07": "NH", "09": "UT",
		"10": "ZE", "11": "ZH", "15": "OV", "16": "FL",
	},
	"NZ": {
		"E7": "AUK", "E8": "BOP", "E9": "CAN", "F1": "GIS", "F2": "HKB", "F3": "MWT", "F4": "MBH", "F5": "NSN",
		"F6": "NTL", "F7": "OTA", "F8": "STL", "F9": "TKI", "G1": "WKO", "G2": "WGN", "G3": "WTC",
	},
}

// crownDependencies are the islands whose postal codes are filed under Great Britain, by
// the letters of the codes.
var crownDependencies = map[string]string{"GY": "Guernsey", "IM": "Isle of Man", "JE": "Jersey"}

// regionOf returns the code and the name of the region of a postal code, as in addresses.
func regionOf(p Place) (code, name string) {
	if p.Country == "GB" && len(p.PostalCode) > 2 && crownDependencies[p.PostalCode[:2]] != "" {
		return p.PostalCode[:2], crownDependencies[p.PostalCode[:2]]
	}
	if p.RegionName == "" {
		return "", ""
	}
	if code = isoRegions[p.Country][p.Region]; code == "" {
		code = p.Region
	}
	name = p.RegionName
	for _, word := range []string{"Kanton ", "Canton de ", "Canton du ", "Canton "} {
		name = strings.TrimPrefix(name, word)
	}
	if p.Country == "CA" {
		name = strings.TrimSuffix(strings.ReplaceAll(name, "Northwest Territory", "Northwest Territories"), " Territory")
	}
	return code, name
}

// record is the description of a Canadian postal code.
type record struct{ code, place, district, municipality string }

// splitMilitary splits a place without a state, such as "APO AE", into a post
// office and the region that replaces a state in its addresses.
func splitMilitary(place string) (city, code, name string) {
	city, code, _ = strings.Cut(place, " ")
	switch code {
	case "AA":
		return city, code, "Armed Forces Americas"
	case "AE":
		return city, code, "Armed Forces Europe"
	default: // AP, and one "STA" on Okinawa
		return city, "AP", "Armed Forces Pacific"
	}
}

var (
	bracketed = regexp.MustCompile(`\s*\(([^)]*)\)`)
	// district matches a suffix that names a part of a city.
	district = regexp.MustCompile(`(?i) (north|south|east|west|northeast|northwest|southeast|southwest|n|s|e|w|ne|nw|se|sw|` +
		`central|inner|outer|outskirts|extremities|rcm|region|upper|lower|northern|mid-harbour|\S+ provincial government)\b.*$`)
	// oldToronto matches the descriptions of the codes of Toronto before its
	// amalgamation. Elsewhere such a prefix names a different city: West Vancouver is
	// not Vancouver.
	oldToronto = regexp.MustCompile(`^(Downtown|Central|East|West) Toronto\b`)
	downtown   = regexp.MustCompile(`^(Downtown|Central) `)
)

// corrected maps a postal code to its city where the description names an
// institution instead.
var corrected = map[string]string{
	"E1A": "Dieppe",
	"K1A": "Ottawa",  // the federal government
	"M7A": "Toronto", // the provincial parliament
}

// canadianCity extracts the city from the description of a forward sortation
// area. "Downtown Toronto (CN Tower / King and Spadina)" is Toronto, the rural area
// "Central Island (Chemainus)" is served from Chemainus, and the row of "Dorval
// Outskirts" names the municipality Dorval in a column of its own.
func canadianCity(r record) string {
	switch {
	case r.municipality != "":
		return r.municipality
	case corrected[r.code] != "":
		return corrected[r.code]
	case strings.HasPrefix(r.code, "H7"): // described by former towns
		return "Laval"
	case r.district == "Halifax" || r.district == "Dartmouth" || r.district == "Saint John":
		return r.district
	}
	place := strings.ReplaceAll(r.place, "þ", "ç") // some rows of GeoNames are decoded wrongly
	if m := bracketed.FindStringSubmatch(place); m != nil && r.code[1] == '0' {
		return m[1]
	}
	place, _, _ = strings.Cut(bracketed.ReplaceAllString(place, ""), ",")
	if oldToronto.MatchString(place) {
		return "Toronto"
	}
	short := district.ReplaceAllString(place, "")
	if rest := downtown.ReplaceAllString(short, ""); rest == r.district || rest == "Montreal" {
		return rest
	}
	return short
}
