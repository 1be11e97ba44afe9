package page

import (
	"fmt"
	"html/template"
	"strings"

	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

// embedLimit is how large an embedded page may be, before compression: it is a
// guest on somebody else's page.
const embedLimit = 15_000

// The room that other sites are asked to leave for it.
const embedWidth, embedHeight = 480, 620

type embedView struct {
	Lang   bahasa.Language
	Site   string
	Title  string
	Name   string
	Here   string // the area's own page
	AsOf   string
	Demo   bool
	Totals tally.Totals
	Main   *embedLine
	Map    *smallMap
}

// embedLine is the need that stands for all others.
type embedLine struct {
	Thing string
	Q     tally.Quantities
	Bar   bar
}

// smallMap is a map without names and links: one path for each colour.
type smallMap struct {
	Width, Height int
	Label         string
	Paths         []smallPath
}

type smallPath struct {
	Class string
	Shape string
}

// Embed renders the page that other sites show of an area in a frame: its
// numbers, how far its need has been met and a small map. It has no script and
// none of the site's own frame, and leads out of the frame to the area's page.
func (r *Renderer) Embed(a tally.Area) ([]byte, error) {
	v := embedView{
		Lang: r.lang, Site: r.pack.Title, Name: a.Name, Title: a.Name + " · " + r.pack.Title, Here: r.areaPath(a.Code),
		AsOf: r.moment(a.AsOf), Demo: a.Totals.Demo > 0, Totals: a.Totals,
	}
	if lines := r.lines(a.Totals); len(lines) > 0 {
		q := lines[0].Q
		v.Main = &embedLine{Thing: lines[0].Package.Thing(q.Remaining), Q: q, Bar: lines[0].Bar}
	}
	v.Map = r.small(a)
	page, err := r.render("embed", v)
	if err == nil && len(page) > embedLimit {
		// A guest that is too large leaves its map at home.
		v.Map = nil
		page, err = r.render("embed", v)
	}
	return page, err
}

// small draws the areas directly inside one, no finer than it will be seen, and
// none where nothing lies inside.
func (r *Renderer) small(a tally.Area) *smallMap {
	const across, tallest = 250, 220
	shapes := r.charts.shapes
	near := func(c area.Code) bool {
		for _, in := range r.pack.Insets {
			if in.Contains(c) && !in.Contains(a.Code) {
				return false
			}
		}
		return true
	}
	class := map[area.Code]string{}
	var needs []tally.Quantities
	for _, c := range a.Children {
		needs = append(needs, c.Totals.Value)
	}
	steps := scaleOf(needs) // as on the area's own page, so that some part always stands out
	for _, c := range a.Children {
		class[c.Code] = steps.class(c.Totals.Value)
	}
	inside := map[string][]region.Shape{}
	var all []region.Shape
	for _, k := range r.pack.At(area.Kelurahan) {
		s, drawn := shapes[k.Code]
		if !drawn || !a.Code.Contains(k.Code) || !near(k.Code) {
			continue
		}
		name := class[k.Code.At(a.Code.Level()+1)]
		if name == "" {
			name = "qn"
		}
		inside[name] = append(inside[name], s)
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil
	}
	frame := region.Fit(across, all...)
	if frame.Height > tallest {
		frame = region.Fit(across*tallest/frame.Height, all...)
	}
	m := &smallMap{Width: int(frame.Width) + 1, Height: int(frame.Height) + 1, Label: r.lang.Say("Peta %s: makin gelap, makin banyak yang belum dijanjikan", a.Name)}
	for _, name := range []string{"qn", "q0", "q1", "q2", "q3", "q4"} {
		var path strings.Builder
		for _, s := range inside[name] {
			path.WriteString(s.Path(frame.Project))
		}
		if path.Len() > 0 {
			m.Paths = append(m.Paths, smallPath{name, path.String()})
		}
	}
	return m
}

// oembed answers sites that ask how an area's page is embedded (oembed.com).
type oembed struct {
	Type      string `json:"type"`
	Version   string `json:"version"`
	Title     string `json:"title"`
	Provider  string `json:"provider_name"`
	Home      string `json:"provider_url"`
	CacheAge  int    `json:"cache_age"` // seconds
	HTML      string `json:"html"`
	Width     int    `json:"width"`
	Height    int    `json:"height"`
	Thumbnail string `json:"thumbnail_url"`
	Wide      int    `json:"thumbnail_width"`
	High      int    `json:"thumbnail_height"`
}

func oembedPath(code area.Code) string { return "data/v1/oembed/" + string(code) + ".json" }

func (r *Renderer) oembed(code area.Code, name string) ([]byte, error) {
	shown := r.ownPicture()
	return encoded(oembed{
		Type: "rich", Version: "1.0", Title: name + " · " + r.pack.Title, Provider: r.pack.Title, Home: r.site + prefix(r.lang) + "/", CacheAge: 86400,
		HTML: r.snippet(code, name), Width: embedWidth, Height: embedHeight,
		Thumbnail: shown.URL, Wide: shown.Width(), High: shown.Height(),
	}, "oEmbed answer of "+string(code))
}

// snippet is what another site puts into its page.
func (r *Renderer) snippet(code area.Code, name string) string {
	return fmt.Sprintf(`<iframe src="%s%s/embed/%s/" title="%s" width="%d" height="%d" loading="lazy" style="border:0;max-width:100%%"></iframe>`,
		r.site, prefix(r.lang), code, template.HTMLEscapeString(r.lang.Say("Kebutuhan di %s", name)), embedWidth, embedHeight)
}

// discovery leads from an area's page to what says how it is embedded.
func (r *Renderer) discovery(code area.Code) string {
	return r.site + prefix(r.lang) + "/" + oembedPath(code)
}

type embedHelp struct {
	frame
	Whole   crumb
	Example string
	Frame   string // where the example is
	Width   int
	Height  int
	Areas   []embedArea
	News    string // the feed in the page's language
}

// embedArea is one area with what embeds it.
type embedArea struct {
	Code   area.Code
	Name   string
	Inside []crumb // its kecamatan; Path is the area's code
}

// embedPage says how the site's figures are shown on another site.
func (r *Renderer) embedPage() embedHelp {
	root := r.pack.Root
	v := embedHelp{
		frame: r.frame("/sematkan/", r.lang.Say("Sematkan di situs Anda"),
			r.lang.Say("Tampilkan kebutuhan sebuah wilayah di situs atau blog Anda, selalu dengan angka terbaru."), "sematkan.js"),
		Whole: crumb{r.pack.AreaName(root), string(root)}, Example: r.snippet(root, r.pack.AreaName(root)), News: feedPaths[r.lang].atom,
		Frame: prefix(r.lang) + "/embed/" + string(root) + "/", Width: embedWidth, Height: embedHeight,
	}
	for _, k := range r.pack.Children(root) {
		one := embedArea{Code: k.Code, Name: k.Name}
		for _, c := range r.pack.Children(k.Code) {
			one.Inside = append(one.Inside, crumb{c.Name, string(c.Code)})
		}
		v.Areas = append(v.Areas, one)
	}
	return v
}
