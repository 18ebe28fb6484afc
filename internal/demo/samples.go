package demo

import (
	"context"
	"fmt"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/ingest"
)

const (
	// sampleID is the ID of each sample, behind its prefix. The examples of the OpenAPI
	// document have it, so that they work on the demo.
	sampleID = "01kabq4z8vf3ht2v0xw9r6m5ec"
	// sampleCat is the shelter's own ID of the cat that is a sample.
	sampleCat = "A472536"
	// sampleFormat is a format of the shelter's own.
	sampleFormat = "name: our-export\nid: Nr\nfields:\n  name: Called\n  breed: Breed\n"
)

// SamplePartner is the ID of the partner that owns the shelter of the samples.
const SamplePartner = catalog.PartnerPrefix + "_" + sampleID

// withSampleIDs returns a catalog that gives new resources the ID of the samples.
func withSampleIDs(c *catalog.Catalog) *catalog.Catalog {
	uuid, _ := catalog.UUIDOf(SamplePartner)
	return c.WithUUIDs(func() [16]byte { return uuid })
}

// Samples are the settings of LoadSamples.
type Samples struct {
	Places *geo.Gazetteer
	Today  time.Time
	Secret [32]byte // random; of the webhook
	// Import imports a CSV file in Trailcat's own format.
	Import func(ctx context.Context, c *catalog.Catalog, shelter catalog.Shelter, file string) error
}

// LoadSamples writes one resource of each kind that is not public, for the examples of
// the OpenAPI document: a partner that owns a shelter of the demo, a webhook that gets
// nothing because it is unverified, a saved search, an import format, an import, and what
// was observed of a cat. If the shelter has an owner or the cat is missing, it writes nothing
// more. A load that was interrupted may be repeated.
func LoadSamples(ctx context.Context, c *catalog.Catalog, in Samples) error {
	format, err := ingest.Find(lists()[0].format)
	if err != nil {
		return err
	}
	shelter, err := putShelter(ctx, c, in.Places, format)
	if err != nil || shelter.PartnerID != "" {
		return err
	}
	c = withSampleIDs(c).WithActor(catalog.Actor{KeyID: "", PartnerID: SamplePartner, Address: "", RequestID: ""})
	if _, err := c.CreatePartner(ctx, "Demo", catalog.AggregatorReader, catalog.Quotas{Cats: nil, ImportFiles: nil, Webhooks: nil, Searches: nil}); err != nil {
		return err
	}
	if err := observe(ctx, c, in.Today.UTC().Truncate(24*time.Hour)); err != nil {
		if catalog.KindOf(err) == catalog.NotFound { // the demo was loaded by an earlier version
			return nil
		}
		return err
	}
	if err := notify(ctx, c, in.Secret); err != nil {
		return err
	}
	if _, _, _, err := c.PutImportFormat(ctx, shelter.ID, "our-export", sampleFormat, 0); err != nil {
		return err
	}
	const file = "external_id,name,sex\n" + sampleCat + "-2,,male\n"
	if err := in.Import(ctx, c, shelter, file); err != nil {
		return fmt.Errorf("import the sample file: %w", err)
	}
	_, err = c.TransferShelter(ctx, in.Places, shelter.ID, 0, SamplePartner, func(*catalog.Profile) {})
	return err
}

// observe records an assessment and a health item of the sample cat.
func observe(ctx context.Context, c *catalog.Catalog, today time.Time) error {
	const catID = catalog.CatPrefix + "_" + sampleID
	days := 90
	//nolint:exhaustruct // the catalog sets the other fields
	if _, err := c.RecordAssessment(ctx, catalog.Assessment{
		CatID: catID, AssessorID: "staff-1", Role: "staff", Context: "shelter_room", ObservedOn: today.AddDate(0, 0, -3), DaysInPlace: &days,
		Levels: map[string]int{
			"outdoor_interest": 5, "novelty_response": 4, "sound_recovery": 4, "baseline_calm": 4,
			"food_motivation": 5, "handling_comfort": 4, "carrier_comfort": 3, "stranger_ease": 4,
		},
	}); err != nil {
		return err
	}
	//nolint:exhaustruct // the catalog sets the other fields
	_, _, err := c.PutHealth(ctx, catalog.HealthItem{CatID: catID, Code: "ID.CHIP", Status: "ok", VerifiedBy: "vet", VerifiedOn: today.AddDate(0, 0, -10)})
	return err
}

// notify creates a webhook and a saved search.
func notify(ctx context.Context, c *catalog.Catalog, secret [32]byte) error {
	//nolint:exhaustruct // the catalog sets the other fields
	webhook, err := c.CreateWebhook(ctx, catalog.Webhook{
		PartnerID: SamplePartner, URL: "https://hooks.example.org/trailcat", Types: []string{"cat.created", "cat.removed", "search.matched"}, Filters: "region=MD",
		Description: "Copies listings to our app", Secret: catalog.NewWebhookSecret(secret),
	}, 0)
	if err != nil {
		return err
	}
	//nolint:exhaustruct // the catalog sets the other fields
	_, err = c.CreateSearch(ctx, catalog.SavedSearch{
		PartnerID: SamplePartner, WebhookID: webhook.ID, Name: "Leash-ready near Rockville", Query: "activity=leash_walk&near=20850&radius_km=50",
	})
	return err
}
