package page

import (
	"bytes"
	"encoding/json"
	"image/png"
	"strings"
	"testing"

	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
	"ksbb/shared/tally"
)

func TestAnEmbeddedPageIsAModestGuest(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	for _, l := range bahasa.Languages {
		for code, a := range w.areas() {
			if code.Level() > area.Kecamatan {
				continue
			}
			body, err := w.pages.In(l).Embed(a)
			if err != nil {
				t.Fatal(err)
			}
			path := prefix(l) + "/embed/" + string(code) + "/"
			if !strings.Contains(string(body), `<html lang="`+string(l)+`">`) {
				t.Errorf("%s is not in %s", path, l)
			}
			links, robots := 0, ""
			for _, e := range elements(t, path, string(body)) {
				switch {
				case e.Name == "script" || e.Name == "style" || e.Name == "img" || e.Name == "iframe" || e.Attrs["style"] != "":
					t.Errorf("%s has a <%s>", path, e.Name)
				case e.Name == "meta" && e.Attrs["name"] == "robots":
					robots = e.Attrs["content"]
				case e.Name == "link" && e.Attrs["href"] != "/aset/embed.css":
					t.Errorf("%s loads %s", path, e.Attrs["href"])
				case e.Name == "a":
					links++
					if e.Attrs["target"] != "_top" || e.Attrs["rel"] != "noopener" || e.Attrs["href"] != prefix(l)+w.pages.areaPath(code) {
						t.Errorf("%s leads to %v", path, e.Attrs)
					}
				}
			}
			if links != 1 || robots != "noindex" {
				t.Errorf("%s has %d links, robots %q", path, links, robots)
			}
			if a.Totals.Demo > 0 != strings.Contains(string(body), `class="demo"`) {
				t.Errorf("%s: invented data say so: %v", path, !strings.Contains(string(body), `class="demo"`))
			}
		}
	}
}

func TestAnEmbeddedPageIsSmallInEveryRegion(t *testing.T) {
	t.Parallel()
	for _, name := range region.Names() {
		pack, err := region.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := New(pack, "https://ksbb.example")
		if err != nil {
			t.Fatal(err)
		}
		for _, known := range pack.Areas {
			if known.Level > area.Kecamatan {
				continue
			}
			a := tally.Area{Code: known.Code, Name: known.Name}
			for i, c := range pack.Children(known.Code) {
				n := int64(i % 5)
				a.Children = append(a.Children, tally.Child{Code: c.Code, Name: c.Name, Totals: tally.Totals{Value: tally.Quantities{Needed: 4, Remaining: n, Received: 4 - n}}})
			}
			body, err := r.Embed(a)
			if err != nil {
				t.Fatal(err)
			}
			if len(body) > embedLimit {
				t.Errorf("%s has %d bytes", known.Code, len(body))
			}
			if !bytes.Contains(body, []byte(`class="map"`)) {
				t.Errorf("%s has no map", known.Code)
			}
		}
	}
}

func TestAMapThatIsTooLargeStaysAtHome(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	a := w.areas()[w.pack.Root]
	with, err := w.pages.Embed(a)
	if err != nil {
		t.Fatal(err)
	}
	a.Name = strings.Repeat("x", embedLimit/3)
	without, err := w.pages.Embed(a)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(with, []byte(`class="map"`)) || bytes.Contains(without, []byte(`class="map"`)) {
		t.Error("the map does not depend on the room")
	}
}

func TestAreasSayHowTheyAreEmbedded(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	tree := w.tree(t)
	for _, l := range bahasa.Languages {
		r := w.pages.In(l)
		files, err := r.plainFiles()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range w.pack.Areas {
			if a.Level > area.Kecamatan {
				continue
			}
			var o oembed
			if err := json.Unmarshal(files[oembedPath(a.Code)], &o); err != nil {
				t.Fatalf("%s: %v", a.Code, err)
			}
			if o.Type != "rich" || o.Version != "1.0" || o.Width <= 0 || o.Height <= 0 {
				t.Errorf("%s is embedded as %+v", a.Code, o)
			}
			frames := elements(t, o.Title, o.HTML)
			if want := r.site + prefix(l) + "/embed/" + string(a.Code) + "/"; len(frames) != 1 || frames[0].Name != "iframe" || frames[0].Attrs["src"] != want || frames[0].Attrs["title"] == "" {
				t.Errorf("%s is embedded by %s", a.Code, o.HTML)
			}
			path := prefix(l) + r.areaPath(a.Code)
			if want := `href="` + r.site + prefix(l) + "/" + oembedPath(a.Code) + `"`; !strings.Contains(tree[path], want) {
				t.Errorf("%s does not say %s", path, want)
			}
		}
	}
}

func TestRobotsStayAwayFromWhatIsForOnePerson(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	files, err := w.pages.plainFiles()
	if err != nil {
		t.Fatal(err)
	}
	rules := strings.Split(strings.TrimSpace(string(files["robots.txt"])), "\n")
	if rules[0] != "User-agent: *" || rules[len(rules)-1] != "Sitemap: https://ksbb.example/sitemap.xml" {
		t.Errorf("robots.txt begins with %q and ends with %q", rules[0], rules[len(rules)-1])
	}
	refused := func(path string) bool {
		for _, rule := range rules {
			if p, ok := strings.CutPrefix(rule, "Disallow: "); ok && strings.HasPrefix(path, p) {
				return true
			}
		}
		return false
	}
	for path, page := range w.tree(t) {
		hidden := meta(elements(t, path, page), "robots") == "noindex"
		if refused(path) && !hidden {
			t.Errorf("robots may not read %s, which asks to be listed", path)
		}
	}
	for _, path := range []string{"/k/", "/en/k/", "/pj/", "/en/pj/", "/bantu/x/", "/en/bantu/x/", "/embed/34/", "/v1/commitments/x"} {
		if !refused(path) {
			t.Errorf("robots may read %s", path)
		}
	}
}

func TestPhonesFindAnAppWithItsIcons(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	shared, err := w.pages.plainFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range bahasa.Languages {
		files, err := w.pages.In(l).plainFiles()
		if err != nil {
			t.Fatal(err)
		}
		var m appManifest
		if err := json.Unmarshal(files["manifest.webmanifest"], &m); err != nil {
			t.Fatal(err)
		}
		if m.Start != prefix(l)+"/" || m.Lang != string(l) || m.Name != w.pack.Title {
			t.Errorf("%s: %+v", l, m)
		}
		for _, i := range m.Icons {
			c, err := png.DecodeConfig(bytes.NewReader(shared[strings.TrimPrefix(i.Src, "/")]))
			if err != nil || !strings.HasPrefix(i.Sizes, "192x192") && !strings.HasPrefix(i.Sizes, "512x512") || c.Width != c.Height {
				t.Errorf("icon %s (%s): %v", i.Src, i.Sizes, err)
			}
		}
		if len(m.Icons) != 4 {
			t.Errorf("%d icons", len(m.Icons))
		}
	}
}
