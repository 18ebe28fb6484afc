package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"

	"trailcat/api"
	"trailcat/internal/catalog"
	"trailcat/internal/store"
)

// eraseCommand erases data for good.
type eraseCommand struct {
	Cat       eraseCatCommand       `cmd:"" help:"Erase a cat with everything that is stored of it."`
	Shelter   eraseShelterCommand   `cmd:"" help:"Erase a shelter with all its cats and imports."`
	People    erasePeopleCommand    `cmd:"" help:"Erase what is stored of the people around a cat: notes, the reason of its status, the credit for photos, its foster home."`
	Assessor  eraseAssessorCommand  `cmd:"" help:"Erase the ID of an assessor of a shelter's cats."`
	Addresses eraseAddressesCommand `cmd:"" help:"Erase IP addresses from the audit log and from imports."`
}

// eraseFlags are the flags that all erasures share.
type eraseFlags struct {
	databaseFlags
	Yes bool `help:"Do not ask for confirmation."`
}

// erase asks whether to erase what is named, does it, and prints the result.
func (f eraseFlags) erase(p *process, db *store.Store, what string, erase func(context.Context, *catalog.Catalog) (catalog.Erasure, error)) error {
	if err := f.confirm(p, what); err != nil {
		return err
	}
	erasure, err := erase(p.ctx, catalog.New(db, p.now, newUUID))
	if err != nil {
		return err
	}
	if file := f.checkpointFile(""); file != "" { // a running server has the index without what was erased
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the copy of the search index: %w", err)
		}
	}
	purged, err := db.Purge(p.ctx)
	if err != nil {
		return err
	}
	result := fmt.Sprintf("erased %s (%d)", what, erasure.Count)
	if erasure.Count == 0 {
		result = "nothing to erase of " + what
	}
	if !purged {
		result += "; a running server removes what is left in the write-ahead log within a minute"
	}
	_, err = fmt.Fprintln(p.stdout, result)
	return err
}

// confirm returns an error unless the operator confirms the erasure.
func (f eraseFlags) confirm(p *process, what string) error {
	if f.Yes {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return fmt.Errorf("erasing %s cannot be undone; to do it without being asked, add --yes", what)
	}
	_, _ = fmt.Fprintf(p.stderr, "This erases %s for good. Type yes to continue: ", what) // as a prompt
	answer, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if strings.TrimSpace(answer) != "yes" {
		return errors.New("nothing was erased")
	}
	return nil
}

type eraseCatCommand struct {
	eraseFlags
	Cat string `arg:"" help:"ID or number of the cat." placeholder:"CAT"`
}

// Run erases a cat.
func (c *eraseCatCommand) Run(p *process) error {
	return c.using(p, func(db *store.Store) error {
		cat, err := catNamed(p.ctx, db, c.Cat)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("the cat %s %q with its assessments and outcomes, and the import files of its shelter", cat.ID, cat.Name)
		return c.erase(p, db, what, func(ctx context.Context, to *catalog.Catalog) (catalog.Erasure, error) {
			return to.EraseCat(ctx, cat.ID)
		})
	})
}

type eraseShelterCommand struct {
	eraseFlags
	Shelter string `arg:"" help:"ID or code of the shelter." placeholder:"SHELTER"`
}

// Run erases a shelter.
func (c *eraseShelterCommand) Run(p *process) error {
	return c.using(p, func(db *store.Store) error {
		shelter, err := shelterNamed(p.ctx, db, c.Shelter)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("the shelter %s %q with all its cats and imports", shelter.Code, shelter.Name)
		return c.erase(p, db, what, func(ctx context.Context, to *catalog.Catalog) (catalog.Erasure, error) {
			return to.EraseShelter(ctx, shelter.ID)
		})
	})
}

type erasePeopleCommand struct {
	eraseFlags
	Cat string `arg:"" help:"ID or number of the cat." placeholder:"CAT"`
}

// Run erases the people around a cat.
func (c *erasePeopleCommand) Run(p *process) error {
	return c.using(p, func(db *store.Store) error {
		cat, err := catNamed(p.ctx, db, c.Cat)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("all notes, the reason of the status, the credit for photos and the foster home of the cat %s %q, and the import files of its shelter", cat.ID, cat.Name)
		return c.erase(p, db, what, func(ctx context.Context, to *catalog.Catalog) (catalog.Erasure, error) {
			return to.ErasePeople(ctx, cat.ID)
		})
	})
}

type eraseAssessorCommand struct {
	eraseFlags
	Assessor string `arg:"" help:"The shelter's ID of the assessor." placeholder:"ID"`
	Shelter  string `help:"ID or code of the shelter." required:"" placeholder:"SHELTER"`
}

// Run erases the ID of an assessor.
func (c *eraseAssessorCommand) Run(p *process) error {
	return c.using(p, func(db *store.Store) error {
		shelter, err := shelterNamed(p.ctx, db, c.Shelter)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("the assessor %q in the assessments and health items of the shelter %s", c.Assessor, shelter.Code)
		return c.erase(p, db, what, func(ctx context.Context, to *catalog.Catalog) (catalog.Erasure, error) {
			return to.EraseAssessor(ctx, shelter.ID, c.Assessor)
		})
	})
}

type eraseAddressesCommand struct {
	eraseFlags
	Address string    `help:"Erase only this IP address." placeholder:"IP"`
	Before  time.Time `help:"Erase only addresses from before this day (UTC)." format:"2006-01-02" placeholder:"DATE"`
	All     bool      `help:"Erase all addresses."`
}

// Run erases IP addresses.
func (c *eraseAddressesCommand) Run(p *process) error {
	address, err := api.CheckAddress(c.Address)
	if err != nil {
		return fmt.Errorf("--address: expected an IP address such as 192.0.2.1, got %q", c.Address)
	}
	what, before := "all IP addresses", c.Before
	switch {
	case c.All == (c.Address != "" || !c.Before.IsZero()):
		return errors.New("say which addresses to erase: --address IP, --before DATE or both, or else --all")
	case address != "":
		what = "the IP address " + address
	}
	if before.IsZero() {
		before = p.now()
	} else {
		what += " from before " + before.Format(time.DateOnly)
	}
	return c.using(p, func(db *store.Store) error {
		return c.erase(p, db, what, func(ctx context.Context, to *catalog.Catalog) (catalog.Erasure, error) {
			return to.EraseAddresses(ctx, address, before)
		})
	})
}

// catNamed returns the cat with an id or number.
func catNamed(ctx context.Context, db *store.Store, idOrNumber string) (catalog.Cat, error) {
	if number, err := strconv.ParseInt(idOrNumber, 10, 64); err == nil {
		return db.CatByNumber(ctx, number)
	}
	return db.Cat(ctx, idOrNumber)
}

// shelterNamed returns the shelter with an id or code.
func shelterNamed(ctx context.Context, db *store.Store, idOrCode string) (catalog.Shelter, error) {
	shelter, err := db.Shelter(ctx, idOrCode)
	if catalog.KindOf(err) == catalog.NotFound {
		return db.ShelterByCode(ctx, strings.ToUpper(idOrCode))
	}
	return shelter, err
}
