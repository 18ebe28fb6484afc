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
	base, file := os.Args[1], os.Args[2]
	var m mirror
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
	switch {
	case res.StatusCode == http.StatusGone: // away for too long, or another database
		m.Cursor = ""
		return nil
	case res.StatusCode != http.StatusOK:
		return errors.New(res.Status)
	case m.Cursor == "":
		return m.load(json.NewDecoder(res.Body))
	}
	var page struct {
		Data []struct {
			ID   string
			Data json.RawMessage // nil: the cat is gone
		}
		Page struct {
			Next string `json:"next_cursor"`
		}
	}
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil {
		return err
	}
	for _, change := range page.Data {
		if m.Cats[change.ID] = change.Data; change.Data == nil {
			delete(m.Cats, change.ID)
		}
	}
	m.Cursor = page.Page.Next
	return nil
}

// load reads an export, whole or not at all.
func (m *mirror) load(lines *json.Decoder) error {
	for whole := (mirror{Cats: map[string]json.RawMessage{}}); ; {
		var cat json.RawMessage
		var is struct{ Type, Cursor, ID string }
		if err := lines.Decode(&cat); err != nil {
			return err
		}
		switch _ = json.Unmarshal(cat, &is); is.Type {
		case "export":
			whole.Cursor = is.Cursor
		case "end":
			*m = whole
			return nil
		default:
			whole.Cats[is.ID] = cat
		}
	}
}
