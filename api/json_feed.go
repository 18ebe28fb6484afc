package api

import (
	"time"

	"trailcat/api/wire"
)

// JSONFeed is a page of cats as JSON Feed 1.1 has it.
type JSONFeed struct {
	Version     string         `json:"version" enums:"https://jsonfeed.org/version/1.1"`
	Title       string         `json:"title" example:"Adoptable cats"`
	HomePageURL string         `json:"home_page_url" example:"https://cats.example.org/docs"`
	FeedURL     string         `json:"feed_url" example:"https://cats.example.org/v1/cats.json-feed?near=20850"`
	NextURL     string         `json:"next_url,omitempty"` // the next page; absent at the end
	Language    string         `json:"language" example:"en"`
	Items       []JSONFeedItem `json:"items"`
} //	@name	JSONFeed

// JSONFeedItem is a cat in a feed.
type JSONFeedItem struct {
	ID            string           `json:"id" example:"urn:uuid:019a97d9-b3e8-7b71-a3fa-09aeb41e0b2a"` // the cat's, for ever
	URL           string           `json:"url"`                                                        // the page that is to be linked, as the attribution has it
	Title         string           `json:"title" example:"Kenny Chatney"`
	Summary       string           `json:"summary,omitempty"`
	ContentHTML   string           `json:"content_html"`    // with photo, facts, description and attribution; safe to show
	Image         string           `json:"image,omitempty"` // the first photo
	DatePublished time.Time        `json:"date_published" format:"date-time"`
	DateModified  time.Time        `json:"date_modified" format:"date-time"`
	Authors       []JSONFeedAuthor `json:"authors"` // the shelter
	Tags          []string         `json:"tags,omitempty"`
	Trailcat      JSONFeedCat      `json:"_trailcat"`
} //	@name	JSONFeedItem

// JSONFeedAuthor is who lists a cat.
type JSONFeedAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url"`
} //	@name	JSONFeedAuthor

// JSONFeedCat leads from an item of a feed to the cat, and says what is to be shown with it.
type JSONFeedCat struct {
	About       string           `json:"about"` // what these fields are
	ID          string           `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"`
	Attribution wire.Attribution `json:"attribution"`
} //	@name	JSONFeedCat

func newJSONFeed(feed feedPage) JSONFeed {
	out := JSONFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: feedTitle, HomePageURL: feed.Docs, FeedURL: feed.Self, NextURL: feed.Next, Language: "en",
		Items: make([]JSONFeedItem, len(feed.Cats)),
	}
	for i, cat := range feed.Cats {
		out.Items[i] = newJSONFeedItem(feed.Docs, cat)
	}
	return out
}

func newJSONFeedItem(docs string, cat syndicatedCat) JSONFeedItem {
	out := JSONFeedItem{
		ID:            cat.URN,
		URL:           cat.Attribution.URL,
		Title:         cat.Title,
		Summary:       cat.Excerpt(),
		ContentHTML:   cat.HTML,
		Image:         "",
		DatePublished: cat.ListedAt,
		DateModified:  cat.UpdatedAt,
		Authors:       []JSONFeedAuthor{{Name: cat.Attribution.ShelterName, URL: cat.Attribution.URL}},
		Tags:          cat.Traits.Tags,
		Trailcat:      JSONFeedCat{About: docs, ID: cat.ID, Attribution: cat.Attribution},
	}
	if len(cat.Photos) > 0 {
		out.Image = cat.Photos[0].URL
	}
	return out
}
