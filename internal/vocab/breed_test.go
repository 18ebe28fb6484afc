package vocab

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadBreed(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		raw  []string
		want Breed
		left string
	}{
		"a short spelling is written out":             {[]string{"DOMESTIC SH"}, Breed{Primary: "Domestic Short Hair"}, ""},
		"an abbreviation is written out":              {[]string{"DLH"}, Breed{Primary: "Domestic Long Hair"}, ""},
		"one word or two":                             {[]string{"Domestic Mediumhair"}, Breed{Primary: "Domestic Medium Hair"}, ""},
		"mix is said":                                 {[]string{"Domestic Shorthair Mix"}, Breed{Primary: "Domestic Short Hair", Mixed: new(true)}, ""},
		"mix stands after a slash":                    {[]string{"Siamese / Mix"}, Breed{Primary: "Siamese", Mixed: new(true)}, ""},
		"two breeds are a mix":                        {[]string{"Manx/Siamese"}, Breed{Primary: "Manx", Secondary: "Siamese", Mixed: new(true)}, ""},
		"two fields are two breeds":                   {[]string{"Manx", "Siamese"}, Breed{Primary: "Manx", Secondary: "Siamese", Mixed: new(true)}, ""},
		"x parts two breeds":                          {[]string{"Ragdoll x DSH"}, Breed{Primary: "Ragdoll", Secondary: "Domestic Short Hair", Mixed: new(true)}, ""},
		"a breed twice is no mix":                     {[]string{"DOMESTIC SH/DOMESTIC SH"}, Breed{Primary: "Domestic Short Hair"}, ""},
		"an unknown parent is a mix":                  {[]string{"DSH/Unknown"}, Breed{Primary: "Domestic Short Hair", Mixed: new(true)}, ""},
		"an unknown second field says nothing":        {[]string{"DSH", "Unknown"}, Breed{Primary: "Domestic Short Hair"}, ""},
		"a coat beside a breed is no mix":             {[]string{"Domestic Short Hair/Tabby"}, Breed{Primary: "Domestic Short Hair", Secondary: "Tabby"}, ""},
		"a coat alone is Petfinder's breed":           {[]string{"Tuxedo"}, Breed{Primary: "Tuxedo"}, ""},
		"sex and species are let be":                  {[]string{"Female Dsh Mix Cat"}, Breed{Primary: "Domestic Short Hair", Mixed: new(true)}, ""},
		"colours are let be":                          {[]string{"Domestic Short Hair-black and white"}, Breed{Primary: "Domestic Short Hair"}, ""},
		"the hair of a breed is not a second breed":   {[]string{"Siamese Longhair"}, Breed{Primary: "Siamese"}, ""},
		"hair alone is a domestic cat's":              {[]string{"Shorthair"}, Breed{Primary: "Domestic Short Hair"}, ""},
		"ASM3's spelling in brackets":                 {[]string{"Extra-Toes Cat (Hemingway Polydactyl)"}, Breed{Primary: "Extra-Toes Cat / Hemingway Polydactyl"}, ""},
		"Adopt-a-Pet's polydactyl":                    {[]string{"Hemingway/Polydactyl"}, Breed{Primary: "Extra-Toes Cat / Hemingway Polydactyl"}, ""},
		"the CSV spelling of Sphynx":                  {[]string{"Sphynx (hairless cat)"}, Breed{Primary: "Sphynx / Hairless Cat"}, ""},
		"the CSV spelling of Pixiebob":                {[]string{"Pixie-Bob"}, Breed{Primary: "Pixiebob"}, ""},
		"purebred is no mix":                          {[]string{"Purebred Siamese"}, Breed{Primary: "Siamese", Mixed: new(false)}, ""},
		"blank is unknown":                            {[]string{"", " "}, Breed{Unknown: true}, ""},
		"unknown is unknown":                          {[]string{"Unknown"}, Breed{Unknown: true}, ""},
		"not available is unknown":                    {[]string{"N/A"}, Breed{Unknown: true}, ""},
		"a mixed breed is of unknown breed":           {[]string{"Mixed Breed"}, Breed{Mixed: new(true), Unknown: true}, ""},
		"a dog is left":                               {[]string{"Labrador Retriever Mix"}, Breed{}, "Labrador Retriever Mix"},
		"a husky is no Siberian":                      {[]string{"Siberian Husky"}, Breed{}, "Siberian Husky"},
		"a domestic rabbit is no domestic cat":        {[]string{"Domestic Rabbit"}, Breed{}, "Domestic Rabbit"},
		"a breed without a name at Petfinder is left": {[]string{"SAVANNAH"}, Breed{}, "SAVANNAH"},
		"what is understood beside it stays":          {[]string{"DSH/Savannah"}, Breed{Primary: "Domestic Short Hair"}, "Savannah"},
		"a colour is no breed":                        {[]string{"Blue"}, Breed{}, "Blue"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, left := ParseBreed(test.raw...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("ReadBreed(%q) (-want +got):\n%s", test.raw, diff)
			}
			if left != test.left {
				t.Errorf("ReadBreed(%q) left %q, want %q", test.raw, left, test.left)
			}
		})
	}
}

func TestBreedsAreThoseOfPetfinder(t *testing.T) {
	t.Parallel()

	breeds := Breeds()
	if len(breeds) != 68 {
		t.Errorf("%d breeds, want 68", len(breeds))
	}
	if !slices.IsSorted(breeds) {
		t.Error("breeds are out of order")
	}
	for _, name := range breeds {
		if got, left := ParseBreed(name); got != (Breed{Primary: name}) || left != "" {
			t.Errorf("ReadBreed(%q) = %+v, left %q", name, got, left)
		}
	}
	breeds[0] = "Beagle"
	if Breeds()[0] != "Abyssinian" {
		t.Error("a caller can change the breeds")
	}
}
