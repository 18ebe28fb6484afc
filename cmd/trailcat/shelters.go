package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"trailcat/api"
	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/store"
)

// sheltersCommand manages shelters.
type sheltersCommand struct {
	Create createShelterCommand `cmd:"" help:"Create a shelter."`
	List   listSheltersCommand  `cmd:"" help:"List shelters."`
}

type createShelterCommand struct {
	databaseFlags
	placesFlags
	Name        string `help:"Name of the shelter." placeholder:"NAME"`
	PostalCode  string `help:"Postal code." placeholder:"CODE"`
	Country     string `help:"Code or English name of the country, such as US." placeholder:"CODE"`
	City        string `help:"City (default that of the postal code)." placeholder:"NAME"`
	Region      string `help:"Code or name of the state or province (default that of the postal code)." placeholder:"CODE"`
	Street      string `help:"Street and number." placeholder:"TEXT"`
	Kind        string `help:"Kind of organization: municipal, private, rescue, foster_network, sanctuary or other (default other)." placeholder:"KIND"`
	Phone       string `help:"Telephone number." placeholder:"NUMBER"`
	Email       string `help:"Email address." placeholder:"ADDRESS"`
	Website     string `help:"URL of the website." placeholder:"URL"`
	AdoptionURL string `name:"adoption-url" help:"URL of the page on how to adopt." placeholder:"URL"`
	Partner     string `help:"Partner that manages the shelter, by ID or name (default the operator)." placeholder:"PARTNER"`
	File        string `help:"Read the fields from this JSON file, as POST /v1/shelters accepts them; flags override them." type:"existingfile" placeholder:"FILE"`
	JSON        bool   `name:"json" help:"Print JSON."`
}

// Run creates a shelter. Its fields are validated as those of a request to the API.
func (c *createShelterCommand) Run(p *process) error {
	fields, err := c.fields()
	if err != nil {
		return err
	}
	partner, profile, err := api.DecodeShelter(fields)
	if err != nil {
		return err
	}
	places, err := c.gazetteer()
	if err != nil {
		return err
	}
	return c.using(p, func(db *store.Store) error {
		partnerID, err := c.partnerNamed(p.ctx, db, cmp.Or(c.Partner, partner))
		if err != nil {
			return err
		}
		shelter, err := catalog.New(db, p.now, newUUID).CreateShelter(p.ctx, places, partnerID, profile)
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(p, wire.NewShelter(shelter, 0))
		}
		_, err = fmt.Fprintf(p.stdout, "%s  %s  %s, %s %s\n\nImport its listings:\n  %s\n", shelter.Code, shelter.Name,
			shelter.Address.City, shelter.Address.Region, shelter.Address.PostalCode, c.commandLine("import FILE --shelter "+shelter.Code))
		return err
	})
}

// fields returns the JSON object of the request that creates the shelter.
func (c *createShelterCommand) fields() (map[string]any, error) {
	fields := map[string]any{}
	if c.File != "" {
		text, err := os.ReadFile(c.File)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &fields); err != nil || fields == nil {
			return nil, fmt.Errorf("%s does not contain a JSON object (%w)", c.File, cmp.Or(err, errors.New("it is null")))
		}
	}
	address, ok := fields["address"].(map[string]any)
	if !ok && fields["address"] == nil {
		address = map[string]any{}
		fields["address"] = address
	}
	set := func(object map[string]any, name, value string) {
		if value != "" && object != nil {
			object[name] = value
		}
	}
	for name, value := range map[string]string{
		"name": c.Name, "postal_code": c.PostalCode, "country": c.Country, "kind": c.Kind,
		"phone": c.Phone, "email": c.Email, "website": c.Website, "adoption_url": c.AdoptionURL,
	} {
		set(fields, name, value)
	}
	for name, value := range map[string]string{"city": c.City, "region": c.Region, "street": c.Street} {
		set(address, name, value)
	}
	return fields, nil
}

type listSheltersCommand struct{ databaseFlags }

// Run lists the shelters, one per line.
func (c *listSheltersCommand) Run(p *process) error {
	return c.using(p, func(db *store.Store) error {
		shelters, _, err := db.Shelters(p.ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, s := range shelters {
			if !s.ErasedAt.IsZero() {
				continue
			}
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s, %s\t%s\n", s.Code, s.Name, s.Address.City, s.Address.Region, cmp.Or(s.PartnerID, "(operator)")) // Flush returns the error
		}
		return table.Flush()
	})
}
