package page

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/atom"
	"ksbb/shared/bahasa"
	"ksbb/shared/tally"
)

// actsOf returns acts of the tiny region, newest first.
func actsOf(w *world) []tally.Act {
	first := w.places[0].Recipient
	act := func(move aid.Move, minutes int, things ...tally.Things) tally.Act {
		a := tally.Act{
			At: w.instant.Add(-time.Duration(minutes) * time.Minute), Move: move, Number: "K-7F3Q-21XA", Recipient: first.ID, Place: first.Name, Area: first.Area,
			Name: "Komunitas Contoh Anggrek", Class: aid.Community, Program: "air-bersih", Things: things, Demo: true,
		}
		if move != aid.Verify {
			a.BAST = "BAST-7F3Q-21XA-1"
		}
		return a
	}
	tanks := func(n int64) tally.Things { return tally.Things{Package: "tangki", Unit: "tangki", Quantity: n} }
	all := []tally.Act{
		act(aid.Settle, 1, tanks(28)),
		act(aid.Receive, 2, tanks(0)),
		act(aid.Receive, 3, tanks(30), tally.Things{Free: hostile, Unit: "buah", Quantity: 2}),
		act(aid.Report, 4, tanks(30)),
		act(aid.Verify, 5, tanks(30), tally.Things{Package: "tangki", Equivalent: "setara <b>", Unit: "tangki", Quantity: 1}),
	}
	all[4].Name, all[4].Demo = hostile, false
	return all
}

func feeds(t *testing.T, w *world, l bahasa.Language, latest []tally.Act) (feed atom.Feed, news jsonFeed, raw string) {
	t.Helper()
	a := w.areas()[w.pack.Root]
	a.Latest = latest
	x, j, err := w.pages.In(l).Feed(a)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(x, &feed); err != nil {
		t.Fatalf("Atom: %v", err)
	}
	if err := json.Unmarshal(j, &news); err != nil {
		t.Fatalf("JSON: %v", err)
	}
	return feed, news, string(x) + string(j)
}

func TestBothFeedsHoldWhatTheirStandardsAskFor(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	for _, l := range bahasa.Languages {
		latest := actsOf(w)
		feed, news, _ := feeds(t, w, l, latest)
		if feed.XMLName.Space != "http://www.w3.org/2005/Atom" || feed.ID == "" || feed.Title == "" || feed.Author.Name != w.pack.Operator.Name {
			t.Errorf("%s: the Atom feed says of itself %+v", l, feed)
		}
		if at, err := time.Parse(time.RFC3339, feed.Updated); err != nil || !at.Equal(latest[0].At) {
			t.Errorf("%s: updated %q (%v), want the newest entry's", l, feed.Updated, err)
		}
		if news.Version != "https://jsonfeed.org/version/1.1" || news.Title != feed.Title || news.Language != string(l) || len(news.Authors) != 1 {
			t.Errorf("%s: the JSON feed says of itself %+v", l, news)
		}
		var self string
		for _, link := range feed.Links {
			if link.Rel == "self" {
				self = link.Href
			}
			u, err := url.Parse(link.Href)
			if err != nil || !u.IsAbs() {
				t.Errorf("%s: link %q", l, link.Href)
			}
		}
		if self != w.pages.site+feedPaths[l].atom || news.FeedURL != w.pages.site+feedPaths[l].json {
			t.Errorf("%s: the feeds say that they are %s and %s", l, self, news.FeedURL)
		}
		if len(feed.Entries) != len(latest) || len(news.Items) != len(latest) {
			t.Fatalf("%s: %d and %d entries of %d", l, len(feed.Entries), len(news.Items), len(latest))
		}
		ids := map[string]bool{}
		for i, e := range feed.Entries {
			item := news.Items[i]
			if e.ID != item.ID || e.Title != item.Title || e.Summary != item.Text || item.URL != e.Links[0].Href || item.Published != e.Published {
				t.Errorf("%s: entry %d is %+v in Atom and %+v in JSON", l, i, e, item)
			}
			if ids[e.ID] || !strings.HasPrefix(e.ID, "tag:ksbb.example,2026:") {
				t.Errorf("%s: the id %s is not one entry's alone", l, e.ID)
			}
			ids[e.ID] = true
			if _, err := time.Parse(time.RFC3339, e.Updated); err != nil || e.Title == "" || e.Summary == "" {
				t.Errorf("%s: entry %d is %+v (%v)", l, i, e, err)
			}
			if want := w.pages.site + prefix(l) + placePath(latest[i].Recipient); item.URL != want {
				t.Errorf("%s: entry %d leads to %s, want %s", l, i, item.URL, want)
			}
			if invented := strings.HasPrefix(e.Title, w.pages.In(l).lang.Say("Data contoh")); invented != latest[i].Demo {
				t.Errorf("%s: entry %d: %q", l, i, e.Title)
			}
		}
	}
}

func TestNewsAreSaidInOneSentence(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	want := map[bahasa.Language][]string{
		bahasa.Indonesian: {
			"Padukuhan 01 Contoh Utara dan Komunitas Contoh Anggrek sepakat: 28 tangki diterima",
			"Padukuhan 01 Contoh Utara menjawab bahwa kiriman dari Komunitas Contoh Anggrek belum diterima",
			"Padukuhan 01 Contoh Utara menerima 30 tangki dan 2 buah (" + hostile + ") dari Komunitas Contoh Anggrek",
			"Komunitas Contoh Anggrek melaporkan 30 tangki sudah diantar ke Padukuhan 01 Contoh Utara",
			hostile + " menjanjikan 30 tangki dan 1 tangki (setara <b>) untuk Padukuhan 01 Contoh Utara",
		},
		bahasa.English: {
			"Padukuhan 01 Contoh Utara and Komunitas Contoh Anggrek agree: 28 tangki received",
			"Padukuhan 01 Contoh Utara answered that nothing from Komunitas Contoh Anggrek has arrived",
			"Padukuhan 01 Contoh Utara received 30 tangki and 2 buah (" + hostile + ") from Komunitas Contoh Anggrek",
			"Komunitas Contoh Anggrek reported 30 tangki as delivered to Padukuhan 01 Contoh Utara",
			hostile + " committed 30 tangki and 1 tangki (setara <b>) for Padukuhan 01 Contoh Utara",
		},
	}
	place := w.pages.fullName(w.places[0].Recipient)
	for l, sentences := range want {
		tanks := w.pages.In(l).packageOf("tangki")
		for i, a := range actsOf(w) {
			s := strings.ReplaceAll(sentences[i], "Padukuhan 01 Contoh Utara", place)
			for _, n := range []int64{28, 30, 1} {
				s = strings.ReplaceAll(s, fmt.Sprintf("%d tangki", n), fmt.Sprintf("%d %s", n, tanks.Thing(n)))
			}
			if got := w.pages.In(l).news(a); got != s {
				t.Errorf("%s: %q\nwant %q", l, got, s)
			}
		}
	}
}

func TestAFeedWithoutNewsIsStillAFeed(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	feed, news, raw := feeds(t, w, bahasa.Indonesian, nil)
	if len(feed.Entries) != 0 || news.Items == nil || len(news.Items) != 0 || !strings.Contains(raw, `"items":[]`) {
		t.Errorf("%+v, %+v", feed.Entries, news.Items)
	}
	if at, err := time.Parse(time.RFC3339, feed.Updated); err != nil || !at.Equal(w.instant) {
		t.Errorf("updated %q (%v)", feed.Updated, err)
	}
}

func TestAnEntryKeepsItsIdWhenTheFeedMovesOn(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	latest := actsOf(w)
	before, _, _ := feeds(t, w, bahasa.Indonesian, latest[1:])
	after, _, _ := feeds(t, w, bahasa.Indonesian, latest)
	for i, e := range before.Entries {
		if after.Entries[i+1].ID != e.ID {
			t.Errorf("%s became %s", e.ID, after.Entries[i+1].ID)
		}
	}
	english, _, _ := feeds(t, w, bahasa.English, latest)
	if english.ID == after.ID {
		t.Error("the two languages have one feed id")
	}
}

func TestSitemapsListEveryPageInEveryLanguage(t *testing.T) {
	t.Parallel()
	r := tiny(t).pages
	body, err := r.Sitemap([]string{"/", "/lokasi/x&y/"})
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		XMLName xml.Name
		URLs    []struct {
			Loc   string `xml:"loc"`
			Links []struct {
				Rel  string `xml:"rel,attr"`
				Lang string `xml:"hreflang,attr"`
				Href string `xml:"href,attr"`
			} `xml:"http://www.w3.org/1999/xhtml link"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal(body, &s); err != nil {
		t.Fatal(err)
	}
	if s.XMLName.Space != "http://www.sitemaps.org/schemas/sitemap/0.9" || s.XMLName.Local != "urlset" {
		t.Errorf("it is a %v", s.XMLName)
	}
	want := []string{"https://ksbb.example/", "https://ksbb.example/en/", "https://ksbb.example/lokasi/x&y/", "https://ksbb.example/en/lokasi/x&y/"}
	if len(s.URLs) != len(want) {
		t.Fatalf("%d addresses: %s", len(s.URLs), body)
	}
	for i, u := range s.URLs {
		if u.Loc != want[i] {
			t.Errorf("address %d is %s, want %s", i, u.Loc, want[i])
		}
		said := map[string]string{}
		for _, l := range u.Links {
			said[l.Lang] = l.Href
		}
		if said["id"] != want[i/2*2] || said["en"] != want[i/2*2+1] || said["x-default"] != want[i/2*2] {
			t.Errorf("%s says that its versions are %v", u.Loc, said)
		}
	}
	if _, err := r.Sitemap(make([]string, sitemapLimit/2+1)); err == nil {
		t.Error("more addresses than one file may hold were written")
	}
	if _, err := r.Sitemap(make([]string, sitemapLimit/2)); err != nil {
		t.Errorf("as many as one file may hold: %v", err)
	}
}

func TestTheSitemapIndexNamesTheSitemaps(t *testing.T) {
	t.Parallel()
	r := tiny(t).pages
	body, err := r.SitemapIndex([]string{"/sitemap/34.71.01.xml", "sitemap/34.71.02.xml"})
	if err != nil {
		t.Fatal(err)
	}
	var s struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
		Parts   []string `xml:"sitemap>loc"`
	}
	if err := xml.Unmarshal(body, &s); err != nil {
		t.Fatal(err)
	}
	if len(s.Parts) != 2 || s.Parts[0] != "https://ksbb.example/sitemap/34.71.01.xml" || s.Parts[1] != "https://ksbb.example/sitemap/34.71.02.xml" {
		t.Errorf("it names %v", s.Parts)
	}
	if _, err := r.SitemapIndex(make([]string, sitemapLimit+1)); err == nil {
		t.Error("more sitemaps than one file may hold were written")
	}
}

func TestTheFirstPageLeadsToTheNews(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	tree := w.tree(t)
	for _, l := range bahasa.Languages {
		path := prefix(l) + "/"
		if page := tree[path]; !strings.Contains(page, `type="application/atom+xml" href="`+feedPaths[l].atom+`"`) {
			t.Errorf("%s does not name %s", path, feedPaths[l].atom)
		}
	}
}
