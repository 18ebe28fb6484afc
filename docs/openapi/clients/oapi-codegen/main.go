// Command oapi-codegen talks to a server with the client of oapi-codegen.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"slices"

	trailcat "trailcat/docs/openapi/clients/oapi-codegen/build/client"
)

const externalID = "client-oapi-codegen"

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	shelter := os.Getenv("TRAILCAT_SHELTER")
	client, err := trailcat.NewClientWithResponses(os.Getenv("TRAILCAT_URL"))
	check(err)
	withKey := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+os.Getenv("TRAILCAT_KEY"))
		return nil
	}

	// Find cats.
	filters := &trailcat.ListCatsParams{
		Near: new("20850"), RadiusKm: new(50.0), Limit: new(5), Sort: new(trailcat.CatSortDistance),
		AgeGroup: &[]trailcat.AgeGroupFilter{trailcat.AgeGroupFilterYoung, trailcat.AgeGroupFilterAdult},
	}
	page := listCats(ctx, client, filters)
	expect("cats of the first page", len(page.Data), 5)
	for _, cat := range page.Data {
		expect("age_group is young or adult", slices.Contains([]trailcat.AgeGroup{trailcat.AgeGroupYoung, trailcat.AgeGroupAdult}, *cat.AgeGroup), true)
		expect("distance_km is at most 50", *cat.DistanceKm <= 50, true)
	}
	expect("url of the first cat", page.Data[0].Url, nil)
	expect("status", *page.Data[0].Status, trailcat.ListedCatStatusAvailable)
	expect("place", page.Page.Near.Label, "Rockville, MD 20850, US")

	// The next page.
	filters.Cursor = page.Page.NextCursor
	next := listCats(ctx, client, filters)
	expect("cats of the next page", len(next.Data), 5)
	expect("next page begins with another cat", next.Data[0].Id != page.Data[0].Id, true)

	// Write a cat, from a known position of the change log.
	latest := listChanges(ctx, client, &trailcat.ListChangesParams{Cursor: new("latest")})
	draft := trailcat.CatDraft{Name: new("Gopher"), Sex: new("female"), HouseTrained: nil, SpecialNeeds: new(false)}
	written, err := client.PutCatWithResponse(ctx, shelter, externalID, &trailcat.PutCatParams{}, draft, withKey)
	check(err)
	expect("status of the write", written.StatusCode(), http.StatusCreated)

	// Read it.
	response, err := client.GetCatOfShelterWithResponse(ctx, shelter, externalID, &trailcat.GetCatOfShelterParams{}, withKey)
	check(err)
	expect("status of the read", response.StatusCode(), http.StatusOK)
	cat := response.JSON200
	expect("id", cat.Id, written.JSON201.Id)
	expect("name", cat.Name, "Gopher")
	expect("sex", cat.Sex, trailcat.SexFemale)
	expect("house_trained", cat.HouseTrained, nil)
	expect("special_needs", *cat.SpecialNeeds, false)

	// Follow the changes until the cat arrives.
	for cursor := latest.Page.NextCursor; ; {
		changes := listChanges(ctx, client, &trailcat.ListChangesParams{Cursor: cursor, Wait: new(10)})
		expect("a change within 10 s", len(changes.Data) > 0, true)
		if i := slices.IndexFunc(changes.Data, func(e trailcat.Event) bool { return e.Id == cat.Id }); i >= 0 {
			expect("type of the change", changes.Data[i].Type, trailcat.EventTypeCatCreated)
			break
		}
		cursor = changes.Page.NextCursor
	}

	// A mistake.
	mistake, err := client.ListCatsWithResponse(ctx, &trailcat.ListCatsParams{Near: new("Nowhere at all")})
	check(err)
	expect("status of the mistake", mistake.StatusCode(), http.StatusBadRequest)
	problem := mistake.ApplicationproblemJSON400
	expect("code", problem.Code, trailcat.ProblemCodeInvalidParameters)
	expect("parameter", *(*problem.Errors)[0].Parameter, "near")
}

func listCats(ctx context.Context, client *trailcat.ClientWithResponses, params *trailcat.ListCatsParams) *trailcat.CatPage {
	response, err := client.ListCatsWithResponse(ctx, params)
	check(err)
	expect("status of the page: "+string(response.Body), response.StatusCode(), http.StatusOK)
	return response.JSON200
}

func listChanges(ctx context.Context, client *trailcat.ClientWithResponses, params *trailcat.ListChangesParams) *trailcat.ChangePage {
	response, err := client.ListChangesWithResponse(ctx, params)
	check(err)
	expect("status of the changes: "+string(response.Body), response.StatusCode(), http.StatusOK)
	return response.JSON200
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// expect ends the program if a value is not the expected one.
func expect[T comparable](what string, got, want T) {
	if got != want {
		log.Fatalf("%s: expected %v, got %v", what, want, got)
	}
}
