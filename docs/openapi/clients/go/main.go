// Command go talks to a server with the Go client of OpenAPI Generator.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os"
	"slices"

	trailcat "trailcat/docs/openapi/clients/go/build/client"
)

const externalID = "client-go"

func main() {
	log.SetFlags(0)
	config := trailcat.NewConfiguration()
	config.Servers = trailcat.ServerConfigurations{{URL: os.Getenv("TRAILCAT_URL")}}
	client := trailcat.NewAPIClient(config)
	ctx := context.Background()
	withKey := context.WithValue(ctx, trailcat.ContextAccessToken, os.Getenv("TRAILCAT_KEY"))
	shelter := os.Getenv("TRAILCAT_SHELTER")

	// Find cats.
	find := client.CatsAPI.ListCats(ctx).Near("20850").RadiusKm(50).Limit(5).Sort(trailcat.CatSortDistance).
		AgeGroup([]trailcat.AgeGroupFilter{trailcat.AgeGroupFilterYoung, trailcat.AgeGroupFilterAdult})
	page, _, err := find.Execute()
	check(err)
	expect("cats of the first page", len(page.Data), 5)
	for _, cat := range page.Data {
		expect("age_group is young or adult", slices.Contains([]trailcat.AgeGroup{trailcat.AgeGroupYoung, trailcat.AgeGroupAdult}, cat.GetAgeGroup()), true)
		expect("distance_km is at most 50", cat.GetDistanceKm() <= 50, true)
	}
	expect("url of the first cat", page.Data[0].Url.Get(), nil)
	expect("status", page.Data[0].GetStatus(), trailcat.ListedCatStatusAvailable)
	expect("place", page.Page.Near.Label, "Rockville, MD 20850, US")

	// The next page.
	next, _, err := find.Cursor(page.Page.GetNextCursor()).Execute()
	check(err)
	expect("cats of the next page", len(next.Data), 5)
	expect("next page begins with another cat", next.Data[0].Id != page.Data[0].Id, true)

	// Write a cat, from a known position of the change log.
	latest, _, err := client.SyncAPI.ListChanges(ctx).Cursor("latest").Execute()
	check(err)
	draft := trailcat.CatDraft{}
	draft.SetName("Gopher")
	draft.SetSex("female")
	draft.SetHouseTrainedNil()
	draft.SetSpecialNeeds(false)
	written, response, err := client.WritingAPI.PutCat(withKey, shelter, externalID).CatDraft(draft).Execute()
	check(err)
	expect("status of the write", response.StatusCode, http.StatusCreated)

	// Read it.
	cat, _, err := client.WritingAPI.GetCatOfShelter(withKey, shelter, externalID).Execute()
	check(err)
	expect("id", cat.Id, written.Id)
	expect("name", cat.Name, "Gopher")
	expect("sex", cat.Sex, trailcat.SexFemale)
	expect("house_trained", cat.HouseTrained.Get(), nil)
	expect("special_needs", *cat.SpecialNeeds.Get(), false)

	// Follow the changes until the cat arrives.
	for cursor := latest.Page.GetNextCursor(); ; {
		changes, _, err := client.SyncAPI.ListChanges(ctx).Cursor(cursor).Wait(10).Execute()
		check(err)
		if len(changes.Data) == 0 {
			log.Fatal("expected a change of the cat, got none within 10 s")
		}
		if i := slices.IndexFunc(changes.Data, func(e trailcat.Event) bool { return e.Id == cat.Id }); i >= 0 {
			expect("type of the change", changes.Data[i].Type, trailcat.EventTypeCatCreated)
			break
		}
		cursor = changes.Page.GetNextCursor()
	}

	// A mistake.
	_, response, err = client.CatsAPI.ListCats(ctx).Near("Nowhere at all").Execute()
	var failure *trailcat.GenericOpenAPIError
	if !errors.As(err, &failure) {
		log.Fatalf("expected an error, got %v", err)
	}
	problem := failure.Model().(trailcat.Problem)
	expect("status of the mistake", response.StatusCode, http.StatusBadRequest)
	expect("code", problem.Code, "invalid_parameters")
	expect("parameter", problem.Errors[0].GetParameter(), "near")
}

func check(err error) {
	if err != nil {
		var failure *trailcat.GenericOpenAPIError
		if errors.As(err, &failure) {
			log.Fatalf("%v: %s", err, failure.Body())
		}
		log.Fatal(err)
	}
}

// expect ends the program if a value is not the expected one.
func expect[T comparable](what string, got, want T) {
	if got != want {
		log.Fatalf("%s: expected %v, got %v", what, want, got)
	}
}
