package release

import (
	"encoding/xml"
	"fmt"
	"time"

	"ksbb/shared/region"
	"ksbb/shared/report"
)

// feedLength is how many reports the feed lists.
const feedLength = 50

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  atomPerson  `xml:"author"`
	Entries []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel    string `xml:"rel,attr"`
	Type   string `xml:"type,attr"`
	Href   string `xml:"href,attr"`
	Length int64  `xml:"length,attr,omitempty"`
}

type atomEntry struct {
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Published string     `xml:"published"`
	Updated   string     `xml:"updated"`
	Links     []atomLink `xml:"link"`
	Summary   string     `xml:"summary"`
}

// feedOf returns the Atom feed (RFC 4287) of the newest reports. An entry keeps
// its id through all revisions; each makes it newer.
func feedOf(i report.Index, pack *region.Pack, site string) ([]byte, error) {
	f := atomFeed{
		Lang: "id", ID: site + "/laporan/", Title: "Laporan " + pack.Title, Updated: stamp(time.Time{}),
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: site + "/" + FeedPath},
			{Rel: "alternate", Type: "text/html", Href: site + "/laporan/"},
		},
		Author: atomPerson{pack.Operator.Name},
	}
	var updated time.Time
	for _, e := range i.Reports[:min(len(i.Reports), feedLength)] {
		period, err := report.ParsePeriod(e.Period)
		if err != nil {
			return nil, fmt.Errorf("list %s in the feed: %w", e.Period, err)
		}
		latest, first := e.Revisions[0], e.Revisions[len(e.Revisions)-1]
		entry := atomEntry{
			ID: site + "/laporan/" + e.Period + "/", Title: "Laporan " + period.Title(),
			Published: stamp(first.MadeAt), Updated: stamp(latest.MadeAt), Summary: e.Summary,
			Links: []atomLink{{Rel: "alternate", Type: "text/html", Href: site + "/laporan/" + e.Period + "/"}},
		}
		if latest.Reason != "" {
			entry.Summary = "Koreksi: " + latest.Reason + ". " + e.Summary
		}
		for _, file := range latest.Files {
			if file.Type == pdfType || file.Type == bookType {
				entry.Links = append(entry.Links, atomLink{Rel: "enclosure", Type: file.Type, Href: site + "/" + file.Path, Length: file.Bytes})
			}
		}
		if latest.MadeAt.After(updated) {
			updated = latest.MadeAt
		}
		f.Entries = append(f.Entries, entry)
	}
	if !updated.IsZero() {
		f.Updated = stamp(updated)
	}
	body, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", FeedPath, err)
	}
	return append([]byte(xml.Header), append(body, '\n')...), nil
}

// stamp writes an instant as RFC 3339. A feed must have one even while nothing
// was published.
func stamp(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format(time.RFC3339)
}
