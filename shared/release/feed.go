package release

import (
	"fmt"
	"time"

	"ksbb/shared/atom"
	"ksbb/shared/region"
	"ksbb/shared/report"
)

// feedLength is how many reports the feed lists.
const feedLength = 50

// feedOf returns the Atom feed (RFC 4287) of the newest reports. An entry keeps
// its id through all revisions; each makes it newer.
func feedOf(i report.Index, pack *region.Pack, site string) ([]byte, error) {
	f := atom.Feed{
		Lang: "id", ID: site + "/laporan/", Title: "Laporan " + pack.Title, Updated: atom.Instant(time.Time{}),
		Links: []atom.Link{
			{Rel: "self", Type: atom.ContentType, Href: site + "/" + FeedPath},
			{Rel: "alternate", Type: "text/html", Href: site + "/laporan/"},
		},
		Author: atom.Person{Name: pack.Operator.Name},
	}
	var updated time.Time
	for _, e := range i.Reports[:min(len(i.Reports), feedLength)] {
		period, err := report.ParsePeriod(e.Period)
		if err != nil {
			return nil, fmt.Errorf("list %s in the feed: %w", e.Period, err)
		}
		latest, first := e.Revisions[0], e.Revisions[len(e.Revisions)-1]
		entry := atom.Entry{
			ID: site + "/laporan/" + e.Period + "/", Title: "Laporan " + period.Title(),
			Published: atom.Instant(first.MadeAt), Updated: atom.Instant(latest.MadeAt), Summary: e.Summary,
			Links: []atom.Link{{Rel: "alternate", Type: "text/html", Href: site + "/laporan/" + e.Period + "/"}},
		}
		if latest.Reason != "" {
			entry.Summary = "Koreksi: " + latest.Reason + ". " + e.Summary
		}
		for _, file := range latest.Files {
			if file.Type == pdfType || file.Type == bookType {
				entry.Links = append(entry.Links, atom.Link{Rel: "enclosure", Type: file.Type, Href: site + "/" + file.Path, Length: file.Bytes})
			}
		}
		if latest.MadeAt.After(updated) {
			updated = latest.MadeAt
		}
		f.Entries = append(f.Entries, entry)
	}
	if !updated.IsZero() {
		f.Updated = atom.Instant(updated)
	}
	return f.Encode()
}
