package page

import (
	"bytes"
	"encoding/json"
	"image/png"
	"strings"
	"testing"

	"ksbb/shared/aid"
	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/picture"
	"ksbb/shared/region"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/report"
	"ksbb/shared/tally"
)

// meta returns what a page says of itself under a name or a property.
func meta(all []element, name string) string {
	for _, e := range all {
		if e.Name == "meta" && (e.Attrs["property"] == name || e.Attrs["name"] == name) {
			return e.Attrs["content"]
		}
	}
	return ""
}

func TestEveryPageIsShownByAPictureThatExists(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	drawn := map[string]bool{}
	for _, l := range bahasa.Languages {
		r := w.pages.In(l)
		drawn[w.pages.site+prefix(l)+"/"+ownPicture] = true
		for _, p := range w.places {
			path, _ := r.PlacePicture(p)
			drawn[w.pages.site+"/"+path] = true
		}
		for _, a := range w.areas() {
			path, _ := r.AreaPicture(a)
			drawn[w.pages.site+"/"+path] = true
		}
	}
	own := 0
	for path, page := range w.tree(t) {
		if strings.Contains(path, "/embed/") { // passed on as a part of another page
			continue
		}
		all := elements(t, path, page)
		shown, alt := meta(all, "og:image"), meta(all, "og:image:alt")
		if !drawn[shown] {
			t.Errorf("%s is shown by %q, which nobody draws", path, shown)
		}
		if alt == "" || meta(all, "og:image:width") != "1200" || meta(all, "og:image:height") != "630" {
			t.Errorf("%s says of its picture: %q, %s×%s", path, alt, meta(all, "og:image:width"), meta(all, "og:image:height"))
		}
		if strings.Contains(path, "/lokasi/") && !strings.Contains(shown, "/gambar/lokasi/") {
			t.Errorf("%s is shown by %s, not by a picture of its own", path, shown)
		} else if strings.Contains(shown, ownPicture) {
			own++
		}
	}
	if own == 0 {
		t.Error("no page was shown by the picture of the site")
	}
}

func TestPicturesOfPlacesAndAreasAreSmall(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	check := func(path string, draw func() ([]byte, error)) {
		t.Helper()
		body, err := draw()
		if err != nil {
			t.Fatal(err)
		}
		if len(body) > 100_000 {
			t.Errorf("%s has %d bytes", path, len(body))
		}
		m, err := png.DecodeConfig(bytes.NewReader(body))
		if err != nil || m.Width != picture.Width || m.Height != picture.Height {
			t.Errorf("%s is %d×%d (%v)", path, m.Width, m.Height, err)
		}
	}
	for _, l := range bahasa.Languages {
		r := w.pages.In(l)
		for _, p := range w.places {
			check(r.PlacePicture(p))
		}
		for _, a := range w.areas() {
			check(r.AreaPicture(a))
		}
	}
}

func TestAPictureChangesWithTheFactsAndNotWithEveryUnit(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	p := w.places[0]
	path := func(change func(*aid.Place)) string {
		q := p
		q.Needs = append([]aid.Need(nil), p.Needs...)
		change(&q)
		name, _ := w.pages.PlacePicture(q)
		return name
	}
	now := path(func(*aid.Place) {})
	for what, change := range map[string]func(*aid.Place){
		"one unit more is promised": func(q *aid.Place) { q.Needs[0].Committed++ },
		"one unit is confirmed":     func(q *aid.Place) { q.Needs[0].Delivered--; q.Needs[0].Received++ },
		"the address":               func(q *aid.Place) { q.Recipient.Address = "Jalan Lain" },
		"the day of confirmation":   func(q *aid.Place) { q.Needs[0].ConfirmedOn = "2026-05-21" },
	} {
		if path(change) != now {
			t.Errorf("%s made another picture", what)
		}
	}
	for what, change := range map[string]func(*aid.Place){
		"another name":         func(q *aid.Place) { q.Recipient.Name += " Lain" },
		"all of it is there":   func(q *aid.Place) { q.Needs[0].Received, q.Needs[0].Committed, q.Needs[0].Delivered = 420, 0, 0 },
		"nothing has come yet": func(q *aid.Place) { q.Needs[0].Received, q.Needs[0].Delivered = 0, 0 },
		"real data":            func(q *aid.Place) { q.Recipient.Demo = false },
	} {
		if path(change) == now {
			t.Errorf("%s made no other picture", what)
		}
	}
	in, _ := w.pages.In(bahasa.English).PlacePicture(p)
	if in == now {
		t.Error("the English picture is the Indonesian one")
	}
}

func TestTheBarOfAPictureNeverHidesWhatIsThereOrWhatIsOpen(t *testing.T) {
	t.Parallel()
	r := tiny(t).pages
	for _, c := range []struct {
		q    tally.Quantities
		want [3]int
	}{
		{tally.Quantities{Needed: 1000, Remaining: 1000}, [3]int{0, 0, 0}},
		{tally.Quantities{Needed: 1000, Received: 1, Remaining: 999}, [3]int{1, 0, 0}},
		{tally.Quantities{Needed: 1000, Received: 999, Remaining: 1}, [3]int{11, 0, 0}},
		{tally.Quantities{Needed: 1000, Received: 1000}, [3]int{12, 0, 0}},
		{tally.Quantities{Needed: 1000, Received: 998, Delivered: 1, Committed: 1}, [3]int{12, 0, 0}},
		{tally.Quantities{Needed: 12, Received: 3, Delivered: 2, Committed: 1, Remaining: 6}, [3]int{3, 2, 1}},
	} {
		if got := r.twelfths(c.q); got.Twelfths != c.want {
			t.Errorf("%+v is drawn as %v, want %v", c.q, got.Twelfths, c.want)
		}
	}
	if r.twelfths(tally.Quantities{}) != nil {
		t.Error("a bar is drawn of no need")
	}
}

// described reads what a page says for machines.
func described(t *testing.T, path string, all []element) []map[string]any {
	t.Helper()
	var found []map[string]any
	for _, e := range all {
		if e.Name != "script" || e.Attrs["type"] != "application/ld+json" {
			continue
		}
		var g struct {
			Context string           `json:"@context"`
			Graph   []map[string]any `json:"@graph"`
		}
		if err := json.Unmarshal([]byte(e.Text), &g); err != nil {
			t.Fatalf("%s describes itself wrongly: %v in %s", path, err, e.Text)
		}
		if g.Context != "https://schema.org" || len(g.Graph) == 0 {
			t.Errorf("%s describes itself as %+v", path, g)
		}
		found = append(found, g.Graph...)
	}
	return found
}

func TestPlacesAreDescribedForMachines(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	seen := 0
	for path, page := range w.tree(t) {
		if !strings.Contains(path, "/lokasi/") {
			continue
		}
		all := elements(t, path, page)
		parts := described(t, path, all)
		if len(parts) != 2 || parts[0]["@type"] != "Place" || parts[1]["@type"] != "BreadcrumbList" {
			t.Errorf("%s is described as %v", path, parts)
			continue
		}
		if url := parts[0]["url"]; url != path {
			t.Errorf("%s says that it is %v", path, url)
		}
		for i, step := range parts[1]["itemListElement"].([]any) {
			s := step.(map[string]any)
			before, _, _ := strings.Cut(path, "lokasi/")
			if s["position"] != float64(i+1) || !strings.HasPrefix(s["item"].(string), before+"wilayah/") {
				t.Errorf("%s: step %d is %v", path, i+1, s)
			}
		}
		seen++
	}
	if seen != 2*len(w.places) {
		t.Errorf("%d places were seen", seen)
	}
}

func TestWhatDescribesAPlaceIsShort(t *testing.T) {
	t.Parallel()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(pack, "https://ksbb.jakarta.go.id")
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(r.placeData(aid.Recipient{
		ID: "31.75.06.1003.012", Name: "RW 012 Penggilingan", Kind: "rw", Area: "31.75.06.1003.012", Address: "Jalan Contoh Kenanga Nomor 24",
		Point: aid.Point{Lng: 106.8912345, Lat: -6.1234567},
	}))
	if err != nil {
		t.Fatal(err)
	}
	if len(body) > 600 {
		t.Errorf("it has %d bytes: %s", len(body), body)
	}
}

func TestACoarsePlaceIsNotLocatedForMachines(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	coarse, exact := 0, 0
	for _, p := range w.places {
		body, err := json.Marshal(w.pages.placeData(p.Recipient))
		if err != nil {
			t.Fatal(err)
		}
		told := bytes.Contains(body, []byte("latitude")) || bytes.Contains(body, []byte("Jalan Contoh"))
		if w.pages.coarse(p.Recipient) {
			coarse++
			if told {
				t.Errorf("%s is located: %s", p.Recipient.ID, body)
			}
		} else if told {
			exact++
		}
	}
	if coarse == 0 || exact == 0 {
		t.Errorf("the tiny region has %d coarse and %d exact places", coarse, exact)
	}
}

func TestHostileNamesCannotEndADescription(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	p := w.places[0]
	for _, name := range []string{`</script><script>alert(1)</script>`, `<!--<script>`, `]]>"\u003c`, "\u2028\u2029", `';alert(1)//`} {
		p.Recipient.Name, p.Recipient.Address = name, name
		body, err := w.pages.Place(p, nil, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		all := elements(t, name, string(body))
		parts := described(t, name, all)
		if len(parts) == 0 || !strings.HasPrefix(parts[0]["name"].(string), name) {
			t.Errorf("%q is described as %v", name, parts)
		}
		scripts := 0
		for _, e := range all {
			if e.Name == "script" && e.Attrs["src"] == "" {
				scripts++
			}
		}
		if scripts != 1 {
			t.Errorf("%q made %d scripts", name, scripts)
		}
	}
}

func TestTheSiteSaysHowItIsSearched(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	for _, l := range bahasa.Languages {
		path := prefix(l) + "/"
		parts := described(t, path, elements(t, path, w.tree(t)[path]))
		if len(parts) == 0 || parts[0]["@type"] != "WebSite" {
			t.Fatalf("%s is described as %v", path, parts)
		}
		target := parts[0]["potentialAction"].(map[string]any)["target"]
		if target != w.pages.site+path+"peta/?cari={search_term_string}" {
			t.Errorf("%s is searched at %v", path, target)
		}
	}
}

func TestFiguresAreDescribedAsDataWithTheirFiles(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	tree := w.tree(t)
	for path, file := range map[string]string{"/statistik/": "data/v1/statistics/34.abc.json", "/en/statistik/": "data/v1/statistics/34.abc.json", "/data/": "", "/en/data/": ""} {
		parts := described(t, path, elements(t, path, tree[path]))
		if len(parts) != 1 || parts[0]["@type"] != "Dataset" || parts[0]["url"] != w.pages.site+path || parts[0]["license"] != report.LicenceURL {
			t.Errorf("%s is described as %v", path, parts)
			continue
		}
		files, _ := parts[0]["distribution"].([]any)
		if file == "" && len(files) == 0 { // nothing was published yet
			continue
		}
		if len(files) != 1 || files[0].(map[string]any)["contentUrl"] != w.pages.site+"/"+file {
			t.Errorf("%s is in %v, want %s", path, files, file)
		}
	}
	body, err := w.pages.Data(report.Open{Region: "34", AsOf: w.instant, Areas: []report.OpenArea{
		{Area: "34", Files: []report.Source{{Path: "data/v1/open/34/needs.csv", Type: "text/csv"}}}, {Area: "34.71", Files: []report.Source{{Path: "data/v1/open/34.71/needs.csv", Type: "text/csv"}}},
	}}, report.Tables)
	if err != nil {
		t.Fatal(err)
	}
	parts := described(t, "/data/", elements(t, "/data/", string(body)))
	files := parts[0]["distribution"].([]any)
	if len(files) != 1 || files[0].(map[string]any)["contentUrl"] != w.pages.site+"/data/v1/open/34/needs.csv" || files[0].(map[string]any)["encodingFormat"] != "text/csv" || parts[0]["dateModified"] != stamp(w.instant) {
		t.Errorf("the open data are %v", parts[0])
	}
}

func TestTheMapOfAPictureHasOnePatchForEachAreaInside(t *testing.T) {
	t.Parallel()
	for _, name := range append(region.Names(), "tiny") {
		pack := regiontest.Tiny(t)
		if name != "tiny" {
			var err error
			if pack, err = region.Load(name); err != nil {
				t.Fatal(err)
			}
		}
		r, err := New(pack, "https://ksbb.example")
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range pack.Areas {
			o := r.outlines.of(pack, a.Code)
			if inside := pack.Children(a.Code); (o == nil) != (len(inside) == 0) {
				t.Errorf("%s: %d areas inside, outline %v", a.Code, len(inside), o != nil)
			}
			if a.Level == area.Kelurahan {
				continue
			}
			c := r.areaCard(tally.Area{Code: a.Code, Name: a.Name})
			if got, want := len(c.Map.Shades), len(pack.Children(a.Code)); got != want {
				t.Errorf("%s: %d shades for %d areas", a.Code, got, want)
			}
		}
	}
}
