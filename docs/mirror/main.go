// Command mirror keeps a copy of every cat of a Trailcat server in a file:
//
//	mirror https://trailcat.example cats.json
package main

import (
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"time"
)

type mirror struct {
	Cursor string                     // where in the log the copy stands
	Cats   map[string]json.RawMessage // by id
}

func main() {
	base, file, m := os.Args[1], os.Args[2], mirror{}
	if text, err := os.ReadFile(file); err == nil {
		_ = json.Unmarshal(text, &m) // what cannot be read is loaded again
	}
	for {
		err := m.step(base)
		if text, _ := json.Marshal(m); err == nil {
			err = errors.Join(os.WriteFile(file+".new", text, 0o600), os.Rename(file+".new", file))
		}
		if err != nil {
			log.Print(err)
			time.Sleep(time.Second)
		}
	}
}

// step loads everything, or takes over what changed since; where nothing did, it waits.
func (m *mirror) step(base string) error {
	url := base + "/v1/exports/cats"
	if m.Cursor != "" {
		url = base + "/v1/changes?resource=cat&expand=resource&limit=1000&wait=30&cursor=" + m.Cursor
	}
	res, err := http.Get(url)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode == http.StatusGone {
		m.Cursor = "" // away for too long, or another database: load it all again
	}
	if res.StatusCode != http.StatusOK {
		return errors.New(res.Status)
	}
	for lines, whole := json.NewDecoder(res.Body), (mirror{Cats: map[string]json.RawMessage{}}); ; {
		var line json.RawMessage
		var is struct {
			Type, Cursor, ID string // of a line of the export
			Data             []struct {
				ID   string
				Data json.RawMessage // nil: the cat is gone
			}
			Page struct {
				Next string `json:"next_cursor"`
			}
		}
		switch err := errors.Join(lines.Decode(&line), json.Unmarshal(line, &is)); {
		case err != nil:
			return err
		case is.Type == "export":
			whole.Cursor = is.Cursor
		case is.Type == "end":
			*m = whole
			return nil
		case is.ID != "":
			whole.Cats[is.ID] = line
		default: // a page of changes
			for _, change := range is.Data {
				if m.Cats[change.ID] = change.Data; change.Data == nil {
					delete(m.Cats, change.ID)
				}
			}
			m.Cursor = is.Page.Next
			return nil
		}
	}
}
