package release_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"ksbb/shared/aid"
	"ksbb/shared/blob/blobtest"
	"ksbb/shared/publish"
	"ksbb/shared/region/regiontest"
	"ksbb/shared/release"
	"ksbb/shared/report"
)

// tree is a small tree with what it is made from.
type tree struct {
	facts *facts
	store *blobtest.Memory
	told  *letters
	*release.Runner
}

// letters remembers which reports were announced.
type letters struct{ about []string }

func (l *letters) AnnounceReport(_ context.Context, period string, revision int, _ time.Time) error {
	l.about = append(l.about, fmt.Sprint(period, " ", revision))
	return nil
}

// newTree returns an empty tree beside a ledger to which something happened on
// every day from 28 May to 3 June.
func newTree(t *testing.T) *tree {
	t.Helper()
	pack := regiontest.Tiny(t)
	x := &tree{facts: newFacts(pack), store: new(blobtest.Memory), told: new(letters)}
	rng := rand.New(rand.NewPCG(7, 7))
	for now := nights[0].AddDate(0, 0, -1).Add(-10 * time.Hour); now.Before(nights[3].AddDate(0, 0, 2)); now = now.Add(3 * time.Hour) {
		x.facts.change(rng, now)
	}
	if err := published(t.Context(), x.store); err != nil {
		t.Fatal(err)
	}
	x.Runner = &release.Runner{
		Region: pack, Facts: x.facts, Store: x.store, Scratch: new(paper), Editions: []release.Edition{{Pages: plain{}}}, Printer: plain{},
		Publisher: publish.NewPublisher(pack, nil, x.store, x.store, nil, 1), Announcer: x.told, Site: "https://ksbb.example", Workers: 3,
	}
	return x
}

// run runs a night.
func (x *tree) run(t *testing.T, night time.Time) release.Result {
	t.Helper()
	got, err := x.Run(t.Context(), night)
	if err != nil {
		t.Fatalf("run of %s: %v", night, err)
	}
	if left := x.Scratch.(*paper).open; left != 0 {
		t.Fatalf("%d temporary files were left behind", left)
	}
	return got
}

func (x *tree) read(t *testing.T, path string, into any) {
	t.Helper()
	o, err := x.store.Get(t.Context(), path)
	if err == nil {
		err = json.Unmarshal(o.Body, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// A night in Jakarta ends a month eight hours before UTC does.
func TestTheNightThatEndsAMonthMakesAllThatEndsWithIt(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[1])
	got := x.run(t, nights[2])
	if want := []string{"2026-05", "2026-W22", "2026-05-31"}; !slices.Equal(sorted(got.Made), sorted(want)) || !slices.Equal(got.Released, []string{"2026-05"}) {
		t.Errorf("the night after 31 May made %v and froze %v; want %v and May", got.Made, got.Released, want)
	}
	if want := []string{"2026-05-30 1", "2026-05 1", "2026-05-31 1", "2026-W22 1"}; !slices.Equal(sorted(x.told.about), sorted(want)) {
		t.Errorf("announced %v; want %v", x.told.about, want)
	}
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

func TestASecondRunChangesNothing(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[3])
	before := x.store.Objects()
	for _, later := range []time.Duration{0, time.Hour, 23 * time.Hour} {
		if got := x.run(t, nights[3].Add(later)); got.Written != 0 {
			t.Errorf("%s later %d files were written: %+v", later, got.Written, got)
		}
	}
	after := x.store.Objects()
	for path, o := range after {
		if before[path].ETag != o.ETag {
			t.Errorf("%s changed", path)
		}
	}
	if len(before) != len(after) {
		t.Errorf("%d files before, %d after", len(before), len(after))
	}
}

// Who lives where is known as it is now: what an installation finds when it
// begins is no state of months ago. What it misses later it makes up for.
func TestTheFirstRunFreezesTheNewestMonthAndLaterOnesWhatWasSkipped(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	for _, step := range []struct {
		night time.Time
		want  []string
	}{
		{nights[2].AddDate(0, 3, 0), []string{"2026-08"}},
		{nights[2].AddDate(0, 3, 1), []string{}},
		{nights[2].AddDate(0, 6, 0), []string{"2026-09", "2026-10", "2026-11"}},
		{nights[2].AddDate(0, 6, 1), []string{}},
	} {
		if got := x.run(t, step.night); !slices.Equal(sorted(got.Released), step.want) {
			t.Errorf("on %s %v were frozen, want %v", step.night, got.Released, step.want)
		}
	}
}

// However many requests are under way at once, and however many nights were
// skipped, the bytes are the same.
func TestWorkersAndSkippedNightsMakeNoDifference(t *testing.T) {
	t.Parallel()
	one, other := newTree(t), newTree(t)
	one.Workers, other.Workers = 1, 7
	for _, night := range nights {
		one.run(t, night)
	}
	other.run(t, nights[3].Add(5*time.Hour))
	got := other.store.Objects()
	for path, o := range one.store.Objects() {
		if strings.HasPrefix(path, "laporan/") || path == publish.ManifestPath {
			continue // they say how often lists were changed
		}
		if a, b := unsealed(o.Body), unsealed(got[path].Body); !bytes.Equal(a, b) {
			t.Errorf("%s is\n%.400s\nafter every night, and\n%.400s\nafter one", path, a, b)
		}
	}
}

func TestEveryFileFitsItsSchema(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[2])
	x.facts.correct(rand.New(rand.NewPCG(1, 1)), nights[2].Add(time.Hour))
	x.run(t, nights[3])
	objects := x.store.Objects()
	compiler := jsonschema.NewCompiler()
	for name, o := range objects {
		if !strings.HasPrefix(name, "data/schemas/") {
			continue
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(o.Body))
		if err == nil {
			err = compiler.AddResource("https://ksbb.example/"+name, doc)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !strings.Contains(name, "/row-") { // those have a test of their own
			described(t, name, doc)
		}
	}
	checked := map[string]int{}
	check := func(name, kind string, body []byte) {
		checked[kind]++
		s, err := compiler.Compile("https://ksbb.example/data/schemas/" + kind + ".json")
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
		if err == nil {
			err = s.Validate(doc)
		}
		if err != nil {
			t.Errorf("%s: %v\n%.500s", name, err, body)
		}
	}
	for name, o := range objects {
		switch ext := path.Ext(name); {
		case name == release.IndexPath:
			check(name, "reports", o.Body)
		case name == release.OpenPath:
			check(name, "open", o.Body)
		case name == release.CollaboratorsPath:
			check(name, "collaborators", o.Body)
		case isReport(name):
			check(name, "report", o.Body)
		case isRelease(name):
			check(name, "release", o.Body)
		case isLink(name):
			check(name, "log-link", o.Body)
		case strings.HasPrefix(name, "data/v1/log/"):
			for _, line := range bytes.Split(bytes.TrimSpace(o.Body), []byte("\n")) {
				check(name, "log", line)
			}
		case ext == ".jsonl":
			table, _, _ := strings.Cut(path.Base(name), ".")
			for _, line := range bytes.Split(bytes.TrimSpace(o.Body), []byte("\n")) {
				if len(line) > 0 {
					check(name, "row-"+table, line)
				}
			}
		case name == publish.ManifestPath, strings.HasPrefix(name, "data/schemas/"), path.Base(name) == "dcat.json", path.Base(name) == "datapackage.json":
			// Others hold these to theirs.
		case ext == ".json":
			t.Errorf("%s has no schema", name)
		}
	}
	for _, kind := range []string{"reports", "open", "collaborators", "report", "release", "log-link", "log", "row-recipients", "row-needs", "row-commitments", "row-deliveries", "row-areas", "row-corrections"} {
		if checked[kind] == 0 {
			t.Errorf("no file of schema %s was checked", kind)
		}
	}
}

// described tells of every member of a schema without a description.
func described(t *testing.T, where string, v any) {
	switch v := v.(type) {
	case map[string]any:
		properties, _ := v["properties"].(map[string]any)
		for name, p := range properties {
			if d, _ := p.(map[string]any)["description"].(string); d == "" {
				t.Errorf("%s: %s is not described", where, name)
			}
		}
		for name, inner := range v {
			described(t, where+"/"+name, inner)
		}
	case []any:
		for _, inner := range v {
			described(t, where, inner)
		}
	}
}

// A name may be taken back, so nothing that is kept for ever has one. Who gave
// is known to nobody.
func TestWhatIsKeptForEverNamesNobody(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[3])
	named := 0
	for path, o := range x.store.Objects() {
		for _, secret := range []string{"rahasia-", "garam-"} {
			if bytes.Contains(o.Body, []byte(secret)) {
				t.Errorf("%s holds %s", path, secret)
			}
		}
		for _, name := range []string{"Maju", "Budi"} {
			if !bytes.Contains(o.Body, []byte(name)) {
				continue
			}
			named++
			if !strings.HasPrefix(path, "data/v1/open/") && path != release.CollaboratorsPath && path != "kolaborator/index.html" {
				t.Errorf("%s holds the name %s", path, name)
			}
		}
	}
	if named == 0 {
		t.Error("no file holds the name that is public; the test looks for the wrong one")
	}
}

func TestACorrectionMakesARevisionThatNamesItsReason(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[2])
	first := x.store.Objects()
	x.facts.correct(rand.New(rand.NewPCG(1, 1)), nights[2].Add(9*time.Hour))
	got := x.run(t, nights[3])
	if want := []string{"2026-05", "2026-W22", "2026-05-28", "2026-05-29", "2026-05-30", "2026-05-31"}; !slices.Equal(sorted(got.Revised), sorted(want)) {
		t.Errorf("revised %v; want %v", got.Revised, want)
	}
	var i report.Index
	x.read(t, release.IndexPath, &i)
	for _, e := range i.Reports {
		if e.Period == "2026-06-01" {
			if len(e.Revisions) != 1 {
				t.Errorf("the report that came after the correction has %d revisions", len(e.Revisions))
			}
			continue
		}
		if len(e.Revisions) != 2 || e.Revisions[1].Reason != "" || !strings.HasPrefix(e.Revisions[0].Reason, "KK ") || !strings.HasSuffix(e.Revisions[0].Reason, " dihitung ulang (kelurahan)") {
			t.Errorf("revisions of %s: %+v", e.Period, e.Revisions)
		}
		if want := nights[3]; !e.Revisions[0].MadeAt.Equal(want) {
			t.Errorf("revision of %s is of %s; want %s", e.Period, e.Revisions[0].MadeAt, want)
		}
	}
	after := x.store.Objects()
	for path, o := range first {
		if forEver(path) && !bytes.Equal(o.Body, after[path].Body) {
			t.Errorf("%s changed", path)
		}
	}
	if slices.Contains(x.told.about, "2026-05 2") {
		t.Error("a correction was announced by letter")
	}
	// A correction that changes no figure of the past makes no revision.
	leaf, _ := x.facts.any(rand.New(rand.NewPCG(1, 1)))
	x.facts.corrections[leaf] = append(x.facts.corrections[leaf], aid.Correction{On: nights[3].Add(time.Hour), Reason: "nama jalan", By: "kelurahan"})
	if got := x.run(t, nights[3].AddDate(0, 0, 1)); len(got.Revised) != 0 {
		t.Errorf("a correction of nothing revised %v", got.Revised)
	}
}

func TestAReportIsMadeOnDemand(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	parse := func(id string) report.Period {
		p, err := report.ParsePeriod(id)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if _, err := x.Make(t.Context(), parse("2026-05"), nights[1]); !errors.Is(err, release.ErrNotOver) {
		t.Errorf("a month that is not over = %v", err)
	}
	later := nights[3].AddDate(0, 3, 0)
	x.run(t, later)
	before := x.store.Objects()
	got, err := x.Make(t.Context(), parse("2026-05-29"), later) // long past the days that a run makes
	if err != nil || !slices.Equal(got.Made, []string{"2026-05-29"}) {
		t.Fatalf("Make = %+v, %v", got, err)
	}
	var i report.Index
	x.read(t, release.IndexPath, &i)
	if !slices.ContainsFunc(i.Reports, func(e report.Entry) bool { return e.Period == "2026-05-29" }) {
		t.Error("it is not listed")
	}
	if a, b := before[release.OpenPath].ETag, x.store.Objects()[release.OpenPath].ETag; a != b {
		t.Error("the open data were touched")
	}
	if got, err := x.Make(t.Context(), parse("2026-05-29"), later); err != nil || got.Written != 0 {
		t.Errorf("made again = %+v, %v", got, err)
	}
}

// A link must not lead nowhere while the first run is still reckoning, or fails.
func TestIndexPagesAreThereBeforeAnythingIsListed(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.Facts = gone{x.facts}
	if _, err := x.Run(t.Context(), nights[0]); !errors.Is(err, aid.ErrBusy) {
		t.Fatalf("a run without a ledger = %v", err)
	}
	for _, path := range []string{"laporan/index.html", "data/index.html", "kolaborator/index.html", release.IndexPath, release.FeedPath} {
		if _, err := x.store.Get(t.Context(), path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// gone is a ledger that does not answer.
type gone struct{ release.Facts }

func (gone) Leaf(context.Context, aid.Leaf) ([]aid.Place, error) { return nil, aid.ErrBusy }

// A region to which nothing was ever promised has data and no reports.
func TestALedgerWithoutPromisesHasNoReports(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	*x.facts = *newFacts(x.Region)
	if got := x.run(t, nights[3]); len(got.Made) != 0 || got.Days != 0 || len(got.Released) != 0 {
		t.Errorf("run = %+v", got)
	}
	var o report.Open
	x.read(t, release.OpenPath, &o)
	if len(o.Areas) != 4 || o.Areas[0].Rows["recipients"] != 6 {
		t.Errorf("open data of %+v", o.Areas)
	}
	if n, err := release.Verify(t.Context(), x.store); n != 0 || err != nil {
		t.Errorf("Verify = %d, %v", n, err)
	}
}

// Rows of an area are those of the areas inside it, and every file has as many
// as the list says.
func TestOpenDataOfAnAreaIsTheSumOfWhatLiesInside(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.facts.correct(rand.New(rand.NewPCG(1, 1)), nights[2].Add(time.Hour))
	x.run(t, nights[3])
	var o report.Open
	x.read(t, release.OpenPath, &o)
	objects := x.store.Objects()
	rows := map[string]map[string]int64{}
	for _, a := range o.Areas {
		rows[string(a.Area)] = a.Rows
		for _, f := range a.Files {
			body := objects[f.Path].Body
			if f.Hash != hashOf(body) || f.Bytes != int64(len(body)) {
				t.Errorf("%s is not as it is listed", f.Path)
			}
			switch path.Ext(f.Path) {
			case ".csv":
				table, _ := report.TableOf(f.Table)
				n := int64(0)
				if err := report.ReadCSV(bytes.NewReader(body), table, func([]any) error { n++; return nil }); err != nil || n != f.Rows || n != a.Rows[f.Table] {
					t.Errorf("%s has %d rows; listed are %d and %d: %v", f.Path, n, f.Rows, a.Rows[f.Table], err)
				}
			case ".jsonl":
				if n := int64(bytes.Count(body, []byte("\n"))); n != a.Rows[f.Table] {
					t.Errorf("%s has %d lines; listed are %d", f.Path, n, a.Rows[f.Table])
				}
			case ".geojson":
				var features struct{ Features []any }
				if err := json.Unmarshal(body, &features); err != nil || int64(len(features.Features)) != a.Rows["recipients"] {
					t.Errorf("%s has %d features; listed are %d recipients: %v", f.Path, len(features.Features), a.Rows["recipients"], err)
				}
			}
		}
	}
	for _, table := range []string{"recipients", "needs", "commitments", "deliveries", "corrections"} {
		whole, kota := rows["34"][table], rows["34.71"][table]
		if parts := rows["34.71.01"][table] + rows["34.71.02"][table]; whole != kota || kota != parts || whole == 0 {
			t.Errorf("%d %s in the region, %d in its kota, %d in the kecamatan", whole, table, kota, parts)
		}
	}
}

// What nobody changed is not written again: a region of many areas costs what
// happened in it.
func TestOpenDataThatDidNotChangeStayAsTheyAre(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[3].AddDate(0, 0, 3)) // after the last event
	before := x.store.Objects()
	x.run(t, nights[3].AddDate(0, 0, 4))
	for path, o := range x.store.Objects() {
		if strings.HasPrefix(path, "data/v1/open/34") && !strings.HasSuffix(path, ".json") && o.ETag != before[path].ETag {
			t.Errorf("%s was written again", path)
		}
	}
}

func TestTheFeedIsAtomAndListsTheNewestFirst(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[3])
	o, err := x.store.Get(t.Context(), release.FeedPath)
	if err != nil {
		t.Fatal(err)
	}
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Summary string `xml:"summary"`
			Links   []struct {
				Rel  string `xml:"rel,attr"`
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(o.Body, &feed); err != nil {
		t.Fatal(err)
	}
	if len(feed.Entries) != 7 || feed.Entries[0].ID != "https://ksbb.example/laporan/2026-06-01/" || feed.Entries[0].Title != "Laporan 1 Juni 2026" ||
		feed.Updated != "2026-06-01T16:20:00Z" || feed.Entries[0].Summary == "" || len(feed.Entries[0].Links) != 3 {
		t.Errorf("feed of %d entries: %+v", len(feed.Entries), feed)
	}
}

func TestPagesStandInEveryLanguage(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.Editions = []release.Edition{{Pages: plain{}}, {Prefix: "en/", Pages: plain{}}}
	x.run(t, nights[2])
	for _, path := range []string{"laporan/", "laporan/2026-05/", "laporan/2026-W22/", "laporan/2026-05-31/", "data/", "kolaborator/"} {
		for _, prefix := range []string{"", "en/"} {
			if _, err := x.store.Get(t.Context(), prefix+path+"index.html"); err != nil {
				t.Errorf("%s%s: %v", prefix, path, err)
			}
		}
	}
	var i report.Index
	x.read(t, release.IndexPath, &i)
	for _, e := range i.Reports {
		if e.SummaryEN == "" || e.SummaryEN == e.Summary {
			t.Errorf("%s is summed up in English as %q", e.Period, e.SummaryEN)
		}
	}
}

// The page of a day that was made last night does not know of the next one yet.
func TestReportsLeadToTheirNeighbours(t *testing.T) {
	t.Parallel()
	x := newTree(t)
	x.run(t, nights[0])
	x.run(t, nights[1])
	for period, want := range map[string]report.Near{
		"2026-05-28": {After: "2026-05-29"}, "2026-05-29": {Before: "2026-05-28", After: "2026-05-30"}, "2026-05-30": {Before: "2026-05-29"},
	} {
		o, err := x.store.Get(t.Context(), "laporan/"+period+"/index.html")
		if err != nil {
			t.Fatal(err)
		}
		said, err := dump(want)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(o.Body, bytes.Trim(said, "[]\n")) {
			t.Errorf("the page of %s does not lead to %+v:\n%.2000s", period, want, o.Body)
		}
	}
}
