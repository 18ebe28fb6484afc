// Program pocketbase writes cats to the database of PocketBase ("load FILE DIRECTORY")
// and serves PocketBase's own API ("serve DIRECTORY").
package main

import (
	"fmt"
	"log"
	"net"
	"os"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations" // creates the system collections
	"github.com/pocketbase/pocketbase/tools/types"

	"trailcat/internal/bench/peers/cats"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(args []string) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: args[len(args)-1]})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if args[0] == "load" {
		if err := app.RunAllMigrations(); err != nil {
			return err
		}
		if err := createCollection(app); err != nil {
			return err
		}
		if err := load(app, args[1]); err != nil {
			return err
		}
		return app.ResetBootstrapState() // closes the database
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.InstallerFunc = nil // opens a browser
		var err error
		if e.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return err
		}
		fmt.Printf("http://%s\n", e.Listener.Addr())
		return e.Next()
	})
	return apis.Serve(app, apis.ServeConfig{HttpAddr: "127.0.0.1:0"})
}

// createCollection creates a public collection of cats with the indexes that the questions
// need. Nothing is logged, as by the other servers.
func createCollection(app core.App) error {
	app.Settings().Logs.MaxDays = 0
	if err := app.Save(app.Settings()); err != nil {
		return err
	}
	collection := core.NewBaseCollection("cats")
	collection.ListRule = types.Pointer("")
	for _, name := range append([]string{"text"}, cats.Fields...) {
		collection.Fields.Add(&core.TextField{Name: name, Max: 100_000})
	}
	for _, name := range []string{"lat", "lng", "listed_at"} {
		collection.Fields.Add(&core.NumberField{Name: name})
	}
	collection.Fields.Add(&core.JSONField{Name: "card"})
	collection.AddIndex("cats_listed_at", false, "listed_at DESC", "")
	collection.AddIndex("cats_place", false, "lat, lng", "")
	return app.Save(collection)
}

// load inserts the cats with plain SQL, which is faster than PocketBase's records.
func load(app core.App, file string) error {
	columns := append([]string{"id", "lat", "lng", "listed_at", "text", "card"}, cats.Fields...)
	return app.RunInTransaction(func(tx core.App) error {
		insert := tx.DB().NewQuery("INSERT INTO cats (" + strings.Join(columns, ", ") + ") VALUES ({:" + strings.Join(columns, "}, {:") + "})").Prepare()
		err := cats.Read(file, func(c *cats.Cat) error {
			row := dbx.Params{"id": c.ID, "lat": c.Lat, "lng": c.Lng, "listed_at": c.ListedAt, "text": c.Text, "card": c.Card}
			for _, field := range cats.Fields {
				row[field] = "|" + strings.Join(c.Fields[field], "|") + "|"
				if len(c.Fields[field]) == 1 {
					row[field] = c.Fields[field][0]
				}
			}
			_, err := insert.Bind(row).Execute()
			return err
		})
		if err != nil {
			return err
		}
		return insert.Close()
	})
}
