package geo

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSource(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"US\t20850\tRockville\tMaryland\tMD\tMontgomery\t031\t\t\t39.087\t-77.168\t4":                                      "Rockville, MD 20850, US",
		"US\t09007\tAPO AE\t\t\t\t\t\t\t49.4077\t8.6908\t":                                                                 "APO, AE 09007, US",
		"US\t96365\tAPO STA\t\t\t\t\t\t\t26.3652\t127.7586\t":                                                              "APO, AP 96365, US",
		"PR\t00690\tSan Antonio\tAguadilla\t005\t\t\t\t\t18.4922\t-67.0985\t4":                                             "San Antonio, PR 00690",
		"CA\tM5V\tDowntown Toronto (CN Tower / King and Spadina)\tOntario\tON\tToronto\t8133394\t\t\t43.6404\t-79.3995\t6": "Toronto, ON M5V, CA",
		"CA\tV7G\tNorth Vancouver Outer East\tBritish Columbia\tBC\tVancouver\t5965814\t\t\t49.3\t-122.9\t6":               "North Vancouver, BC V7G, CA",
		"CA\tV0R\tCentral Island (Chemainus)\tBritish Columbia\tBC\t\t\t\t\t48.9\t-124.0\t1":                               "Chemainus, BC V0R, CA",
		"CA\tH9P\tDorval Outskirts\tQuebec\tQC\tMontréal\t06\tDorval\t66087\t45.4679\t-73.7748\t5":                         "Dorval, QC H9P, CA",
		"CA\tH7B\tSaint-Franþois\tQuebec\tQC\t\t\t\t\t45.6757\t-73.6388\t1":                                                "Laval, QC H7B, CA",
		"CA\tB3H\tHalifax Lower Harbour\tNova Scotia\tNS\tHalifax\t\t\t\t44.64\t-63.57\t6":                                 "Halifax, NS B3H, CA",
		"CA\tR3C\tWinnipeg (Broadway) Manitoba Provincial Government\tManitoba\tMB\tWinnipeg\t\t\t\t49.88\t-97.15\t6":      "Winnipeg, MB R3C, CA",
		"CA\tX0A\tOutside Iqaluit (Apex)\tNunavut Territory\tNU\t\t\t\t\t63.7\t-68.5\t1":                                   "Apex, NU X0A, CA",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			var got Source
			if err := got.read(strings.NewReader(line + "\n")); err != nil || len(got.Postal) != 1 || got.Postal[0].String() != want {
				t.Fatalf("read(%q) = %v, %v, want %s", line, got, err, want)
			}
		})
	}
}

func TestSource_NamesLineAndColumn(t *testing.T) {
	t.Parallel()
	good := "US\t20850\tRockville\tMaryland\tMD\tMontgomery\t031\t\t\t39.087\t-77.168\t4\n"
	town := strings.Join([]string{"1", "Iqaluit", "", "", "63.7", "-68.5", "P", "PPLA", "CA", "", "14", "", "", "", "6124", "", "", "", ""}, "\t") + "\n"
	for text, want := range map[string]string{
		good + "US\t20850\n":                              "line 2: expected 12 columns separated by tabs, got 2",
		good + strings.Replace(good, "39.087", "?", 1):    `line 2: column "latitude": expected degrees from -90 to 90, got "?"`,
		good + strings.Replace(good, "-77.168", "770", 1): `line 2: column "longitude": expected degrees from -180 to 180, got "770"`,
		good + strings.Replace(good, "Rockville", "", 1):  `line 2: column "place name": expected a text, got ""`,
		strings.Replace(good, "US", "USA", 1):             `line 1: column "country": expected a code of ISO 3166-1, such as FR, got "USA"`,
		strings.Replace(town, "6124", "many", 1):          `line 1: column "population": expected a whole number, got "many"`,
		"country;code;place\n":                            "line 1: expected 12 columns separated by tabs (country, postal code,",
		strings.Replace(town, "\tP\t", "\tH\t", 1):        "no postal codes or populated places found",
		"": "no postal codes or populated places found",
	} {
		if err := new(Source).read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("read(%q) fails with %v, want %q", text, err, want)
		}
	}
}

// A file is read as text, compressed, or in an archive with a readme.
func TestSource_ReadFile(t *testing.T) {
	t.Parallel()
	text := "US\t20850\tRockville\tMaryland\tMD\tMontgomery\t031\t\t\t39.087\t-77.168\t4\n"
	var zipped, archive bytes.Buffer
	z := gzip.NewWriter(&zipped)
	a := zip.NewWriter(&archive)
	readme, err1 := a.Create("readme.txt")
	_, err2 := readme.Write([]byte("Read me"))
	rows, err3 := a.Create("US.txt")
	_, err4 := rows.Write([]byte(text))
	_, err5 := z.Write([]byte(text))
	if err := errors.Join(err1, err2, err3, err4, err5, z.Close(), a.Close()); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"US.txt": []byte(text), "US.txt.gz": zipped.Bytes(), "US.zip": archive.Bytes()} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		var got Source
		if err := got.ReadFile(path); err != nil || len(got.Postal) != 1 {
			t.Errorf("ReadFile(%s) = %v, %v, want one postal code", name, got, err)
		}
	}
}
