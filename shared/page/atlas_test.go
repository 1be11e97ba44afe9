package page

import (
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"ksbb/shared/area"
	"ksbb/shared/bahasa"
	"ksbb/shared/region"
)

// regionOf returns what the map's page tells its script.
func regionOf(t *testing.T, body string) atlasRegion {
	t.Helper()
	found := regexp.MustCompile(`data-region="([^"]*)"`).FindStringSubmatch(body)
	if found == nil {
		t.Fatal("the page tells its script nothing")
	}
	var a atlasRegion
	if err := json.Unmarshal([]byte(html.UnescapeString(found[1])), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheMapKnowsItsRegionInBothLanguages(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	pages := w.tree(t)
	for _, l := range bahasa.Languages {
		body := pages[prefix(l)+"/peta/"]
		pack := w.pack.In(l)
		a := regionOf(t, body)
		if a.Root != pack.Root || len(a.Kinds) != len(pack.Kinds) || len(a.Packages) != len(pack.Packages) || len(a.Indicators) != len(pack.Indicators) || len(a.Flags) != len(pack.Flags) {
			t.Errorf("%s: the map knows %d kinds, %d packages, %d indicators, %d flags of %s", l, len(a.Kinds), len(a.Packages), len(a.Indicators), len(a.Flags), a.Root)
		}
		for i, p := range pack.Packages {
			if got := a.Packages[i]; got.Name != p.Name || got.One != p.Thing(1) || got.Other != p.Thing(2) {
				t.Errorf("%s: package %s is told as %+v", l, p.ID, got)
			}
		}
		for _, k := range pack.Kinds {
			if !strings.Contains(body, `name="kind" value="`+string(k.ID)+`"`) {
				t.Errorf("%s: kind %s cannot be left out", l, k.ID)
			}
		}
		for _, i := range pack.Indicators {
			if !strings.Contains(body, `value="i:`+string(i.ID)+`"`) {
				t.Errorf("%s: indicator %s is no layer", l, i.ID)
			}
		}
	}
}

// Whoever has no script is told so, and led to what needs none.
func TestTheMapWithoutScriptLeadsToTheLists(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	body := w.tree(t)["/peta/"]
	_, rest, found := strings.Cut(body, "<noscript>")
	if note, _, _ := strings.Cut(rest, "</noscript>"); !found || !strings.Contains(note, `href="/"`) {
		t.Error("nothing is said to those who have no script")
	}
	for _, a := range w.pack.Children(w.pack.Root) {
		if !strings.Contains(body, `href="/wilayah/`+string(a.Code)+`/"`) {
			t.Errorf("%s cannot be reached", a.Name)
		}
	}
}

func TestTheSearchOfTheMapKnowsEveryArea(t *testing.T) {
	t.Parallel()
	w := tiny(t)
	files, err := w.pages.Fixed()
	if err != nil {
		t.Fatal(err)
	}
	var names struct{ Areas [][2]string }
	if err := json.Unmarshal(files[namesPath], &names); err != nil {
		t.Fatal(err)
	}
	rows := names.Areas
	if len(rows) != len(w.pack.Areas)-1 {
		t.Fatalf("%d names of %d areas below the province", len(rows), len(w.pack.Areas)-1)
	}
	for _, row := range rows {
		if got := w.pack.AreaName(area.Code(row[0])); got != row[1] {
			t.Errorf("%s is called %q; the pack says %q", row[0], row[1], got)
		}
	}
	english, err := w.pages.In(bahasa.English).Fixed()
	if err != nil {
		t.Fatal(err)
	}
	if _, twice := english[namesPath]; twice {
		t.Error("the names are written once more for English")
	}
}

// What is seen first is the land that belongs together, not the islands drawn
// apart.
func TestTheFirstSightLeavesOutInsets(t *testing.T) {
	t.Parallel()
	pack, err := region.Load("dki-jakarta")
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(pack, "https://ksbb.example")
	if err != nil {
		t.Fatal(err)
	}
	box := r.firstSight()
	if w, h := box[2]-box[0], box[3]-box[1]; math.Min(w, h) < 0.2 || math.Max(w, h) > 0.5 {
		t.Errorf("first sight is %.2f by %.2f degrees: %v", w, h, box)
	}
	inside := region.Box{West: box[0], South: box[1], East: box[2], North: box[3]}
	for _, a := range pack.At(area.Kelurahan) {
		if far := r.inset(a.Code); far == inside.Contains(a.Point) {
			t.Errorf("%s %s: inset %v, in sight %v", a.Code, a.Name, far, inside.Contains(a.Point))
		}
	}
}
