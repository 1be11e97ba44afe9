package page

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// world is a region with a few places, enough for every kind of page.
type world struct {
	pack    *region.Pack
	pages   *Renderer
	places  []aid.Place
	story   map[aid.RecipientID][]aid.Commitment
	files   []aid.Evidence
	instant time.Time
}

// hostile is a name that somebody might try. It must never become markup.
const hostile = `<script>alert(1)</script>"onload='x' {{.}} & Contoh`

func tiny(t *testing.T) *world {
	t.Helper()
	pack := regiontest.Tiny(t)
	pages, err := New(pack, "https://ksbb.example/")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 5, 22, 1, 0, 0, 0, time.UTC)
	place := func(id, name string, in area.Code, kind aid.KindID, at aid.Point, needs ...aid.Need) aid.Place {
		p := aid.Place{
			Recipient: aid.Recipient{
				ID: aid.RecipientID(id), Name: name, Kind: kind, Area: in, Point: at, Households: 90, People: 350,
				Steward: "Ibu Contoh Kenanga", Address: "Jalan Contoh 1", Demo: true,
				Flags:      []aid.Flag{{ID: "rawan-kering", On: "2026-05-01", Source: "data contoh"}},
				Indicators: []aid.Indicator{{ID: "sumur-kering", Value: 7, On: "2026-05-01", Source: "data contoh"}},
			},
			Activity: aid.Activity{Rev: 3, Open: 1, UpdatedAt: now},
		}
		for _, n := range needs {
			n.Recipient, n.ID, n.Program = p.Recipient.ID, aid.NeedOf(p.Recipient.ID, n.Package), "air-bersih"
			n.Source, n.ConfirmedBy = "data contoh", "dukuh"
			p.Needs = append(p.Needs, n)
		}
		return p
	}
	w := &world{pack: pack, pages: pages, instant: now}
	w.places = []aid.Place{
		place("34.71.01.1001.001", "Padukuhan 01", "34.71.01.1001.001", "padukuhan", aid.Point{Lng: 110.361, Lat: -7.786},
			aid.Need{Package: "tangki", Needed: 420, Committed: 30, Delivered: 30, Received: 120, ConfirmedOn: "2026-05-20"},
			aid.Need{Package: "galon", Needed: 1000, ConfirmedOn: "2026-04-01"}),
		place("34.71.01.1001.002", hostile, "34.71.01.1001.002", "padukuhan", aid.Point{Lng: 110.364, Lat: -7.789},
			aid.Need{Package: "tangki", Needed: 10, ConfirmedOn: "2026-05-20"}),
		place("34.71.01.1001-puskesmas-001", "Puskesmas Contoh", "34.71.01.1001", "puskesmas", aid.Point{Lng: 110.3621, Lat: -7.7842},
			aid.Need{Package: "galon", Needed: 5, Received: 5, ConfirmedOn: "2026-05-20"}),
		place("34.71.02.1001.001", "Padukuhan 09", "34.71.02.1001.001", "padukuhan", aid.Point{Lng: 110.37, Lat: -7.81}),
	}
	first := w.places[0].Recipient.ID
	line := func(n int64) []aid.Line {
		return []aid.Line{{Need: aid.NeedOf(first, "tangki"), Package: "tangki", Quantity: n, Unit: "tangki", Value: 1}}
	}
	commitment := func(id, name string, lines []aid.Line, moves ...move) aid.Commitment {
		return w.lived(t, aid.Commitment{
			ID: aid.CommitmentID("0198c0de-0000-7000-8000-" + id), Recipient: first, Program: "air-bersih", Lines: lines,
			Name: name, Class: aid.Community, State: aid.Submitted, Route: aid.Direct, Period: aid.Period{From: "2026-05-22", To: "2026-05-24"},
			SubmittedAt: now.Add(-2 * time.Hour), VerifyBy: now.Add(time.Hour), Version: 1,
		}, moves...)
	}
	w.story = map[aid.RecipientID][]aid.Commitment{first: {
		commitment("000000000001", "Komunitas Contoh Anggrek", line(120), verify, sign, deliver("d1", 120), answer("d1", aid.Full, aid.ViaSteward)),
		commitment("000000000002", "", line(30), verify),
		commitment("000000000003", hostile, append(line(30), aid.Line{Quantity: 2, Unit: "buah", Free: hostile}), verify, sign, deliver("d2", 30, 2)),
		commitment("000000000004", "Pengirim Batal Contoh", line(77), verify, withdraw),
		commitment("000000000005", "Belum Terbukti Contoh", line(78)),
		commitment("000000000006", "Kedaluwarsa Contoh", line(79), verify, lapse),
	}}
	return w
}

// tree renders every page of the world, by path.
// tree renders every page of the world in every language.
func (w *world) tree(t *testing.T) map[string]string {
	t.Helper()
	tree := map[string]string{}
	for _, l := range bahasa.Languages {
		w.edition(t, l, tree)
	}
	return tree
}

// edition adds every page of the world in one language to a tree.
func (w world) edition(t *testing.T, l bahasa.Language, tree map[string]string) {
	t.Helper()
	w.pages = w.pages.In(l)
	pages, err := w.pages.Fixed()
	if err != nil {
		t.Fatal(err)
	}
	add := func(path string, body []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("render %s: %v", path, err)
		}
		tree[prefix(l)+path] = string(body)
	}
	for path, body := range pages {
		if strings.HasSuffix(path, ".html") {
			add("/"+strings.TrimSuffix(path, "index.html"), body, nil)
		}
	}
	areas := w.areas()
	for code, a := range areas {
		switch code.Level() {
		case area.Provinsi:
			body, err := w.pages.Home(a, areas)
			add("/", body, err)
		case area.Kelurahan:
			groups := map[aid.GroupID][]aid.Place{w.pack.FirstGroup(): nil}
			for _, p := range w.in(code) {
				g := w.pack.Catalogue().Kinds[p.Recipient.Kind].Group
				groups[g] = append(groups[g], p)
			}
			for g, places := range groups {
				path, said := "/wilayah/"+string(code)+"/", a
				if g != w.pack.FirstGroup() {
					path, said.Totals = path+string(g)+"/", tally.Fold(places, w.pack.Catalogue())
				}
				body, err := w.pages.Kelurahan(said, g, places)
				add(path, body, err)
			}
		default:
			body, err := w.pages.Area(a, areas)
			add("/wilayah/"+string(code)+"/", body, err)
		}
	}
	for code, a := range areas {
		if code.Level() > area.Kecamatan {
			continue
		}
		body, err := w.pages.Embed(a)
		add("/embed/"+string(code)+"/", body, err)
	}
	for code, a := range areas {
		if code.Level() > area.Kota {
			continue
		}
		var parts []tally.Part
		for _, c := range a.Children {
			parts = append(parts, tally.Part{Key: string(c.Code), Totals: c.Totals})
		}
		body, err := w.pages.Statistics(code, w.instant, tally.StatisticsOf(a.Totals, w.giving(code), parts), "data/v1/statistics/"+string(code)+".abc.json", "sha256-abc")
		add(statisticsPath(code, w.pack.Root), body, err)
	}
	whole := tally.StatisticsOf(areas[w.pack.Root].Totals, w.giving(w.pack.Root), nil)
	for _, p := range w.pack.Programs {
		body, err := w.pages.Program(p.ID, w.instant, whole, "data/v1/statistics/34.abc.json", "sha256-abc")
		add(programPath(p.ID), body, err)
	}
	givers := report.NewGivers(w.pack)
	for _, p := range w.places {
		givers.Add(p.Recipient, w.story[p.Recipient.ID])
	}
	entry := report.Entry{Period: "2026-05", Kind: report.Monthly, From: "2026-05-01", To: "2026-05-31", Summary: hostile, Revisions: []report.Revision{{
		Revision: 1, MadeAt: w.instant, Files: []report.Source{{Path: "data/v1/reports/2026-05/1.json", Type: "application/json"}, {Path: "data/v1/reports/2026-05/1.pdf", Type: "application/pdf"}},
	}}}
	body, err := w.pages.Collaborators(givers.List(w.instant, 200), report.Source{Path: "data/v1/collaborators.json", Hash: "sha256-abc"})
	add("/kolaborator/", body, err)
	body, err = w.pages.Reports(report.Index{Reports: []report.Entry{entry}})
	add("/laporan/", body, err)
	made := report.Report{Period: "2026-05", Kind: report.Monthly, From: "2026-05-01", To: "2026-05-31", Region: w.pack.Root, Name: "Pesisir", Revision: 1, Paragraphs: []string{hostile},
		Gaps: []report.Spot{{Recipient: w.places[1].Recipient.ID, Name: hostile, Kind: "padukuhan", Area: w.places[1].Recipient.Area, Open: 5}}}
	body, err = w.pages.Report(made, entry.Revisions, entry.Revisions[0].Files[0], report.Near{})
	add("/laporan/2026-05/", body, err)
	body, err = w.pages.Data(report.Open{}, report.Tables)
	add("/data/", body, err)
	for _, p := range w.places {
		near := w.places[1:2]
		body, err := w.pages.Place(p, w.story[p.Recipient.ID], w.files, near)
		add("/lokasi/"+string(p.Recipient.ID)+"/", body, err)
		body, err = w.pages.Form(p, near)
		add("/bantu/"+string(p.Recipient.ID)+"/", body, err)
		for _, c := range w.story[p.Recipient.ID] {
			for _, d := range c.Deliveries {
				body, err := w.pages.BAST(p, c, d, w.files)
				add(bastPath(d.Number), body, err)
			}
		}
	}
	body, err = w.pages.Status(areas[w.pack.Root], 1642, "2026-05-21")
	add("/status/", body, err)
}

func (w *world) in(code area.Code) []aid.Place {
	var inside []aid.Place
	for _, p := range w.places {
		if code.Contains(p.Recipient.Area) {
			inside = append(inside, p)
		}
	}
	return inside
}

// giving returns what the stories of the places in an area add up to.
func (w *world) giving(code area.Code) tally.Giving {
	var all tally.Giving
	for _, p := range w.in(code) {
		all = all.Plus(tally.GivingOf(p, w.story[p.Recipient.ID], w.pack.Catalogue()))
	}
	return all
}

func (w *world) areas() map[area.Code]tally.Area {
	all := map[area.Code]tally.Area{}
	for _, a := range w.pack.Areas {
		t := tally.Area{Code: a.Code, Name: a.Name, Point: a.Point, AsOf: w.instant, Totals: tally.Fold(w.in(a.Code), w.pack.Catalogue())}
		for _, c := range w.pack.Children(a.Code) {
			t.Children = append(t.Children, tally.Child{Code: c.Code, Name: c.Name, Point: c.Point, Totals: tally.Fold(w.in(c.Code), w.pack.Catalogue())})
		}
		all[a.Code] = t
	}
	return all
}

// element is a start tag with the text up to the next tag.
type element struct {
	Name  string
	Attrs map[string]string
	Path  []string // names of the elements around it
	Text  string
}

// elements reads a page and fails the test when its tags do not match.
func elements(t *testing.T, path, page string) []element {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var all []element
	var around []string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s is not well-formed: %v", path, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			attrs := map[string]string{}
			for _, a := range e.Attr {
				attrs[a.Name.Local] = a.Value
			}
			all = append(all, element{Name: e.Name.Local, Attrs: attrs, Path: slices.Clone(around)})
			around = append(around, e.Name.Local)
		case xml.EndElement:
			if n := len(around) - 1; n < 0 || around[n] != e.Name.Local {
				t.Fatalf("%s: </%s> closes %v", path, e.Name.Local, around)
			}
			around = around[:len(around)-1]
		case xml.CharData:
			if len(all) > 0 {
				all[len(all)-1].Text += string(e)
			}
		}
	}
	return all
}

func TestNoPageCarriesInlineScriptOrStyle(t *testing.T) {
	t.Parallel()
	for path, page := range tiny(t).tree(t) {
		for _, e := range elements(t, path, page) {
			// What only describes the page is data: browsers run none of it.
			if e.Name == "style" || e.Name == "script" && e.Attrs["src"] == "" && e.Attrs["type"] != "application/ld+json" {
				t.Errorf("%s has an inline <%s>", path, e.Name)
			}
			for name, value := range e.Attrs {
				if name == "style" || strings.HasPrefix(name, "on") || strings.HasPrefix(strings.ToLower(value), "javascript:") {
					t.Errorf("%s: <%s %s=%q>", path, e.Name, name, value)
				}
				if strings.Contains(value, "ZgotmplZ") {
					t.Errorf("%s: <%s %s> holds what the template refused", path, e.Name, name)
				}
			}
			if src := e.Attrs["src"] + e.Attrs["href"]; e.Name != "a" && strings.Contains(src, "//") && e.Attrs["rel"] != "canonical" && e.Attrs["hreflang"] == "" && e.Attrs["type"] != "application/json+oembed" {
				t.Errorf("%s loads %s from elsewhere", path, src)
			}
		}
	}
}

func TestHostileNamesStayWords(t *testing.T) {
	t.Parallel()
	seen := 0
	for path, page := range tiny(t).tree(t) {
		if strings.Contains(page, "<script>alert") {
			t.Errorf("%s carries the hostile name as markup", path)
		}
		seen += strings.Count(page, "&lt;script&gt;alert(1)")
	}
	if seen < 6 {
		t.Errorf("the hostile name was written %d times, want it on several pages", seen)
	}
}

func TestEveryLinkLeadsToAPage(t *testing.T) {
	t.Parallel()
	tree := tiny(t).tree(t)
	served := regexp.MustCompile(`^/(aset/((ksbb|atlas|embed|petugas)\.css|(en/)?(peta|lokasi|bantu|k|pj|lapor|aduan|usulan|langganan|bast|status|poster|sematkan|urut|awal|atlas|petugas)\.js)|favicon\.svg|gambar/ikon-192\.png|(en/)?manifest\.webmanifest|data/manifest\.json|data/v1/(collaborators|complaints|definitions|open/index|reports/index)\.json|data/v1/(reports/feed|feed(\.en)?)\.atom|data/v1/feed(\.en)?\.json|data/v1/reports/2026-05/1\.(json|pdf)|data/v1/(recipients|statistics)/[^/]+\.json|data/schemas/log\.json|v1/openapi\.json)$`)
	for path, page := range tree {
		ids := map[string]bool{}
		all := elements(t, path, page)
		for _, e := range all {
			ids[e.Attrs["id"]] = true
		}
		for _, e := range all {
			link := e.Attrs["href"] + e.Attrs["src"]
			target, anchor, _ := strings.Cut(link, "#")
			target, _, _ = strings.Cut(target, "?")
			switch {
			case link == "" || link == "tel:112":
			case strings.HasPrefix(link, "https://"):
				if e.Name == "a" && e.Attrs["rel"] != "noopener noreferrer" {
					t.Errorf("%s tells %s where its reader came from", path, link)
				}
			case target == "":
				if !ids[anchor] {
					t.Errorf("%s links to #%s, which it does not have", path, anchor)
				}
			case tree[target] == "" && !served.MatchString(target):
				t.Errorf("%s links to %s, which is nowhere", path, link)
			}
		}
	}
}

func TestEveryKelurahanIsALinkOnTheMap(t *testing.T) {
	t.Parallel()
	for _, name := range append(region.Names(), "tiny") {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pack := regiontest.Tiny(t)
			if name != "tiny" {
				var err error
				if pack, err = region.Load(name); err != nil {
					t.Fatal(err)
				}
			}
			pages, err := New(pack, "https://ksbb.example")
			if err != nil {
				t.Fatal(err)
			}
			page, err := pages.Home(tally.Area{Code: pack.Root}, nil)
			if err != nil {
				t.Fatal(err)
			}
			links := map[string]bool{}
			for _, e := range elements(t, "/", string(page)) {
				if e.Name == "path" && slices.Contains(e.Path, "a") && e.Attrs["d"] == "" {
					t.Errorf("an area has no shape")
				}
				if e.Name == "a" && slices.Contains(e.Path, "svg") {
					links[e.Attrs["href"]] = true
				}
			}
			for _, a := range pack.At(area.Kelurahan) {
				if !links["/wilayah/"+string(a.Code)+"/"] {
					t.Errorf("%s (%s) is not on the map", a.Name, a.Code)
				}
			}
		})
	}
}

// The front page must reach a cheap phone quickly: 20 KB, measured here with
// gzip, which is never smaller than the brotli that the edge sends.
func TestTheFrontPageOfAFullRegionIsSmall(t *testing.T) {
	t.Parallel()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := New(pack, "https://ksbb.example")
	if err != nil {
		t.Fatal(err)
	}
	areas := map[area.Code]tally.Area{}
	for i := len(pack.Areas) - 1; i >= 0; i-- {
		a := pack.Areas[i]
		n := int64(1000 + 137*i)
		main := tally.Quantities{Needed: 9 * n, Committed: n % 700, Received: n, Remaining: 8*n - n%700}
		of := tally.Totals{Recipients: 12, Households: n, Unreached: 3, Packages: map[aid.PackageID]tally.Quantities{"sembako": main}, Value: main}
		t := tally.Area{Code: a.Code, Name: a.Name, Totals: of}
		for _, c := range pack.Children(a.Code) {
			t.Children = append(t.Children, tally.Child{Code: c.Code, Name: c.Name, Totals: areas[c.Code].Totals})
		}
		areas[a.Code] = t
	}
	page, err := pages.Home(areas[pack.Root], areas)
	if err != nil {
		t.Fatal(err)
	}
	var small bytes.Buffer
	z, _ := gzip.NewWriterLevel(&small, gzip.BestCompression)
	z.Write(page)
	z.Close()
	if small.Len() > 20_000 {
		t.Errorf("the front page is %d bytes compressed (%d plain), want at most 20000", small.Len(), len(page))
	}
}

func TestSameFactsGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	a, b := tiny(t).tree(t), tiny(t).tree(t)
	for path := range a {
		if a[path] != b[path] {
			t.Errorf("%s differs between two renderings", path)
		}
	}
}

func TestOnlyCountedCommitmentsAreTold(t *testing.T) {
	t.Parallel()
	page := tiny(t).tree(t)["/lokasi/34.71.01.1001.001/"]
	for _, want := range []string{
		"120 tangki air diterima", "30 tangki air dijanjikan", "tangki air dan 2 buah", "dilaporkan", "Hamba Allah (komunitas)", "Komunitas Contoh Anggrek",
		"menghubungi sebelum 23 Mei 2026 pukul 08.00 WITA", "Masih butuh 240 tangki air", "Masih butuh 1.000 galon",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, never := range []string{"Pengirim Batal", "Belum Terbukti", "Kedaluwarsa Contoh", "77 tangki", "78 tangki", "79 tangki"} {
		if strings.Contains(page, never) {
			t.Errorf("the page tells %q, which stands in no total", never)
		}
	}
}

// The front page and every area say what became of promises, in words and with
// what they are counted from.
func TestAreasSayWhatBecameOfPromises(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	a := &w.places[0].Activity
	a.Pledged, a.Lapsed, a.Hours = 31, 2, map[int]int64{0: 3, 5: 9, aid.LongestHour: 8}
	tree := w.tree(t)
	for _, path := range []string{"/", "/wilayah/34.71/", "/wilayah/34.71.01/", "/wilayah/34.71.01.1001/"} {
		for _, want := range []string{"120 tangki air", "30 tangki air", "6.002 hari", "<dd>5 jam", "nilai tengah 20 komitmen", "<dd>6%", "2 dari 31 komitmen", "belum menerima apa pun"} {
			if !strings.Contains(tree[path], want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
	}
	if strings.Contains(tree["/wilayah/34.71.02/"], "Dari komitmen sampai diterima") {
		t.Error("an area without a promise says what became of them")
	}
	for hours, want := range map[int]string{0: "<dd>kurang dari 1 jam", aid.LongestHour: "<dd>96 jam atau lebih"} {
		a.Hours = map[int]int64{hours: 1}
		if page := w.tree(t)["/"]; !strings.Contains(page, want) {
			t.Errorf("a median of %d hours is not told as %q", hours, want)
		}
	}
}

func TestOldNeedsAskToBeConfirmed(t *testing.T) {
	t.Parallel()
	page := tiny(t).tree(t)["/lokasi/34.71.01.1001.001/"]
	if n := strings.Count(page, "perlu dikonfirmasi"); n != 1 {
		t.Errorf("perlu dikonfirmasi stands %d times, want once: only the need of 1 April is old on 22 May", n)
	}
}

func TestCoarsePlacesTellNoPosition(t *testing.T) {
	t.Parallel()
	tree := tiny(t).tree(t)
	for _, path := range []string{"/lokasi/34.71.01.1001-puskesmas-001/", "/bantu/34.71.01.1001-puskesmas-001/"} {
		for _, never := range []string{"Jalan Contoh", "110.362", "openstreetmap", "dari sini"} {
			if strings.Contains(tree[path], never) {
				t.Errorf("%s tells %q", path, never)
			}
		}
	}
	for _, e := range elements(t, "kelurahan", tree["/wilayah/34.71.01.1001/"]) {
		if e.Name == "a" && slices.Contains(e.Path, "svg") && strings.Contains(e.Attrs["href"], "puskesmas") {
			t.Error("the puskesmas has a dot on the map")
		}
	}
}

func TestDemoPagesSaySoAndLinkNoNumber(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	for path, page := range w.tree(t) {
		if strings.Contains(page, "Belum ada lokasi yang tercatat di sini") || strings.Contains(page, `http-equiv="refresh"`) {
			continue // nothing is shown, invented or not
		}
		facts := path == "/" || strings.HasPrefix(path, "/wilayah/") || strings.HasPrefix(path, "/lokasi/") || strings.HasPrefix(path, "/bantu/")
		if facts && !strings.Contains(page, "Data contoh — bukan data sebenarnya") {
			t.Errorf("%s shows invented facts without saying so", path)
		}
		// The emergency number is nobody's own.
		if strings.Contains(strings.ReplaceAll(page, `"tel:112"`, ""), "tel:") || regexp.MustCompile(`wa\.me/[0-9]`).MatchString(page) {
			t.Errorf("%s links a telephone number", path)
		}
	}
}

func TestHeadingsStandInOrder(t *testing.T) {
	t.Parallel()
	for path, page := range tiny(t).tree(t) {
		last, first := 0, 0
		for _, e := range elements(t, path, page) {
			if len(e.Name) != 2 || e.Name[0] != 'h' || e.Name[1] < '1' || e.Name[1] > '6' {
				continue
			}
			level := int(e.Name[1] - '0')
			if level == 1 {
				first++
			}
			if level > last+1 {
				t.Errorf("%s: <%s> %q follows <h%d>", path, e.Name, e.Text, last)
			}
			last = level
		}
		if first != 1 {
			t.Errorf("%s has %d first headings, want 1", path, first)
		}
	}
}

func TestEveryControlHasALabel(t *testing.T) {
	t.Parallel()
	for path, page := range tiny(t).tree(t) {
		all := elements(t, path, page)
		labelled := map[string]bool{}
		ids := map[string]int{}
		for _, e := range all {
			labelled[e.Attrs["for"]] = true
			if id := e.Attrs["id"]; id != "" {
				ids[id]++
			}
		}
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s has %d elements with the id %q", path, n, id)
			}
		}
		for _, e := range all {
			control := e.Name == "input" && e.Attrs["type"] != "hidden" || e.Name == "select"
			if control && !slices.Contains(e.Path, "label") && !labelled[e.Attrs["id"]] {
				t.Errorf("%s: <%s name=%q> has no label", path, e.Name, e.Attrs["name"])
			}
		}
	}
}

func TestTheFormOffersWhatRemains(t *testing.T) {
	t.Parallel()
	tree := tiny(t).tree(t)
	values := map[string]string{}
	for _, e := range elements(t, "form", tree["/bantu/34.71.01.1001.001/"]) {
		if e.Name == "input" {
			values[e.Attrs["name"]] = e.Attrs["value"]
		}
	}
	if got := values["quantity:34.71.01.1001.001:tangki"]; got != "240" {
		t.Errorf("the form offers %q tangki, want the 240 that remain", got)
	}
	full := tree["/bantu/34.71.01.1001-puskesmas-001/"]
	if !strings.Contains(full, "disabled") || strings.Contains(full, `name="quantity:`) {
		t.Error("a need that is met can still be chosen")
	}
	if strings.Contains(tree["/bantu/34.71.01.1001.001/"], "Program<span") {
		t.Error("a place with one programme asks which")
	}
}

func TestARevokedPermitEndsTheDayBefore(t *testing.T) {
	t.Parallel()
	for _, e := range elements(t, "form", tiny(t).tree(t)["/bantu/34.71.01.1001.001/"]) {
		if e.Attrs["value"] == "berhenti" && e.Attrs["data-until"] != "2022-12-31" {
			t.Errorf("the permit revoked on 2023-01-01 lasts until %q", e.Attrs["data-until"])
		}
	}
}

func TestAClosedPlaceHasNoForm(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	w.places[0].Recipient.Closed = true
	tree := w.tree(t)
	if strings.Contains(tree["/bantu/34.71.01.1001.001/"], "<form") || strings.Contains(tree["/lokasi/34.71.01.1001.001/"], `href="/bantu/34.71.01.1001.001/"`) {
		t.Error("a closed place still takes promises")
	}
}

// Closing takes back what nobody has promised: a page that then said "enough"
// would be wrong.
func TestAClosedPlaceSaysNothingOfNeedsThatWereTakenBack(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	w.places[0].Recipient.Closed = true
	w.places[0].Needs = []aid.Need{{ID: "34.71.01.1001.001:tangki", Recipient: "34.71.01.1001.001", Program: "air-bersih", Package: "tangki"}}
	page := w.tree(t)["/lokasi/34.71.01.1001.001/"]
	for _, never := range []string{"Sudah cukup", `<p class="card">Belum ada kebutuhan`, "Beri bantuan", "menjadi yang pertama"} {
		if strings.Contains(page, never) {
			t.Errorf("a closed place says %q", never)
		}
	}
	if !strings.Contains(page, "sedang tidak menerima komitmen baru") {
		t.Error("a closed place does not say so")
	}
}

func TestAPlaceThatWasListedTwiceLeadsOn(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	w.places[0].Recipient.Closed, w.places[0].Recipient.Into = true, "34.71.01.1001-puskesmas-001"
	tree := w.tree(t)
	for _, path := range []string{"/lokasi/34.71.01.1001.001/", "/bantu/34.71.01.1001.001/"} {
		if !strings.Contains(tree[path], `<a href="/lokasi/34.71.01.1001-puskesmas-001/">Buka catatan yang dipakai</a>`) || strings.Contains(tree[path], "<form") {
			t.Errorf("%s does not lead on, or takes promises", path)
		}
	}
}

func TestEveryProblemIsExplained(t *testing.T) {
	t.Parallel()
	tree := tiny(t).tree(t)
	for _, slug := range Problems {
		p, ok := problems(bahasa.Indonesian)[slug]
		if !ok || p.Heading == "" || p.Happened == "" || p.Kept == "" || len(p.Advice) == 0 {
			t.Errorf("problem %q is not explained", slug)
		}
		if !strings.Contains(tree["/masalah/"+slug+"/"], "<h1>"+p.Heading+"</h1>") {
			t.Errorf("/masalah/%s/ is missing", slug)
		}
	}
	for slug := range maps.Keys(problems(bahasa.Indonesian)) {
		if !slices.Contains(Problems, slug) {
			t.Errorf("problem %q is explained and not listed", slug)
		}
	}
}

func TestNewRefusesWhatIsNoAddress(t *testing.T) {
	t.Parallel()
	pack := regiontest.Tiny(t)
	for _, site := range []string{"", "ksbb.example", "javascript:alert(1)", "ftp://ksbb.example", "https://"} {
		if _, err := New(pack, site); err == nil {
			t.Errorf("New accepts the site address %q", site)
		}
	}
}

func TestDistancesAreNoMoreExactThanAWalkerNeedsThem(t *testing.T) {
	t.Parallel()
	for m, want := range map[float64]string{12: "50 m", 620: "600 m", 1240: "1,2 km"} {
		if got := metres(bahasa.Indonesian, m); got != want {
			t.Errorf("%v metres are %q, want %q", m, got, want)
		}
	}
}

func TestABarNeverOverflows(t *testing.T) {
	t.Parallel()
	for _, q := range []tally.Quantities{
		{}, {Needed: 3, Received: 3}, {Needed: 1_000_000, Received: 999_998, Delivered: 1, Committed: 1}, {Needed: 7, Committed: 7},
	} {
		var end float64
		for _, p := range barOf(q).Parts {
			var x, w float64
			fmt.Sscan(p.X, &x)
			fmt.Sscan(p.Width, &w)
			if x < end-0.2 || w < 0 {
				t.Errorf("%+v: a part begins at %g, the one before ends at %g", q, x, end)
			}
			end = x + w
		}
		if end > 100.1 {
			t.Errorf("%+v: the bar ends at %g%%", q, end)
		}
	}
}

func TestColoursTellWhoWaitsMost(t *testing.T) {
	t.Parallel()
	need := func(open int64) tally.Quantities {
		return tally.Quantities{Needed: 100, Remaining: open, Received: 100 - open}
	}
	of := func(open ...int64) scale {
		var all []tally.Quantities
		for _, n := range open {
			all = append(all, need(n))
		}
		return scaleOf(all)
	}
	for _, c := range []struct {
		about string
		scale scale
		open  int64
		want  string
	}{
		{"the first day, nothing promised anywhere", of(100, 100, 100, 100, 100), 100, "q4"},
		{"the last day, all is promised", of(0, 0, 0, 0, 0), 0, "q0"},
		{"nearly enough is never dark", of(3, 5, 7, 9, 11), 11, "q0"},
		{"spread out, the most open", of(30, 45, 60, 75, 90), 90, "q4"},
		{"spread out, the least open", of(30, 45, 60, 75, 90), 30, "q0"},
		{"spread out, in the middle", of(30, 45, 60, 75, 90), 60, "q2"},
	} {
		if got := c.scale.class(need(c.open)); got != c.want {
			t.Errorf("%s: %d%% open is %s, want %s (steps %v)", c.about, c.open, got, c.want, c.scale)
		}
	}
	if got := of(50).class(tally.Quantities{}); got != "qn" {
		t.Errorf("no need at all is %s, want qn", got)
	}
	if got := of(100).class(tally.Quantities{Needed: 100_000, Remaining: 99_999}); got == "q4" {
		t.Error("an area with one promise is coloured as one with none")
	}
	for _, open := range [][]int64{{}, {100}, {50, 100}, {30, 45, 60, 75, 90}, {99, 99, 100, 100}} {
		s := of(open...)
		given := map[string]bool{}
		for _, entry := range s.legend(bahasa.Indonesian) {
			given[entry.Class] = true
		}
		for _, n := range open {
			if class := s.class(need(n)); !given[class] {
				t.Errorf("%v: colour %s is not in the legend %v", open, class, s.legend(bahasa.Indonesian))
			}
		}
	}
}

func TestFarIslandsGetABoxThatCoversNothing(t *testing.T) {
	t.Parallel()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	if len(pack.Insets) == 0 {
		t.Fatal("the pack has no far areas")
	}
	r, err := New(pack, "https://ksbb.example")
	if err != nil {
		t.Fatal(err)
	}
	c := r.charts.of(pack.Root)
	if c.Inset == nil {
		t.Fatal("the map has no box for the far areas")
	}
	for code, shape := range r.charts.shapes {
		if pack.Insets[0].Contains(code) {
			continue
		}
		for _, p := range shape.Rings[0] {
			x, y := c.project(p)
			if x < 0 || y < 0 || x > float64(c.Width) || y > float64(c.Height) {
				t.Fatalf("%s leaves the map at %.0f, %.0f", code, x, y)
			}
			dx, dy := x-float64(c.Inset.X), y-float64(c.Inset.Y)
			if dx > 0 && dy > 0 && dx < float64(c.Inset.Side) && dy < float64(c.Inset.Side) {
				t.Fatalf("%s lies under the box at %.0f, %.0f", code, x, y)
			}
		}
	}
}
