package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/store"
)

// partnersCommand manages partners.
type partnersCommand struct {
	Create createPartnerCommand `cmd:"" help:"Create a partner."`
	List   listPartnersCommand  `cmd:"" help:"List partners."`
}

type createPartnerCommand struct {
	databaseFlags
	Name     string `arg:"" help:"Name of the partner."`
	Audience string `help:"Audience class: public or aggregator (default ${default}). Aggregators republish listings; shelters can hide theirs from aggregators." enum:"public,aggregator" default:"public"`
	JSON     bool   `name:"json" help:"Print JSON."`
}

// Run creates a partner.
func (c *createPartnerCommand) Run(p *process) error {
	return c.using(p, func(db *store.Store) error {
		partner, err := catalog.New(db, p.now, newUUID).CreatePartner(p.ctx, c.Name, catalog.AudienceClass(c.Audience), catalog.Quotas{})
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(p, wire.NewPartner(partner))
		}
		_, err = fmt.Fprintf(p.stdout, "%s  %s\n\nCreate a key for it:\n  %s\n", partner.ID, partner.Name, c.commandLine("keys create --partner "+partner.ID+" --name NAME --scope listings:write"))
		return err
	})
}

type listPartnersCommand struct {
	databaseFlags
	JSON bool `name:"json" help:"Print JSON."`
}

// Run lists the partners, one per line.
func (c *listPartnersCommand) Run(p *process) error {
	return c.using(p, func(db *store.Store) error {
		partners, err := db.Partners(p.ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			list := wire.PartnerList{Data: make([]wire.Partner, len(partners))}
			for i, partner := range partners {
				list.Data[i] = wire.NewPartner(partner)
			}
			return writeJSON(p, list)
		}
		table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
		for _, partner := range partners {
			_, _ = fmt.Fprintf(table, "%s\t%s\taudience %s\tsince %s\n", partner.ID, partner.Name, partner.Audience, partner.CreatedAt.Format(time.DateOnly)) // Flush returns the error
		}
		return table.Flush()
	})
}

// using calls fn with the open database after its schema was migrated or checked. From
// then on the clock of the process is that of the database.
func (f databaseFlags) using(p *process, fn func(*store.Store) error) error {
	db, err := f.open(p.ctx)
	if err != nil {
		return err
	}
	clock, err := db.OpenClock(p.ctx, p.now)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	p.now = clock.Now
	return errors.Join(fn(db), db.Close())
}

// partnerNamed returns the ID of the partner with that ID or exact name. It returns
// "" for "".
func (f databaseFlags) partnerNamed(ctx context.Context, db *store.Store, idOrName string) (string, error) {
	if idOrName == "" {
		return "", nil
	}
	partners, err := db.Partners(ctx)
	if err != nil {
		return "", err
	}
	var found []string
	for _, p := range partners {
		if p.ID == idOrName {
			return p.ID, nil
		}
		if p.Name == idOrName {
			found = append(found, p.ID)
		}
	}
	switch len(found) {
	case 0:
		return "", fmt.Errorf("partner %q does not exist; create it with: %s", idOrName, f.commandLine("partners create "+shellQuote(idOrName)))
	case 1:
		return found[0], nil
	default:
		return "", fmt.Errorf("%d partners are named %q; use the ID, which this lists: %s", len(found), idOrName, f.commandLine("partners list"))
	}
}

// writeJSON prints v as indented JSON.
func writeJSON(p *process, v any) error {
	e := json.NewEncoder(p.stdout)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
