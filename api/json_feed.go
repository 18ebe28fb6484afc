package api

import (
	"time"

	"trailcat/api/wire"
)

// JSONFeed is a page of cats in the format JSON Feed 1.1.
type JSONFeed struct {
	Version     string         `json:"version" enums:"https://jsonfeed.org/version/1.1"`                         // URL of the version of the format.
	Title       string         `json:"title" example:"Adoptable cats"`                                           // Title of the feed.
	HomePageURL string         `json:"home_page_url" example:"https://cats.example.org/docs"`                    // Page that describes the feed.
	FeedURL     string         `json:"feed_url" example:"https://cats.example.org/v1/cats.json-feed?near=20850"` // URL of this page of the feed.
	NextURL     string         `json:"next_url,omitempty"`                                                       // URL of the next page; absent on the last page.
	Language    string         `json:"language" example:"en"`                                                    // Language of the feed, as a BCP 47 tag.
	Items       []JSONFeedItem `json:"items"`                                                                    // Cats of the page.
} //	@name	JSONFeed

// JSONFeedItem is a cat in a JSON feed.
type JSONFeedItem struct {
	ID            string           `json:"id" example:"urn:uuid:019a97d9-b3e8-7b71-a3fa-09aeb41e0b2a"` // Permanent ID of the cat, as a URN.
	URL           string           `json:"url"`                                                        // Page to link to, as in `attribution`.
	Title         string           `json:"title" example:"Kenny Chatney"`                              // Name of the cat.
	Summary       string           `json:"summary,omitempty"`                                          // One or two sentences about the cat; absent when there is no description.
	ContentHTML   string           `json:"content_html"`                                               // Photo, facts, description and attribution as sanitized HTML.
	Image         string           `json:"image,omitempty"`                                            // URL of the first photo; absent when there is none.
	DatePublished time.Time        `json:"date_published" format:"date-time"`                          // When the cat was listed for adoption.
	DateModified  time.Time        `json:"date_modified" format:"date-time"`                           // When the cat last changed on this server.
	Authors       []JSONFeedAuthor `json:"authors"`                                                    // The shelter.
	Tags          []string         `json:"tags,omitempty"`                                             // Facts about the cat as words.
	Trailcat      JSONFeedCat      `json:"_trailcat"`                                                  // Fields that JSON Feed does not define.
} //	@name	JSONFeedItem

// JSONFeedAuthor is the shelter that lists a cat.
type JSONFeedAuthor struct {
	Name string `json:"name"` // Name of the shelter.
	URL  string `json:"url"`  // Website of the shelter; absent when unknown.
} //	@name	JSONFeedAuthor

// JSONFeedCat links an item of a feed to the cat, with the attribution to show.
type JSONFeedCat struct {
	About       string           `json:"about"`                                       // URL of the documentation of these fields.
	ID          string           `json:"id" example:"cat_01kabq4z8vf3ht2v0xw9r6m5ec"` // Permanent ID of the cat.
	Attribution wire.Attribution `json:"attribution"`                                 // What to show with the cat.
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
