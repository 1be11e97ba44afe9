// Package page renders the pages that people read, in Indonesian. It is pure:
// the same facts give the same bytes. It knows nothing private, because the
// types that it is given hold nothing private.
//
// Pages carry no inline script and no inline style, so that the site can forbid
// both. Every page can be read without JavaScript.
package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

//go:embed templates/*.html
var files embed.FS

// Renderer renders the pages of one region. It is safe for concurrent use.
type Renderer struct {
	pack      *region.Pack
	catalogue *aid.Catalogue
	charts    *charts
	site      string // origin, without a final slash
	pages     *template.Template
}

// New returns a renderer for a region. siteURL is the origin of the public
// site, such as "https://ksbb.example".
func New(pack *region.Pack, siteURL string) (*Renderer, error) {
	u, err := url.Parse(siteURL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("site address %q: want http(s)://host", siteURL)
	}
	pages, err := template.New("").Funcs(template.FuncMap{
		"number": bahasa.Number,
		"rupiah": bahasa.Rupiah,
		"date":   bahasa.Date,
	}).ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse page templates: %w", err)
	}
	return &Renderer{
		pack: pack, catalogue: pack.Catalogue(),
		charts: &charts{shapes: pack.Shapes(area.Kelurahan), pack: pack, drawn: map[area.Code]chart{}},
		site:   strings.TrimRight(siteURL, "/"), pages: pages,
	}, nil
}

// frame is what surrounds every page.
type frame struct {
	Title       string
	Description string
	URL         string // absolute; empty where the page should not be indexed
	Script      string // module under /aset/, empty for none
	Refresh     string // where the page leads at once, empty for nowhere
	Feed        string // Atom feed of what the page lists, empty for none
	Wide        bool
	Demo        bool

	Site     string
	Texts    region.Texts
	Operator region.Operator
}

func (r *Renderer) frame(path, title, description, script string) frame {
	f := frame{
		Title: title + " · " + r.pack.Title, Description: description, Script: script,
		Site: r.pack.Title, Texts: r.pack.Texts, Operator: r.pack.Operator,
	}
	if path != "" {
		f.URL = r.site + path
	}
	return f
}

// render fills a template and takes out the indentation, which is a fifth of a
// page and means nothing in it.
func (r *Renderer) render(name string, view any) ([]byte, error) {
	var out bytes.Buffer
	if err := r.pages.ExecuteTemplate(&out, name, view); err != nil {
		return nil, fmt.Errorf("render page %s: %w", name, err)
	}
	lines := bytes.Split(out.Bytes(), []byte("\n"))
	page := make([]byte, 0, out.Len())
	for _, line := range lines {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			page = append(append(page, line...), '\n')
		}
	}
	return page, nil
}

// crumb is one step of the way down to a page.
type crumb struct{ Name, Path string }

// crumbs leads from the province to the parent of code. The province is the
// home page.
func (r *Renderer) crumbs(code area.Code) []crumb {
	var way []crumb
	for _, a := range r.pack.Ancestors(code) {
		name := a.Name
		if a.Code == r.pack.Root {
			name = "Peta"
		}
		way = append(way, crumb{Name: name, Path: r.areaPath(a.Code)})
	}
	return way
}

func (r *Renderer) areaPath(code area.Code) string {
	if code == r.pack.Root {
		return "/"
	}
	return "/wilayah/" + string(code) + "/"
}

func placePath(id aid.RecipientID) string { return "/lokasi/" + string(id) + "/" }

// moment writes an instant in the region's own time.
func (r *Renderer) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(r.pack.Zone)
	return fmt.Sprintf("%s pukul %s %s", bahasa.Date(aid.DayOf(t, r.pack.Zone)), t.Format("15.04"), t.Format("MST"))
}

// main returns the package that stands for all others where there is room for
// one number: the one that most household-days are needed of, or else most
// units.
func (r *Renderer) main(t tally.Totals) (region.Package, bool) {
	var best region.Package
	var most int64
	for _, milli := range []bool{true, false} {
		for _, p := range r.pack.Packages {
			n := t.Packages[p.ID].Needed
			if milli {
				n *= p.MilliHouseholdDays
			}
			if n > most {
				best, most = p, n
			}
		}
		if most > 0 {
			return best, true
		}
	}
	return best, false
}
