package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/store/storetest"
)

// TestImport_KilledServer kills a server in the middle of an import. The import becomes
// interrupted, and sending the file again completes it.
func TestImport_KilledServer(t *testing.T) {
	t.Parallel()

	storetest.EachURL(t, func(t *testing.T, url string) {
		f := newImportFixtureOn(t, url)
		killed, file := f.killDuringImport(t)
		rows := strings.Count(file, "\n") - 1

		// The clock of another process makes the lease expire.
		expired := func() time.Time { return now().Add(-catalog.ImportLease - time.Second) }
		if err := catalog.New(storetest.Open(t, url), expired, newUUID).TouchImport(t.Context(), killed); err != nil {
			t.Fatal(err)
		}
		server := serve(t, "--database", url)
		within(t, "the import is interrupted", func() bool {
			_, body := server.getWithKey(t, f.key, "/v1/imports/"+killed)
			return strings.Contains(body, `"status":"interrupted"`) && strings.Contains(body, "Send the file again")
		})
		status, body := server.post(t, f.key, "/v1/shelters/MD1/imports?format=montgomery", file)
		if status != http.StatusCreated {
			t.Fatalf("got %d: %s", status, body)
		}
		report := decode[wire.ImportRun](t, body).Report
		if report.Unchanged == 0 || report.Created == 0 || report.Unchanged+report.Created != rows {
			t.Errorf("got %d unchanged and %d created, want %d in total and some of each", report.Unchanged, report.Created, rows)
		}
		if got := server.total(t); got != rows {
			t.Errorf("got %d cats, want %d", got, rows)
		}
		storetest.CheckCatCounts(t, url)
	})
}

// killDuringImport kills a server after it has imported a part of a file, and returns the ID
// of the import and the file, which has more rows if the server was faster.
func (f importFixture) killDuringImport(t *testing.T) (importID, file string) {
	t.Helper()
	for rows := 2000; ; rows *= 2 {
		ids := []string{"A1", "A2", "A3", "A4"} // of the fixture
		for i := range rows {
			ids = append(ids, fmt.Sprintf("K%d", i))
		}
		file = montgomeryHeader + montgomeryCats("2 YEARS", ids...)
		n := newNode(t, f.database, nil)
		n.start(t)
		n.ready(t)
		server := testServer{base: n.base()}
		before := server.total(t)
		go func() { // there is no response if the server is killed
			_, _, _ = n.send(t.Context(), http.MethodPost, "/v1/shelters/MD1/imports?format=montgomery", f.key, file)
		}()
		within(t, "some cats are imported", func() bool { return server.total(t) > before })
		n.kill(t)
		imports, err := storetest.Open(t, f.database).Imports(t.Context(), nil, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		if imports[0].Status == catalog.ImportRunning {
			return imports[0].ID, file
		}
	}
}
