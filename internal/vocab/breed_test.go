package vocab

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseBreed(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		raw      []string
		want     Breed
		unparsed string
	}{
		"short spelling":                               {[]string{"DOMESTIC SH"}, Breed{Primary: "Domestic Short Hair"}, ""},
		"abbreviation":                                 {[]string{"DLH"}, Breed{Primary: "Domestic Long Hair"}, ""},
		"one word instead of two":                      {[]string{"Domestic Mediumhair"}, Breed{Primary: "Domestic Medium Hair"}, ""},
		"mix":                                          {[]string{"Domestic Shorthair Mix"}, Breed{Primary: "Domestic Short Hair", Mixed: new(true)}, ""},
		"mix after a slash":                            {[]string{"Siamese / Mix"}, Breed{Primary: "Siamese", Mixed: new(true)}, ""},
		"two breeds are a mix":                         {[]string{"Manx/Siamese"}, Breed{Primary: "Manx", Secondary: "Siamese", Mixed: new(true)}, ""},
		"two fields are two breeds":                    {[]string{"Manx", "Siamese"}, Breed{Primary: "Manx", Secondary: "Siamese", Mixed: new(true)}, ""},
		"x separates two breeds":                       {[]string{"Ragdoll x DSH"}, Breed{Primary: "Ragdoll", Secondary: "Domestic Short Hair", Mixed: new(true)}, ""},
		"same breed twice is not a mix":                {[]string{"DOMESTIC SH/DOMESTIC SH"}, Breed{Primary: "Domestic Short Hair"}, ""},
		"unknown parent is a mix":                      {[]string{"DSH/Unknown"}, Breed{Primary: "Domestic Short Hair", Mixed: new(true)}, ""},
		"unknown second field is ignored":              {[]string{"DSH", "Unknown"}, Breed{Primary: "Domestic Short Hair"}, ""},
		"coat beside a breed is not a mix":             {[]string{"Domestic Short Hair/Tabby"}, Breed{Primary: "Domestic Short Hair", Secondary: "Tabby"}, ""},
		"coat alone is a Petfinder breed":              {[]string{"Tuxedo"}, Breed{Primary: "Tuxedo"}, ""},
		"sex and species are ignored":                  {[]string{"Female Dsh Mix Cat"}, Breed{Primary: "Domestic Short Hair", Mixed: new(true)}, ""},
		"colors are ignored":                           {[]string{"Domestic Short Hair-black and white"}, Breed{Primary: "Domestic Short Hair"}, ""},
		"hair length of a breed is not a second breed": {[]string{"Siamese Longhair"}, Breed{Primary: "Siamese"}, ""},
		"hair length alone is a domestic breed":        {[]string{"Shorthair"}, Breed{Primary: "Domestic Short Hair"}, ""},
		"spelling of ASM3 with parentheses":            {[]string{"Extra-Toes Cat (Hemingway Polydactyl)"}, Breed{Primary: "Extra-Toes Cat / Hemingway Polydactyl"}, ""},
		"spelling of Adopt-a-Pet":                      {[]string{"Hemingway/Polydactyl"}, Breed{Primary: "Extra-Toes Cat / Hemingway Polydactyl"}, ""},
		"CSV spelling of Sphynx":                       {[]string{"Sphynx (hairless cat)"}, Breed{Primary: "Sphynx / Hairless Cat"}, ""},
		"CSV spelling of Pixiebob":                     {[]string{"Pixie-Bob"}, Breed{Primary: "Pixiebob"}, ""},
		"purebred is not a mix":                        {[]string{"Purebred Siamese"}, Breed{Primary: "Siamese", Mixed: new(false)}, ""},
		"blank is unknown":                             {[]string{"", " "}, Breed{Unknown: true}, ""},
		"unknown is unknown":                           {[]string{"Unknown"}, Breed{Unknown: true}, ""},
		"not available is unknown":                     {[]string{"N/A"}, Breed{Unknown: true}, ""},
		"a null of software is unknown":                {[]string{"null"}, Breed{Unknown: true}, ""},
		"French domestic breed":                        {[]string{"Domestique à poil court"}, Breed{Primary: "Domestic Short Hair"}, ""},
		"French domestic breed without preposition":    {[]string{"Domestique poil long"}, Breed{Primary: "Domestic Long Hair"}, ""},
		"French breed and mix":                         {[]string{"Siamois croisé"}, Breed{Primary: "Siamese", Mixed: new(true)}, ""},
		"French hair length alone":                     {[]string{"Chat à poil mi-long"}, Breed{Primary: "Domestic Medium Hair"}, ""},
		"mixed breed is a mix of unknown breed":        {[]string{"Mixed Breed"}, Breed{Mixed: new(true), Unknown: true}, ""},
		"dog is unparsed":                              {[]string{"Labrador Retriever Mix"}, Breed{}, "Labrador Retriever Mix"},
		"husky is not a Siberian":                      {[]string{"Siberian Husky"}, Breed{}, "Siberian Husky"},
		"domestic rabbit is not a cat":                 {[]string{"Domestic Rabbit"}, Breed{}, "Domestic Rabbit"},
		"breed unknown to Petfinder is unparsed":       {[]string{"SAVANNAH"}, Breed{}, "SAVANNAH"},
		"known breed beside an unknown one is kept":    {[]string{"DSH/Savannah"}, Breed{Primary: "Domestic Short Hair"}, "Savannah"},
		"color alone is unparsed":                      {[]string{"Blue"}, Breed{}, "Blue"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, unparsed := ParseBreed(test.raw...)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("ParseBreed(%q) (-want +got):\n%s", test.raw, diff)
			}
			if unparsed != test.unparsed {
				t.Errorf("ParseBreed(%q) leaves %q unparsed, want %q", test.raw, unparsed, test.unparsed)
			}
		})
	}
}

func TestBreeds_ArePetfinders(t *testing.T) {
	t.Parallel()

	breeds := Breeds()
	if len(breeds) != 68 {
		t.Errorf("len(Breeds()) = %d, want 68", len(breeds))
	}
	if !slices.IsSorted(breeds) {
		t.Error("Breeds() is not sorted, want alphabetical order")
	}
	for _, name := range breeds {
		if got, unparsed := ParseBreed(name); got != (Breed{Primary: name}) || unparsed != "" {
			t.Errorf("ParseBreed(%q) = %+v, unparsed %q; want the breed itself", name, got, unparsed)
		}
	}
	breeds[0] = "Beagle"
	if Breeds()[0] != "Abyssinian" {
		t.Error("Breeds returns the shared slice, want a copy")
	}
}
