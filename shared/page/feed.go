package page

import (
	"encoding/json"
	"fmt"

	"ksbb/shared/aid"
	"ksbb/shared/atom"
	"ksbb/shared/bahasa"
	"ksbb/shared/tally"
)

// feedPaths are where the news of the region are.
var feedPaths = map[bahasa.Language]struct{ atom, json string }{
	bahasa.Indonesian: {"/data/v1/feed.atom", "/data/v1/feed.json"},
	bahasa.English:    {"/data/v1/feed.en.atom", "/data/v1/feed.en.json"},
}

// jsonFeed is a JSON Feed, version 1.1.
type jsonFeed struct {
	Version     string       `json:"version"`
	Title       string       `json:"title"`
	HomePage    string       `json:"home_page_url"`
	FeedURL     string       `json:"feed_url"`
	Description string       `json:"description"`
	Icon        string       `json:"icon"`
	Authors     []jsonAuthor `json:"authors"`
	Language    string       `json:"language"`
	Items       []jsonItem   `json:"items"`
}

type jsonAuthor struct {
	Name string `json:"name"`
}

type jsonItem struct {
	ID        string   `json:"id"`
	URL       string   `json:"url"`
	External  string   `json:"external_url,omitempty"`
	Title     string   `json:"title"`
	Text      string   `json:"content_text"`
	Published string   `json:"date_published"`
	Tags      []string `json:"tags"`
}

// Feed renders the news of an area for readers of feeds, as Atom (RFC 4287) and
// as JSON Feed: who gave what to whom, newest first. An entry keeps its id for
// ever.
func (r *Renderer) Feed(a tally.Area) (atomBody, jsonBody []byte, err error) {
	here := r.site + prefix(r.lang)
	paths := feedPaths[r.lang]
	title := r.lang.Say("Kabar %s", r.pack.Title)
	about := r.lang.Say("Siapa memberi apa kepada siapa: komitmen, penyaluran, dan penerimaan terbaru.")
	if a.Totals.Demo > 0 {
		title = r.lang.Say("Data contoh") + " · " + title
	}
	f := atom.Feed{
		Lang: string(r.lang), ID: r.stampOf("kabar/" + string(a.Code) + "/" + string(r.lang)), Title: title, Updated: atom.Instant(a.AsOf),
		Links: []atom.Link{
			{Rel: "self", Type: atom.ContentType, Href: r.site + paths.atom},
			{Rel: "alternate", Type: "text/html", Href: here + r.areaPath(a.Code), Lang: string(r.lang)},
		},
		Author: atom.Person{Name: r.pack.Operator.Name}, Icon: r.site + "/" + iconPath(192),
	}
	j := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: title, HomePage: here + r.areaPath(a.Code), FeedURL: r.site + paths.json,
		Description: about, Icon: r.site + "/" + iconPath(512), Authors: []jsonAuthor{{r.pack.Operator.Name}}, Language: string(r.lang), Items: []jsonItem{},
	}
	if len(a.Latest) > 0 {
		// Recomputed or not, a feed is as new as its newest entry.
		f.Updated = atom.Instant(a.Latest[0].At)
	}
	for _, act := range a.Latest {
		id := r.stampOf(fmt.Sprintf("%s/%s/%s/%d", act.Number, act.Move, act.BAST, act.At.Unix()))
		headline, at := r.news(act), atom.Instant(act.At)
		tags := []string{r.programName(string(act.Program)), r.lang.Class(act.Class)}
		if act.Demo {
			headline = r.lang.Say("Data contoh") + " · " + headline
			tags = append(tags, r.lang.Say("Data contoh"))
		}
		text := r.newsDetail(act)
		e := atom.Entry{
			ID: id, Title: headline, Published: at, Updated: at, Summary: text,
			Links: []atom.Link{{Rel: "alternate", Type: "text/html", Href: here + placePath(act.Recipient), Lang: string(r.lang)}},
		}
		item := jsonItem{ID: id, URL: here + placePath(act.Recipient), Title: headline, Text: text, Published: at, Tags: tags}
		for _, tag := range tags {
			e.Categories = append(e.Categories, atom.Category{Term: tag, Label: tag})
		}
		if act.BAST != "" {
			item.External = here + "/bast/" + string(act.BAST) + "/"
			e.Links = append(e.Links, atom.Link{Rel: "related", Type: "text/html", Href: item.External, Lang: string(r.lang)})
		}
		f.Entries, j.Items = append(f.Entries, e), append(j.Items, item)
	}
	if atomBody, err = f.Encode(); err != nil {
		return nil, nil, err
	}
	if jsonBody, err = json.Marshal(j); err != nil {
		return nil, nil, fmt.Errorf("encode the JSON feed of %s: %w", a.Code, err)
	}
	return atomBody, append(jsonBody, '\n'), nil
}

// news says an act in one sentence: "Komunitas Contoh menjanjikan 30 paket
// sembako untuk RW 03 Cengkareng Timur".
func (r *Renderer) news(a tally.Act) string {
	things, none := r.given(a)
	place := r.placeOf(a)
	switch {
	case a.Move == aid.Verify:
		return r.lang.Say("%s menjanjikan %s untuk %s", a.Name, things, place)
	case a.Move == aid.Report:
		return r.lang.Say("%s melaporkan %s sudah diantar ke %s", a.Name, things, place)
	case none:
		return r.lang.Say("%s menjawab bahwa kiriman dari %s belum diterima", place, a.Name)
	case a.Move == aid.Settle:
		return r.lang.Say("%s dan %s sepakat: %s diterima", place, a.Name, things)
	}
	return r.lang.Say("%s menerima %s dari %s", place, things, a.Name)
}

// newsDetail says when and where it was, and under which numbers it is found.
func (r *Renderer) newsDetail(a tally.Act) string {
	said := r.moment(a.At) + ". " + r.lang.Say("Komitmen %s", a.Number)
	if a.BAST != "" {
		said += ", " + string(a.BAST)
	}
	return said + ". " + r.lang.Class(a.Class) + ", " + r.programName(string(a.Program)) + "."
}

// given lists what an act is about, and tells whether that is nothing at all.
func (r *Renderer) given(a tally.Act) (words string, none bool) {
	var all []string
	none = true
	for _, t := range a.Things {
		none = none && t.Quantity == 0
		n := r.lang.Number(t.Quantity)
		switch {
		case t.Package == "":
			all = append(all, fmt.Sprintf("%s %s (%s)", n, t.Unit, t.Free))
		case t.Equivalent != "":
			all = append(all, fmt.Sprintf("%s %s (%s)", n, r.packageOf(t.Package).Thing(t.Quantity), t.Equivalent))
		default:
			all = append(all, n+" "+r.packageOf(t.Package).Thing(t.Quantity))
		}
	}
	return r.lang.List(all), none
}

// placeOf is the name by which the recipient of an act is known outside its
// kelurahan.
func (r *Renderer) placeOf(a tally.Act) string {
	return r.fullName(aid.Recipient{Name: a.Place, Area: a.Area})
}
