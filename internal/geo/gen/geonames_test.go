package main

import (
	"strings"
	"testing"
)

func TestReadPlaces(t *testing.T) {
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
			got, err := readPlaces(strings.NewReader(line + "\n"))
			if err != nil || len(got) != 1 || got[0].String() != want {
				t.Fatalf("readPlaces(%q) = %v, %v, want %s", line, got, err, want)
			}
		})
	}
}

func TestReadPlaces_NamesTheInvalidLine(t *testing.T) {
	t.Parallel()
	good := "US\t20850\tRockville\tMaryland\tMD\tMontgomery\t031\t\t\t39.087\t-77.168\t4\n"
	for line, want := range map[string]string{
		"US\t20850\n":                           "line 2 has 2 columns, want 12",
		strings.Replace(good, "39.087", "?", 1): "line 2: latitude",
	} {
		if _, err := readPlaces(strings.NewReader(good + line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("readPlaces of %q fails with %v, want %q", line, err, want)
		}
	}
}
