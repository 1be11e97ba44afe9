// Package atom writes feeds (RFC 4287). It knows their form, not what is new.
package atom

import (
	"encoding/xml"
	"fmt"
	"time"
)

// ContentType is that of a feed.
const ContentType = "application/atom+xml"

// Feed is a list of what is new, newest first.
type Feed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string   `xml:"xml:lang,attr"`
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Links   []Link   `xml:"link"`
	Author  Person   `xml:"author"`
	Icon    string   `xml:"icon,omitempty"`
	Entries []Entry  `xml:"entry"`
}

// Person is who answers for a feed.
type Person struct {
	Name string `xml:"name"`
}

// Link leads to a page or a file.
type Link struct {
	Rel    string `xml:"rel,attr"`
	Type   string `xml:"type,attr"`
	Href   string `xml:"href,attr"`
	Lang   string `xml:"hreflang,attr,omitempty"`
	Length int64  `xml:"length,attr,omitempty"` // bytes
}

// Entry is one piece of news. Its ID stays the same for ever.
type Entry struct {
	ID         string     `xml:"id"`
	Title      string     `xml:"title"`
	Published  string     `xml:"published"`
	Updated    string     `xml:"updated"`
	Links      []Link     `xml:"link"`
	Categories []Category `xml:"category"`
	Summary    string     `xml:"summary"`
}

// Category sorts an entry.
type Category struct {
	Term  string `xml:"term,attr"`
	Label string `xml:"label,attr"`
}

// Instant writes an instant as a feed does. A feed must have one even while
// nothing happened.
func Instant(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}

// Encode returns the feed as it is served.
func (f Feed) Encode() ([]byte, error) {
	body, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encode feed %s: %w", f.ID, err)
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}
