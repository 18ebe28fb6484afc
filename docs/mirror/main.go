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
	Cursor string                     // log position of the copy
	Cats   map[string]json.RawMessage // by ID
}

func main() {
	base, file, m := os.Args[1], os.Args[2], mirror{}
	if text, err := os.ReadFile(file); err == nil {
		_ = json.Unmarshal(text, &m) // if the file is unreadable, load a new export
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

// step loads an export, or waits for the next page of changes and applies it.
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
		m.Cursor = "" // the cursor is too old, or the database was replaced: load a new export
	}
	if res.StatusCode != http.StatusOK {
		return errors.New(res.Status)
	}
	for decoder, loaded := json.NewDecoder(res.Body), (mirror{Cats: map[string]json.RawMessage{}}); ; {
		var value json.RawMessage
		var line struct {
			Type, Cursor, ID string // of a line of the export
			Data             []struct {
				ID   string
				Data json.RawMessage // nil if the cat was removed
			}
			Page struct {
				Next string `json:"next_cursor"`
			}
		}
		switch err := errors.Join(decoder.Decode(&value), json.Unmarshal(value, &line)); {
		case err != nil:
			return err
		case line.Type == "export":
			loaded.Cursor = line.Cursor
		case line.Type == "end":
			*m = loaded
			return nil
		case line.ID != "":
			loaded.Cats[line.ID] = value
		default: // a page of changes
			for _, change := range line.Data {
				if m.Cats[change.ID] = change.Data; change.Data == nil {
					delete(m.Cats, change.ID)
				}
			}
			m.Cursor = line.Page.Next
			return nil
		}
	}
}
