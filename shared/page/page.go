// Package page renders the pages that people read, in each language of the site.
// It is pure: the same facts give the same bytes. It knows nothing private,
// because the types that it is given hold nothing private.
//
// Pages carry no inline script and no inline style, so that the site can forbid
// both. Every page can be read without JavaScript.
//
// What a page says is written in Indonesian, in Go as r.lang.Say("…") and in
// templates as {{t "…"}}; the dictionary in shared/bahasa/english has the
// English of it. English pages have the addresses of the Indonesian ones after
// /en, and lead to each other.
package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/url"
	"regexp"
	"strings"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/picture"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

//go:embed templates/*.html
var files embed.FS

// Renderer renders the pages of one region. It is safe for concurrent use.
type Renderer struct {
	lang      bahasa.Language
	pack      *region.Pack // in that language
	catalogue *aid.Catalogue
	charts    *charts
	outlines  *outlines
	site      string // origin, without a final slash
	pages     *template.Template
}

// New returns a renderer for a region, in Indonesian. siteURL is the origin of
// the public site, such as "https://ksbb.example".
func New(pack *region.Pack, siteURL string) (*Renderer, error) {
	u, err := url.Parse(siteURL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("site address %q: want http(s)://host", siteURL)
	}
	pages, err := template.New("").Funcs(funcs(bahasa.Indonesian)).ParseFS(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse page templates: %w", err)
	}
	return &Renderer{
		lang: bahasa.Indonesian, pack: pack, catalogue: pack.Catalogue(),
		charts:   &charts{shapes: pack.Shapes(area.Kelurahan), pack: pack, drawn: map[area.Code]chart{}},
		outlines: &outlines{known: map[area.Code]*picture.Outline{}},
		site:     strings.TrimRight(siteURL, "/"), pages: pages,
	}, nil
}

// In returns a renderer for the same region in another language.
func (r *Renderer) In(l bahasa.Language) *Renderer {
	if l == r.lang {
		return r
	}
	other := *r
	other.lang, other.pack = l, r.pack.In(l)
	other.catalogue = other.pack.Catalogue()
	other.pages = template.Must(template.New("").Funcs(funcs(l)).ParseFS(files, "templates/*.html"))
	return &other
}

// funcs are what templates can say, in a language.
func funcs(l bahasa.Language) template.FuncMap {
	return template.FuncMap{
		"own":    func(text string) template.HTML { return own(l, text) },
		"t":      l.Markup,
		"many":   l.Markups,
		"number": l.Number,
		"rupiah": l.Rupiah,
		"date":   l.Date,
	}
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
	Picture     shownAs // by which the page is shown where its address is passed on
	Data        *graph  // what the page says, for machines; nil for nothing
	JSONFeed    string  // the same as a JSON Feed
	OEmbed      string  // what says how the page is embedded, empty where it is not
	Lang        bahasa.Language
	Alternates  []alternate // this page in every language, where it is indexed
	Switch      crumb       // to this page in the other language
	Menu        []menu
	Path        string // the page's address, the same in every language

	Site     string
	Texts    region.Texts
	Operator region.Operator
}

// alternate is a page in one language.
type alternate struct {
	Lang bahasa.Language
	URL  string
}

// frame surrounds a page. path is its address, the same in every language but
// for what stands before it. Call hidden for a page that should not be indexed.
func (r *Renderer) frame(path, title, description, script string) frame {
	f := frame{
		Title: title + " · " + r.pack.Title, Description: description, Script: script, Lang: r.lang,
		Site: r.pack.Title, Texts: r.pack.Texts, Operator: r.pack.Operator,
		URL: r.site + prefix(r.lang) + path, Path: path, Menu: r.menu(),
	}
	if script != "" && r.lang != bahasa.Indonesian {
		f.Script = string(r.lang) + "/" + script
	}
	f.Picture = r.ownPicture()
	for _, l := range bahasa.Languages {
		f.Alternates = append(f.Alternates, alternate{l, r.site + prefix(l) + path})
	}
	f.Switch = crumb{"English", prefix(bahasa.English) + path}
	if r.lang == bahasa.English {
		f.Switch = crumb{"Bahasa Indonesia", path}
	}
	return f
}

// At tells whether the page is the one at a path.
func (f frame) At(path string) bool { return f.Path == path }

// menu is a group of links to the pages that every page leads to.
type menu struct {
	Name  string
	Links []crumb
}

func (r *Renderer) menu() []menu {
	return []menu{
		{r.lang.Say("Membantu"), []crumb{
			{r.lang.Say("Peta"), "/peta/"}, {r.lang.Say("Daftar kecamatan"), "/#daftar"}, {r.lang.Say("Cara membantu"), "/cara/"}, {r.lang.Say("Program"), "/program/"},
			{r.lang.Say("Paket dan harga"), "/paket/"}, {r.lang.Say("Mitra dan izinnya"), "/mitra/"},
		}},
		{r.lang.Say("Sesudah memberi"), []crumb{
			{r.lang.Say("Laporkan penyaluran"), "/lapor/"}, {r.lang.Say("Periksa BAST"), "/bast/"}, {r.lang.Say("Untuk penanggung jawab lokasi"), "/pj/"},
			{r.lang.Say("Aduan"), "/aduan/"}, {r.lang.Say("Usulan"), "/usulan/"},
		}},
		{r.lang.Say("Angka dan data"), []crumb{
			{r.lang.Say("Statistik"), "/statistik/"}, {r.lang.Say("Kolaborator"), "/kolaborator/"}, {r.lang.Say("Laporan berkala"), "/laporan/"},
			{r.lang.Say("Langganan laporan"), "/langganan/"}, {r.lang.Say("Data terbuka"), "/data/"}, {r.lang.Say("Sematkan di situs Anda"), "/sematkan/"},
		}},
		{r.lang.Say("Situs ini"), []crumb{
			{r.lang.Say("Keadaan layanan"), "/status/"}, {r.lang.Say("Privasi"), "/privasi/"}, {r.lang.Say("Aksesibilitas"), "/aksesibilitas/"},
		}},
	}
}

// hidden keeps a page out of indexes: it is for one person, or for a moment.
func (f frame) hidden() frame {
	f.URL, f.Alternates = "", nil
	return f
}

// prefix stands before the address of every page of a language.
func prefix(l bahasa.Language) string { return strings.TrimSuffix("/"+l.Folder(), "/") }

// shared are the files of the site that are the same in every language; /data/
// itself is a page.
var shared = regexp.MustCompile(`^/(?:aset|v1|gambar|foto)/|^/data/[^"#?]|^/[a-z.]+\.(?:svg|png|xml|json|txt|webmanifest)"`)

// localise leads every link to a page of the site to its page in the language,
// but for those that say which language they lead to.
func (r *Renderer) localise(page []byte) []byte {
	if r.lang == bahasa.Indonesian {
		return page
	}
	out := make([]byte, 0, len(page)+len(page)/32)
	for {
		i := bytes.IndexByte(page, '<')
		if i < 0 {
			return append(out, page...)
		}
		tag := page[i:]
		start, end := linkIn(tag)
		if end == 0 {
			out, page = append(out, page[:i+1]...), tag[1:]
			continue
		}
		out = append(append(out, page[:i]...), tag[:start]...)
		if !shared.Match(tag[start:end]) && !bytes.Contains(tag[:start], []byte("hreflang")) {
			out = append(out, prefix(r.lang)...)
		}
		out, page = append(out, tag[start:end]...), tag[end:]
	}
}

// linkIn returns where the address of a link inside the site stands in the tag
// that page begins with, with the quote after it; 0, 0 for none. A test says the
// same by a regular expression, which took a fifth of the time of drawing.
func linkIn(page []byte) (start, end int) {
	at := 0
	for _, name := range []string{"<a", "<form", "<meta"} {
		if rest, ok := bytes.CutPrefix(page, []byte(name)); ok && len(rest) > 0 && strings.IndexByte(" \n", rest[0]) >= 0 {
			at = len(name)
		}
	}
	if at == 0 {
		return 0, 0
	}
	for ; at < len(page) && page[at] != '>'; at++ {
		if page[at] != ' ' {
			continue
		}
		for _, attribute := range []string{` href="`, ` action="`, ` content="`} {
			value, ok := bytes.CutPrefix(page[at:], []byte(attribute))
			if !ok {
				continue
			}
			value = bytes.TrimPrefix(value, []byte("0; url="))
			n := bytes.IndexByte(value, '"')
			if n > 0 && value[0] == '/' && (n == 1 || letter(value[1:]) || value[1] == '#' || value[1] == '?') {
				start = len(page) - len(value)
				return start, start + n + 1
			}
		}
	}
	return 0, 0
}

// letter tells whether text begins with a small one.
func letter(text []byte) bool { return len(text) > 0 && text[0] >= 'a' && text[0] <= 'z' }

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
	return r.localise(page), nil
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
			name = r.lang.Say("Peta")
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
	return r.lang.Moment(t, r.pack.Zone)
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
