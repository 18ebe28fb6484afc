package api

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"trailcat/api/wire"
	"trailcat/internal/httpkit"
)

// parameterGuesses are names that callers try for parameters of the list of cats, by what the
// error is to suggest: a name, or a part of the advice after a dash. The names are those of
// Petfinder, RescueGroups, Adopt-a-Pet, PawPlacer and schema.org, and what people try.
const parameterGuesses = `
near: location zip zipcode zip_code zipCode postcode postal_code postalCode city town where lat lng lon latitude longitude coordinates geo address
radius_km: radius distance max_distance within km search_radius
radius_mi: miles distance_mi
fee_max: fee max_fee price adoption_fee maxPrice budget
fee_min: min_fee min_price
ids: id cat_id cat_ids animal_id petIds
cursor: page offset page_number pageToken start skip starting_after
limit: per_page perPage page_size pageSize count max_results take
sort: order order_by orderBy sort_by sortBy ordering sort_order direction
q: name search query keyword keywords text term s
sex: gender
age_group: age ages ageGroup life_stage stage
age_months_min: min_age age_min minAge age_from older_than
age_months_max: max_age age_max younger_than
breed: breeds primary_breed breed_primary breedPrimary breed_id breedString
color: colors colour primary_color coat_color colorDetails
pattern: coat_pattern markings
coat: coat_length coatLength hair_length hair fur
size: size_group sizeGroup
altered: spayed_neutered neutered spayed fixed isAltered sterilized desexed spay_neuter
mixed: mixed_breed is_mixed isBreedMixed
good_with_children: good_with_kids kids kid_friendly children isKidsOk goodWithKids child_friendly
good_with_dogs: dogs dog_friendly isDogsOk good_with_dog ok_with_dogs
good_with_cats: cats cat_friendly isCatsOk good_with_other_cats
house_trained: housetrained housebroken litter_trained isHousetrained
declawed: isDeclawed claws
special_needs: isSpecialNeeds special_need medical_needs
shots_current: vaccinated vaccinations up_to_date shots isCurrentVaccinations
microchipped: isMicrochipped chipped has_microchip
fiv: fiv_positive fiv_status
felv: felv_positive feline_leukemia
indoor_only: indoor indoors indoorOutdoor
fee_waived: free
urgent: is_urgent priority at_risk
needs_foster: foster isNeedingFoster
courtesy: isCourtesyListing
temperament: personality traits energy_level activityLevel energy
activity: activities leash_trained leash hiking adventure
bonded: bonded_pair is_bonded bonded_with
has_photos: photos images has_photo has_images with_photos pictures pictureCount
has_videos: video videos has_video with_video videoCount
shelter: organization organization_id org shelter_id rescue shelters
tag: tags labels
region: state province state_code
country: country_code addressCountry
readiness: ready
score_min: min_score score rating
listed_since: after published_after posted_since listed_after created_after createdDate availableDate
updated_since: since updated_after modified_since updated_at updatedDate
status: adoption_status availability adoptable isAdoptionPending adoptionStatus
facets: facet aggs
include_total: total with_total
expand: include includes embed
fields: select field columns
-All animals are cats: type species animal_type animal
-Authorization: api_key key token access_token
not_ids: exclude_ids not_id id!
not_breed: breed! !breed -breed breed[ne] exclude_breed exclude_breeds excludeBreed not_breeds breed_not without_breed not_primary_breed
not_color: not_colour exclude_colors not_color_all
not_tag: exclude_tags -tag no_tags
not_age_group: exclude_age not_life_stage
not_shelter: exclude_organization not_shelters
not_region: not_state exclude_state
-not_breed=Siamese: not exclude except
-Did you mean "fiv", fiv=false,unknown: not_fiv exclude_fiv
-Did you mean "bonded", bonded=false: not_bonded
-searched: microchip_id microchip microchip_number
-end of a time: before
-JSON: format callback
-description: eyeColor fence
`

// fieldGuesses are names that callers try for fields of a cat, like parameterGuesses.
const fieldGuesses = `
external_id: animal_id animalID cat_id pet_id rescueId internal_id reference
name: animal_name petName title
url: link href website listing_url adoption_url
status: adoption_status availability adoptable isAdoptionPending
status_reason: reason hold_reason
listed_at: published_at date_listed intake_date posted_at createdDate
available_on: available_date availableDate
adopted_on: adoption_date adopted_at adoptedDate
description: bio about story notes text descriptionText biography body
summary: short_description tagline
birth: dob date_of_birth birthday born
birth.date: birth_date birthDate birthdate
birth.precision: isBirthDateExact
age: age_years ageString age_in_months years
age_group: ageGroup life_stage
sex: gender
altered: spayed_neutered neutered spayed fixed isAltered desexed spay_neuter
breed: breeds breed_name breedString
breed.primary: primary_breed breedPrimary breed_primary
breed.secondary: secondary_breed
breed.mixed: mixed is_mixed mixed_breed isBreedMixed
colors: color colour coat_color colorDetails
colors.primary: primary_color
colors.pattern: pattern coat_pattern
coat: coat_length coatLength hair_length
size: sizeGroup
weight_kg: weight weight_lbs weight_lb sizeCurrent
good_with: environment compatibility
good_with.children: good_with_children good_with_kids kids isKidsOk
good_with.dogs: good_with_dogs dogs dog_friendly isDogsOk
good_with.cats: good_with_cats cats isCatsOk
house_trained: housetrained litter_trained isHousetrained
special_needs: isSpecialNeeds
special_needs_notes: medical_notes health_notes
shots_current: vaccinated vaccinations up_to_date shots isCurrentVaccinations
microchip: microchip_id microchip_number chip_number microchipNumber
microchipped: isMicrochipped chipped
indoor_only: indoor indoorOutdoor
fiv: fiv_positive fiv_status
felv: felv_status
temperament: personality temperaments traits_of_character behavior
traits.energy: energy energy_level energyLevel activityLevel
traits.leash: leash_trained leash
traits.crate: crate_trained
traits.tags: tags tag
bonded_with: bonded_pair bonded
fee: adoption_fee adoptionFeeString price cost
fee.waived: fee_waived
photos: image_urls images pictures photo photo_url image image_url pictureThumbnailUrl media
videos: video_url video videoUrls
hidden_from: visibility hidden
terms.license: license
foster_postal_code: zip postal_code
urgent: is_urgent priority
needs_foster: isNeedingFoster
courtesy: isCourtesyListing
-read-only: id created_at updated_at age_months shelter_id
-shelter: city state location organization_id phone email
-All animals are cats: species type animal_type
`

// TestGuesses_LeadToTheName sends each guess and checks that the error says what to do.
func TestGuesses_LeadToTheName(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	check := func(what, guess, want, detail string) {
		if advice, ok := strings.CutPrefix(want, "-"); ok {
			for part := range strings.SplitSeq(advice, ", ") {
				if !strings.Contains(detail, part) {
					t.Errorf("%s %q: got %s, want %q", what, guess, detail, part)
				}
			}
			return
		}
		if !strings.Contains(detail, fmt.Sprintf("Did you mean %q?", want)) {
			t.Errorf("%s %q: got %s, want %q", what, guess, detail, want)
		}
	}
	each := func(table string, send func(guess string) []httpkit.ProblemError, what string) {
		number := 0
		for line := range strings.Lines(strings.TrimSpace(table)) {
			want, guesses, _ := strings.Cut(strings.TrimSpace(line), ": ")
			for guess := range strings.FieldsSeq(guesses) {
				number++
				check(what, guess, want, fmt.Sprint(send(guess)))
			}
		}
		t.Logf("%d guesses of a %s", number, what)
	}
	each(parameterGuesses, func(guess string) []httpkit.ProblemError {
		return decodeBody[httpkit.Problem](t, get(t, api, "/v1/cats?"+url.QueryEscape(guess)+"=1")).Errors
	}, "parameter")
	each(fieldGuesses, func(guess string) []httpkit.ProblemError {
		rec := send(t, api, http.MethodPut, "/v1/shelters/MD1/cats/G1", fmt.Sprintf(`{"name":"G",%q:"1"}`, guess), "writer")
		return decodeBody[httpkit.Problem](t, rec).Errors
	}, "field")
}

// TestListCats_WarnsOfValuesThatNoCatHas checks that filters without a vocabulary do not
// answer an empty list without a word.
func TestListCats_WarnsOfValuesThatNoCatHas(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	if rec := send(t, api, http.MethodPut, "/v1/shelters/MD1/cats/T1", `{"name":"Tia","traits":{"tags":["Lap cat"]}}`, "writer"); rec.Code != http.StatusCreated {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	for query, want := range map[string]string{
		"tag=lap+CAT": "", "source=API": "", "tag_all=Lap+cat": "", "sex=female": "",
		"tag=lapcat": "tag=lapcat", "tag_all=Lap+cat,blue": "tag_all=blue", "source=petpiont": "source=petpiont", "tag=a&source=b": "tag=a source=b",
	} {
		page := decodeBody[wire.CatPage](t, get(t, api, "/v1/cats?"+query))
		var got []string
		for _, w := range page.Warnings {
			got = append(got, w.Parameter+"="+w.Value)
			field := strings.TrimSuffix(w.Parameter, "_all")
			if rec := get(t, api, "/v1/cats?facets="+field); rec.Code != http.StatusOK || !strings.Contains(w.Message, "facets="+field) {
				t.Errorf("%s: got %q and facets %d", query, w.Message, rec.Code)
			}
		}
		if strings.Join(got, " ") != want || want == "" && len(page.Data) == 0 {
			t.Errorf("%s: got %d cats and warnings %v, want %q", query, len(page.Data), got, want)
		}
	}
}

// TestValues_AreUnderstoodInAnyOfTheirWords checks that words have the same result as the
// values that they mean.
func TestValues_AreUnderstoodInAnyOfTheirWords(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	list := func(name, value string) (int, string) {
		rec := get(t, api, "/v1/cats?"+url.Values{name: {value}}.Encode())
		return rec.Code, rec.Body.String()
	}
	for parameter, words := range map[string]string{
		"sex": "female: Female, F, girl; male: MALE, boy", "age_group": "kitten: Baby, Kittens; senior: Senior",
		"breed": "Domestic Short Hair: DSH, domestic shorthair, DOMESTIC SHORT HAIR", "color": "Tabby (Orange / Red): Orange Tabby; Gray / Blue / Silver: grey, blue",
		"pattern": "tabby: Tabby; tortoiseshell: tortie", "coat": "short: Short, DSH, shorthair; long: DLH", "size": "xlarge: Extra Large, XL; medium: MED",
		"status": "available: adoptable, Available; pending: adoption pending; on_hold: hold, on hold", "altered": "true: yes, 1, Spayed, TRUE; false: no, 0, intact",
		"fiv": "true: positive; false: FIV-, negative", "good_with_dogs": "true: yes, Y; unknown: Unknown", "has_photos": "true: 1, yes", "stale": "false: no",
		"include_total": "true: yes, 1, True; false: 0", "temperament": "affectionate: Cuddly; lap_cat: lap cat", "temperament_all": "affectionate: cuddly",
		"region": "MD: Maryland, md", "country": "US: USA, United States", "sort": "newest: NEWEST", "expand": "shelter: Shelter", "fields": "name: Name", "facets": "breed: Breed",
		"activity": "leash_walk: Leash Walk, leash-walk", "grade": "A: a", "readiness": "ready_now: Ready Now",
	} {
		for group := range strings.SplitSeq(words, "; ") {
			value, others, _ := strings.Cut(group, ": ")
			status, want := list(parameter, value)
			if status != http.StatusOK {
				t.Fatalf("%s=%s: %d %s", parameter, value, status, want)
			}
			for word := range strings.SplitSeq(others, ", ") {
				if _, got := list(parameter, word); got != want {
					t.Errorf("%s=%s: got %s, want the result of %s", parameter, word, got, value)
				}
			}
		}
	}
	for query, want := range map[string]string{
		"sex=man": "Must be one of female, male, unknown", "sex=spayed+female": "Must be one of", "breed=Orange+Tabby": "unknown_value", "breed=Siamese+mix": "unknown_value",
		"color=black+and+orange": "unknown_value", "age_group=2+years": "Must be one of", "status=removed": "Must be one of", "altered=perhaps": "Must be one of",
		"sort=nearest": `Did you mean \"distance\"`, "sort=-created_at": `Did you mean \"newest\"`, "sort=-updated_at": `Did you mean \"updated\"`, "near=20850&sort=-distance": `Did you mean \"farthest\"`, "sort=-name": `Did you mean \"name\"`, "sort=distance_km": `Did you mean \"distance\"`,
		"sort=newest,distance": "Expected one value", "sort=name:asc": `Did you mean \"name\"`, "age_group=-kitten": "Send not_age_group=kitten", "readiness=ready": `Did you mean \"ready_now\"`, "activity=hiking": `Did you mean \"hike\"`,
		"activity=stroller": `Did you mean \"backpack\"`, "expand=organization": `Did you mean \"shelter\"`, "facets=gender": `Did you mean \"sex\"`, "fields=image": `Did you mean \"photo\"`,
		"region=Marland": "Did you mean", "country=Untied+States": "Did you mean",
	} {
		rec := get(t, api, "/v1/cats?"+query)
		if rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s: %d %s, want 400 with %s", query, rec.Code, rec.Body, want)
		}
	}
}
